// Makes a network from its options, which are checked before anything is computed.

import { z } from "zod";
import { ClassMemory, type ClassMemoryOptions } from "../memory/class-memory.js";
import type { NoiseSource } from "../memory/gumbel-noise.js";
import type { BackboneNetwork } from "./backbone-network.js";
import type { OutputStride } from "./backbones/backbone.js";
import type { BackboneName } from "./backbones/names.js";
import { backbones, createBackbone } from "./backbones/registry.js";
import { type FoundationName, foundationConfig, isTransformer, strideOf } from "./backbones/vit/config.js";
import { noNormalization } from "./backbones/vit/create.js";
import { type HeadName, heads, outputStridesOf } from "./heads/registry.js";
import { placementSchema } from "./normalization/placement.js";
import type { Registry } from "./registry.js";

/** 255 is the label of ignored pixels. */
const MOST_CLASSES = 255;
const LARGEST_WIDTH = 4096;

/** A name in a registry when it is checked; `Known` are those that an editor may offer. */
const nameIn = <Known extends string>(registry: Registry<unknown>) =>
  z.string().superRefine((name, context) => {
    if (!registry.has(name)) context.addIssue({ code: "custom", message: registry.remedy(name) });
  }) as unknown as z.ZodType<Known | (string & {}), Known | (string & {})>;

/** Of a class. */
export const MOST_ROWS = 64;

const memorySchema = z.strictObject({
  /** `encoder`: the feature of the bottleneck, as in the paper; `decoder`: what the last convolution sees. Default "encoder". */
  at: z.enum(["encoder", "decoder"]).optional(),
  momentum: z.number().min(0).lt(1).optional(),
  temperature: z.number().positive().optional(),
  balance: z.enum(["pixels", "classes"]).optional(),
  read: z
    .strictObject({
      gumbel: z.enum(["never", "training", "always"]).optional(),
      temperature: z
        .union([z.number().positive(), z.strictObject({ learned: z.number().positive() })])
        .optional(),
      centered: z.boolean().optional(),
      maskAbsent: z.boolean().optional(),
      residual: z.boolean().optional(),
    })
    .optional(),
  /** Several rows a class; of `domain` a recipe knows how many. */
  rows: z
    .discriminatedUnion("per", [
      z.strictObject({ per: z.literal("domain"), count: z.int().min(1).max(MOST_ROWS).optional() }),
      z.strictObject({ per: z.literal("cluster"), count: z.int().min(1).max(MOST_ROWS) }),
    ])
    .optional(),
  vote: z.union([z.number().min(0), z.strictObject({ learned: z.number().positive() })]).optional(),
  votesOnly: z.boolean().optional(),
});

/** Checks the options of `createNetwork` and fills in their defaults. */
export const networkSchema = z
  .strictObject({
    /** One of `backboneNames` or `foundationNames`, or one that was registered. */
    backbone: nameIn<BackboneName | FoundationName>(backbones),
    /** "deeplab-v3+", "deeplab-v2", "linear", "dpt" (transformers), or one that was registered. Default "deeplab-v3+". */
    head: nameIn<HeadName>(heads).default("deeplab-v3+"),
    /** Default 19, those of Cityscapes. */
    classes: z.int().min(2).max(MOST_CLASSES).default(19),
    /** Channels of the feature that the memory reads and is written from; the head "linear" has the backbone's. Default 256. */
    width: z.int().min(1).max(LARGEST_WIDTH).default(256),
    /** Ratio of the image's resolution to the feature's. Default 16; DeepLabV2 has 8, a foundation backbone its own. */
    outputStride: z.literal([8, 14, 16, 32]).optional(),
    /** Instance normalization by stage. Default none. */
    normalization: placementSchema.default({}),
    /** Share of channels that the auxiliary head drops in training. Default 0.1. */
    auxiliaryDropout: z.number().min(0).lt(1).default(0.1),
    /** Whether the last convolution also sees the mean of what is around each pixel, 9 x 9 cells of the decoder. Default false. */
    context: z.boolean().default(false),
    /** Options of the class memory; null for a network without one. Default null. */
    memory: memorySchema.nullable().default(null),
  })
  .superRefine(({ backbone, head, outputStride, normalization }, context) => {
    const foundation = foundationConfig(backbone);
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (head === "dpt" && !(foundation && isTransformer(foundation))) {
      refuse(
        "head",
        `takes maps of a transformer, which the backbone ${backbone} is not; use "deeplab-v3+" or "linear"`,
      );
      return;
    }
    if (foundation) {
      if (Object.keys(normalization).length > 0)
        refuse("normalization", `the backbone ${backbone} ${noNormalization}`);
      const own = strideOf(foundation);
      const fits = heads.has(head) ? outputStridesOf(head) : [];
      if (head === "deeplab-v2" && !fits.some((stride) => stride === own)) {
        refuse(
          "head",
          `works at an output stride of 8, and the backbone ${backbone} has ${own}; use "deeplab-v3+", "linear" or "dpt"`,
        );
      } else if (outputStride !== undefined && outputStride !== own) {
        refuse("outputStride", `must be ${own}, that of the backbone ${backbone}, or be left out`);
      }
      return;
    }
    if (outputStride === 14 && !backbones.isAdded(backbone))
      refuse("outputStride", `must be 8, 16 or 32 with the backbone ${backbone}`);
    const possible = heads.has(head) ? outputStridesOf(head) : [];
    if (outputStride === undefined || possible.length === 0 || possible.includes(outputStride)) return;
    const message = `must be ${possible.join(" or ")} with the head ${head}`;
    context.addIssue({ code: "custom", path: ["outputStride"], message });
  })
  .refine(({ backbone, normalization }) => backbone !== "mobilenet_v2" || !normalization.layer4, {
    path: ["normalization", "layer4"],
    message:
      "must be left out with the backbone mobilenet_v2, whose layer4 is one convolution without a place for it",
  });

/** Zod tells an option that is missing from one that is undefined; the memory does not. */
type MemoryOptions = Omit<ClassMemoryOptions, "classes" | "width" | "noise">;

export type NetworkOptions = z.input<typeof networkSchema>;

/** An option that does not fit: names the field, the value and what is allowed. */
export class NetworkOptionsError extends Error {
  override readonly name = "NetworkOptionsError";
}

function valueAt(options: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    options,
  );
}

/** The options with every default. @throws NetworkOptionsError before anything is computed */
export function completeNetworkOptions(
  options: NetworkOptions,
): z.output<typeof networkSchema> & { outputStride: OutputStride } {
  const result = networkSchema.safeParse(options);
  if (!result.success) {
    const lines = result.error.issues.map(({ path, message }) => {
      const field = path.join(".") || "options";
      return `${field}: ${message}, got ${JSON.stringify(valueAt(options, path))}`;
    });
    throw new NetworkOptionsError(`createNetwork: ${lines.join("; ")}`);
  }
  const { data } = result;
  const foundation = foundationConfig(data.backbone);
  const usual = foundation ? strideOf(foundation) : outputStridesOf(data.head)[0];
  return { ...data, outputStride: data.outputStride ?? (usual as OutputStride) };
}

/** The class memory that options describe. */
export const createMemory = (
  { at: _, ...options }: z.output<typeof memorySchema>,
  { classes, width, noise }: { classes: number; width: number; noise?: NoiseSource | undefined },
): ClassMemory => new ClassMemory({ classes, width, ...(options as MemoryOptions), ...(noise && { noise }) });

/**
 * A network with random weights: torchvision's initialization in the backbone, the official code's in the rest.
 *
 * @param noise where a memory that reads with Gumbel noise takes it from; by default the device's random generator
 * @throws NetworkOptionsError naming the field, the value and what is allowed, before anything is computed
 */
export function createNetwork(
  options: NetworkOptions,
  { noise }: { noise?: NoiseSource } = {},
): BackboneNetwork {
  const {
    backbone: name,
    head,
    classes,
    outputStride,
    normalization,
    auxiliaryDropout,
    memory,
    context,
    ...rest
  } = completeNetworkOptions(options);
  const { create, strideInFirstConvolution = false, width: widthOf } = heads.get(head);
  const backbone = createBackbone(name, {
    outputStride,
    normalization,
    strideInFirstConvolution,
  });
  const width = widthOf?.(backbone) ?? rest.width;
  const network = create({
    backbone,
    classes,
    width,
    auxiliaryDropout,
    memory: memory && createMemory(memory, { classes, width, noise }),
    ...(memory?.at && { memoryAt: memory.at }),
  });
  const seen = network.classifier.weight.size(1);
  if (network.memoryAt === "decoder" && seen !== width) {
    throw new NetworkOptionsError(
      `createNetwork: memory.at: must be "encoder" with the head ${head}, whose last convolution sees ${seen} channels where its feature has ${width}`,
    );
  }
  if (context) network.addContext();
  return network;
}
