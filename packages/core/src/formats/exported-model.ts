// The folder of an exported model, which runs without libtorch: graphs (ONNX), the rows of the memory (safetensors), and
// `model.json`, which says what they are, what goes in and comes out, where it all comes from, and how it was verified.
//
// Two graphs, so that a changed memory needs the second one alone:
//   encode  image -> feature, low_level, written
//   decode  feature, low_level, memory, temperature, vote_weight, size -> labels, logits, read_weights
// or, for other tools, a single one from image to labels or logits, with the memory inside. Every graph lists its inputs and
// outputs by name; one that a network has no use for (low_level, all of a memory) is not there.
// Files are named relative to the folder. Images go in normalized: (value / divisor - mean) / std, by channel.

import * as z from "zod";

/** Version of the layout. Since 2 pictures may decide how they are looked at (`normalization.auto`). */
export const EXPORT_FORMAT = 2;

/** Name of the file that describes an exported model, in its folder. */
export const EXPORT_FILE = "model.json";

const byte = z.int().min(0).max(255);
const count = z.int().min(0);
const share = z.number().min(0).max(1);
const bytesInBase64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, "must be base64");
const threeNumbers = z.tuple([z.number(), z.number(), z.number()]);

/** More than any network has, and little enough for single precision. */
function between(least: number, most: number) {
  const rule = `must be from ${least} to ${most}`;
  return z.number().min(least, rule).max(most, rule);
}

const fileSchema = z.strictObject({
  /** Within the folder. */
  file: z.string().regex(/^[\w-][\w.-]*$/, "must be the name of a file in the folder"),
  bytes: z.int().positive(),
  /** In hexadecimal digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits"),
});

const valueSchema = z.strictObject({
  name: z.string().min(1),
  type: z.enum(["float32", "uint8", "int64"]),
  /** Numbers are fixed; names ("batch", "height", "width", "rows", "columns") are free, and alike wherever they are the same. */
  shape: z.array(z.union([z.int().positive(), z.string().min(1)])),
});

/** Checks the description of a graph. */
export const exportedGraphSchema = z.strictObject({
  ...fileSchema.shape,
  inputs: z.array(valueSchema).min(1),
  outputs: z.array(valueSchema).min(1),
});

/** Checks the description of the memory of an exported model. */
export const exportedMemorySchema = z.strictObject({
  ...fileSchema.shape,
  /** Of the rows in the file: float32, unit length or zero where a class was never written. */
  tensor: z.string().min(1),
  /** Classes, rows of a class where there are several, channels of the feature: [K, C] or [K, R, C]. */
  shape: z.union([
    z.tuple([z.int().positive(), z.int().positive()]),
    z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]),
  ]),
  /** What the network was trained to read with; only the temperature and the votes can be changed, by inputs. */
  read: z.strictObject({
    /** Default of the input `temperature`: divides the cosines before the softmax. */
    temperature: between(1e-6, 1e6),
    /** Whether directions are compared as seen from the mean of the rows. */
    centered: z.boolean(),
    /** Whether rows that were never written (zero) get no weight. */
    maskAbsent: z.boolean(),
    /** Whether the feature itself is added to what was read. */
    residual: z.boolean(),
  }),
  /** Default of the input `vote_weight`: what the cosines weigh among the logits; 0: no votes. */
  voteWeight: between(0, 1e6),
  /** The memory votes and does nothing else: the decoder takes the feature as it is. */
  votesOnly: z.boolean(),
  /** Of which feature it is: as `model.memory.at` of the recipe; absent: "encoder". */
  at: z.enum(["encoder", "decoder"]).optional(),
  /** How much of a row a write in training kept, in [0, 1). */
  momentum: z.number().min(0).lt(1),
});

const changeSchema = z.strictObject({
  /** Share of the pixels that got another label. */
  labels: share,
  /** Largest difference of a logit, as a share of the largest logit. */
  logits: z.number().min(0),
});

const verificationSchema = z.discriminatedUnion("verified", [
  z.strictObject({
    verified: z.literal(true),
    /** Versions that were compared. */
    libtorch: z.string(),
    onnxruntime: z.string(),
    /** What an export may differ by: share of the pixels, and share of the largest logit. */
    limits: z.strictObject({ labels: share, logits: share }),
    pictures: z
      .array(
        z.strictObject({
          width: z.int().positive(),
          height: z.int().positive(),
          /** Share of the pixels that got another label, but for those too close to call. */
          labels: share,
          /** Largest difference of a logit, but for pixels between two rows of a class, as a share of the largest logit; null where the graph gives none. */
          logits: z.number().min(0).nullable(),
        }),
      )
      .min(1),
  }),
  z.strictObject({
    verified: z.literal(false),
    /** Why not, for people. */
    reason: z.string().min(1),
  }),
]);

const graphsSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("split"), encode: exportedGraphSchema, decode: exportedGraphSchema }),
  z.strictObject({ kind: z.literal("single"), whole: exportedGraphSchema }),
]);

/**
 * How a picture that looks unlike the sources is found, and what it is predicted with: the mean of those looks, with the trained statistics
 * or with its own under several exposures, in which the network sees most clearly. As `image:auto` of pinmem does it (inference/shift-rule.ts,
 * clearest-looks.ts there).
 */
const autoSchema = z.strictObject({
  /**
   * Of own statistics, as `normalization.input` takes it: up to 1 the weight itself, from 2 on the number N of values that the trained
   * statistics of a channel count for, so that own ones of n values get n / (n + N).
   */
  weight: z.union([share, between(2, 1e12)]),
  /** Entropy of its predictions, in nats, up to which a picture is looked at once. */
  entropy: z.number(),
  /** Information of its predictions, in nats, down to which it is. */
  information: z.number(),
  /** Departure up to which it keeps the trained statistics after a second look. */
  departure: z.number(),
  /** Exponents of gamma curves over what pixels show, 1 as they are. */
  exposures: z.array(between(0.1, 10)).min(1).max(16),
  /** How many of the clearest looks are averaged. */
  averaged: z.int().min(1),
  /** Output of the first graph, float32 [batch]: how far variances are from the trained ones in the first batch norms. */
  distance: z.string().min(1),
  /** What is added to the logits of each class before they are asked, since the rule is for logits as they were trained; null: nothing. */
  offsets: z.array(z.number()).nullable(),
  /** Weight of the memory's votes, with which the rule was found; null for a network without one. */
  voteWeight: between(0, 1e6).nullable(),
});

/** Checks the description of an exported model: what model.json holds. */
export const exportedModelSchema = z.strictObject({
  format: z.int().min(1).max(EXPORT_FORMAT),
  name: z.string().min(1),
  /** `split`: encode and decode, as @pinmem/runtime takes them; `single`: one graph, the memory inside, for other tools. */
  graphs: graphsSchema,
  /** ONNX operators: the version of their set. */
  opset: z.int().positive(),
  /** Null for a network without one. */
  memory: exportedMemorySchema.nullable(),
  labels: z.strictObject({
    name: z.string().min(1),
    /** The position is the train id, the value of `labels`; `id` is the number for the data set's own tools. */
    classes: z
      .array(z.strictObject({ name: z.string().min(1), color: z.tuple([byte, byte, byte]), id: byte }))
      .min(2)
      .max(255),
    /** Of pixels that are not labeled: not to be written into a memory, not to be scored. */
    ignoreIndex: byte,
  }),
  input: z.strictObject({
    /** Pictures, channels, rows, columns. */
    layout: z.literal("NCHW"),
    channels: z.literal("RGB"),
    /** Bytes are divided by it, then `mean` is subtracted, then it is divided by `std`. */
    divisor: between(1, 65_535),
    mean: threeNumbers,
    std: threeNumbers,
  }),
  feature: z.strictObject({
    /** Channels, C. */
    width: z.int().positive(),
    /** Ratio of the image's resolution to that of the deepest feature, to whose multiples tiles are aligned; of a memory at the decoder the feature is finer. */
    stride: z.int().positive().max(256, "must be at most 256"),
  }),
  /** Mixes each picture's own statistics into batch norm's; null: batch norms are folded away. */
  normalization: z
    .strictObject({
      /** Name of the input of every graph: weight of a picture's own statistics, 0 to 1 (as `auto.weight`, where there is one). */
      input: z.string().min(1),
      /** Its default. */
      weight: share,
      /** Pixels up to which statistics are taken at the picture's own size. */
      largest: z.int().min(1024, "must be at least 1024"),
      /**
       * Of the two graphs, for pictures that go through in parts: what the whole picture has (`own`, an output) is given with each
       * part (`given`, an input, which counts where the input `useGiven` is 1). A graph without batch norm has neither `own` nor
       * `given`. Null: a single graph, which always takes those of what it is shown.
       */
      parts: z
        .strictObject({ own: z.string().min(1), given: z.string().min(1), useGiven: z.string().min(1) })
        .nullable(),
      /** Null: no picture decides. */
      auto: autoSchema.nullable().default(null),
    })
    .nullable(),
  /** Weights of so many elements or more are stored in half precision; computed is in single precision. Null: none are. */
  half: z
    .strictObject({
      elements: z.int().positive(),
      /** What that changed beside the run's own weights, of the pictures of the verification together. */
      changed: changeSchema,
    })
    .nullable(),
  provenance: z.strictObject({
    /** Version of pinmem that wrote it. */
    pinmem: z.string(),
    /** When, ISO 8601. */
    date: z.string(),
    run: z.string(),
    /** Hash of the file of weights. */
    weights: z.string(),
    /** Optimizer steps behind the weights. */
    step: count,
    /** Mean IoU on source validation; null where there was none. */
    score: share.nullable(),
    method: z.string(),
    /** Backbone and head, or the name of a whole network. */
    network: z.string(),
    /** Names of the data sets that it was trained on. */
    data: z.array(z.string()),
    /** File of the backbone's first weights; null: random. */
    backboneWeights: z.string().nullable(),
    /** Whether it was adapted to a place, with its pictures. */
    adapted: z.boolean(),
    /** With all its fields. */
    recipe: z.record(z.string(), z.json()),
  }),
  /** What to heed before the weights are passed on, for people. */
  license: z.string(),
  verification: verificationSchema,
  /** A small picture whose labels are known, to find out whether a device computes as it should. */
  selfTest: z.strictObject({
    width: z.int().positive(),
    height: z.int().positive(),
    /** Red, green, blue of each pixel, in rows; base64. */
    pixels: bytesInBase64,
    /** One byte a pixel, with the defaults of every input, but for `normalization.auto.weight` where there is one; `ignoreIndex`: too close to call, not to be compared. Base64. */
    labels: bytesInBase64,
  }),
  /** What a reader should know. */
  notes: z.array(z.string()),
});

/** What model.json holds: an exported model. */
export type ExportedModel = z.output<typeof exportedModelSchema>;
export type ExportedGraph = z.output<typeof exportedGraphSchema>;
/** How pictures decide how they are looked at. */
export type ExportedAuto = z.output<typeof autoSchema>;
export type ExportedMemory = z.output<typeof exportedMemorySchema>;
/** An input or output of a graph. */
export type ExportedValue = z.output<typeof valueSchema>;
export type ExportVerification = z.output<typeof verificationSchema>;
