// How an image becomes scores: what of it the network sees, in which sizes, in one piece or in windows, mirrored or not, and
// how the several answers become one. Scores of different protocols are different figures, so the protocol is kept with every
// result, whole, and no table mixes two without saying so.
//
// `official-whole` and `official-sliding` are the two modes of the official code's eval.py, `mapillary-official` is what its
// data set does to Mapillary's images. How each step is carried out: predictor.ts.

import * as z from "zod";
import { closest } from "../closest.js";

const height = z.int().min(16).max(16384);

/** Of own statistics, 0 to 1; "auto": as each picture needs it. */
const statisticsWeight = z.union([z.number().min(0).max(1), z.literal("auto")]);

/** Checks a protocol and fills in its defaults. */
export const protocolSchema = z
  .strictObject({
    /** The preset it is or comes from, for people. */
    name: z.string().min(1),
    /** `whole`: the image in one piece; `sliding`: in overlapping square windows, whose logits are averaged where they overlap. */
    kind: z.enum(["whole", "sliding"]).default("whole"),
    /** Side of a window in pixels, at scales up to 1; larger scales have windows as much larger. */
    crop: z.int().min(16).max(16384).nullable().default(null),
    /** Share of a window that the next one repeats. The last window of a row or column ends with the image. */
    overlap: z.number().min(0).lt(1).nullable().default(null),
    /**
     * What is done to the image first. `{ height }`: the network sees it at this height, the label stays as it is. The two of
     * Mapillary bring image and label to a height of 1536 and take the central 1536 x 1536 pixels; where an image is
     * narrower, `mapillary-official` counts the padding as class 0 (road), `mapillary-corrected` ignores it.
     */
    resize: z
      .union([z.enum(["none", "mapillary-official", "mapillary-corrected"]), z.strictObject({ height })])
      .default("none"),
    /** Sizes at which the network sees the image, relative to its own. Resized as Pillow does, bicubic, in 8 bits. */
    scales: z.array(z.number().min(0.1).max(4)).min(1).max(16).default([1]),
    /** Also mirrored, left and right. */
    flip: z.boolean().default(false),
    /** What is averaged over scales and flips, after bilinear resizing to the label's size. */
    combine: z.enum(["probabilities", "logits"]).default("probabilities"),
    /**
     * Whose mean and variance batch norm takes. `trained`: the running statistics, as the paper. `image`: those mixed with each
     * picture's own, (1 - weight) trained + weight own, one picture at a time (Schneider et al., NeurIPS 2020). `place`: mixed
     * with those of some pictures of a place, the same for every picture.
     */
    normalize: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("trained") }),
        z.strictObject({ kind: z.literal("image"), weight: statisticsWeight }),
        z.strictObject({
          kind: z.literal("place"),
          weight: statisticsWeight,
          /** What the place is called, for people. */
          place: z.string().min(1),
          /** How many pictures of it were looked at. */
          pictures: z.int().positive(),
          /** Tells sets of pictures apart. */
          mark: z.string().min(1),
        }),
      ])
      .default({ kind: "trained" }),
    /**
     * What the memory's votes weigh among the logits (ClassMemory's `vote`); 0: none, null: as the network was trained, "auto": as
     * its calibration says. Null and the trained weight as a number give the same scores and yet are two protocols: of several
     * networks, null leaves each its own weight and a number gives all the same, and a protocol does not know the network.
     */
    vote: z
      .union([z.number().min(0), z.literal("auto")])
      .nullable()
      .default(null),
    /**
     * How much of the logarithms of the sources' class frequencies is taken out of the logits (Menon et al., ICLR 2021): 0: nothing, as the
     * paper, "auto": as the network's calibration says.
     */
    logitAdjustment: z.union([z.number().min(0).max(2), z.literal("auto")]).default(0),
  })
  .superRefine(({ kind, crop, overlap }, context) => {
    const given = crop !== null && overlap !== null;
    if (kind === "sliding" && !given)
      context.addIssue({
        code: "custom",
        path: ["crop"],
        message: "a sliding window needs crop and overlap",
      });
    if (kind === "whole" && (crop !== null || overlap !== null))
      context.addIssue({
        code: "custom",
        path: ["crop"],
        message: "only a sliding window has crop and overlap",
      });
  });

export type Protocol = z.output<typeof protocolSchema>;
export type ProtocolInput = z.input<typeof protocolSchema>;

const sliding = { kind: "sliding", crop: 768, overlap: 1 / 3 } as const;

const presets: Readonly<Record<string, Omit<ProtocolInput, "name">>> = {
  whole: {},
  "whole-flip": { flip: true },
  sliding,
  "multi-scale": { scales: [0.5, 0.75, 1, 1.25, 1.5, 1.75], flip: true },
  "official-whole": { flip: true },
  "official-sliding": { ...sliding, flip: true, combine: "logits" },
  mapillary: { resize: "mapillary-corrected" },
  "mapillary-official": { resize: "mapillary-official" },
};

/** Whose statistics batch norm takes: see `protocolSchema`. */
export type TestNormalization = Protocol["normalize"];

/** Names of the presets. */
export const protocolNames: readonly string[] = Object.keys(presets);

/**
 * A preset, with some of its fields changed; it then says so in its name.
 * @throws RangeError where there is no such preset; ZodError naming the field that cannot be as it is
 */
export function protocol(preset: string, changes: Partial<Omit<ProtocolInput, "name">> = {}): Protocol {
  const known = Object.hasOwn(presets, preset) ? presets[preset] : undefined;
  if (!known) {
    const meant = closest(preset, protocolNames);
    throw new RangeError(
      `there is no protocol "${preset}"; ${meant ? `did you mean "${meant}"?` : `there are ${protocolNames.join(", ")}`}`,
    );
  }
  const plain = protocolSchema.parse({ name: preset, ...known });
  const changed = protocolSchema.parse({ name: preset, ...known, ...changes });
  return sameProtocol(plain, changed) ? plain : { ...changed, name: `${preset}, changed` };
}

/** Whether two results were computed alike, whatever the protocols are called. */
export const sameProtocol = (a: Protocol, b: Protocol): boolean => identity(a) === identity(b);

function identity({ name: _, ...protocol }: Protocol): string {
  const { scales, ...rest } = protocol;
  const sorted = [...scales].sort((a, b) => a - b);
  // With one answer there is nothing to combine.
  const combine = scales.length === 1 && !protocol.flip ? null : rest.combine;
  const normalize = [describeNormalization(protocol.normalize), markOf(protocol.normalize)];
  return JSON.stringify(Object.entries({ ...rest, combine, normalize, scales: sorted }).sort());
}

/** In words, for people: "sliding 768, overlap 0.33, scales 0.5 1 2, flip". */
export function describeProtocol({
  kind,
  crop,
  overlap,
  resize,
  scales,
  flip,
  combine,
  normalize,
  vote,
  logitAdjustment,
}: Protocol): string {
  const single = scales.length === 1 && !flip;
  return [
    kind === "whole" ? "whole image" : `sliding ${crop}, overlap ${Number((overlap ?? 0).toFixed(3))}`,
    resize === "none" ? "" : typeof resize === "string" ? resize : `height ${resize.height}`,
    scales.length === 1 && scales[0] === 1 ? "" : `scales ${scales.join(" ")}`,
    flip ? "flip" : "",
    single ? "" : `mean of ${combine}`,
    describeNormalization(normalize),
    describeVote(vote),
    describeLogitAdjustment(logitAdjustment),
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** Whether batch norm takes the same statistics. */
export const sameNormalization = (a: TestNormalization, b: TestNormalization): boolean =>
  describeNormalization(a) === describeNormalization(b) && markOf(a) === markOf(b);

/** In words: "" for the trained statistics, which a weight of 0 leaves as they are; "image statistics 0.3". */
export function describeNormalization(normalize: TestNormalization): string {
  if (normalize.kind === "trained" || normalize.weight === 0) return "";
  if (normalize.kind === "image") return `image statistics ${normalize.weight}`;
  const { place, pictures, weight } = normalize;
  return `statistics of ${place} (${pictures} ${pictures === 1 ? "picture" : "pictures"}) ${weight}`;
}

/** In words: "" for votes as they were trained; "votes x 10". */
export const describeVote = (vote: Protocol["vote"]): string =>
  vote === null ? "" : vote === 0 ? "no votes" : vote === "auto" ? "votes auto" : `votes x ${vote}`;

/** In words: "" for logits as they are; "logits adjusted 0.3". */
export const describeLogitAdjustment = (weight: Protocol["logitAdjustment"]): string =>
  weight === 0 ? "" : `logits adjusted ${weight}`;

/** Places of one name may hold other pictures. */
const markOf = (normalize: TestNormalization): string =>
  normalize.kind === "place" && normalize.weight !== 0 ? normalize.mark : "";
