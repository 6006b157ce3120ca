// Makes a network from its options, which are checked before anything is computed.

import { z } from "zod";
import { ClassMemory, type ClassMemoryOptions } from "../memory/class-memory.js";
import type { NoiseSource } from "../memory/gumbel-noise.js";
import type { OutputStride } from "./backbones/backbone.js";
import { backboneNames } from "./backbones/names.js";
import { createBackbone } from "./backbones/registry.js";
import { DeepLabV2 } from "./heads/deeplab-v2.js";
import { DeepLabV3Plus } from "./heads/deeplab-v3-plus.js";
import { placementSchema } from "./normalization/placement.js";
import type { SegmentationNetwork } from "./segmentation-network.js";

/** 255 is the label of ignored pixels. */
const MOST_CLASSES = 255;
const LARGEST_WIDTH = 4096;

const memorySchema = z.strictObject({
  momentum: z.number().min(0).lt(1).optional(),
  temperature: z.number().positive().optional(),
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
});

export const networkSchema = z
  .strictObject({
    backbone: z.enum(backboneNames),
    /** Default "deeplab-v3+". */
    head: z.enum(["deeplab-v3+", "deeplab-v2"]).default("deeplab-v3+"),
    /** Default 19, those of Cityscapes. */
    classes: z.int().min(2).max(MOST_CLASSES).default(19),
    /** Channels of the feature that the memory reads and is written from. Default 256. */
    width: z.int().min(1).max(LARGEST_WIDTH).default(256),
    /** Ratio of the image's resolution to the feature's. Default 16; DeepLabV2 has 8. */
    outputStride: z.literal([8, 16, 32]).optional(),
    /** Instance normalization by stage. Default none. */
    normalization: placementSchema.default({}),
    /** Share of channels that the auxiliary head drops in training. Default 0.1. */
    auxiliaryDropout: z.number().min(0).lt(1).default(0.1),
    /** Options of the class memory; null for a network without one. Default null. */
    memory: memorySchema.nullable().default(null),
  })
  .refine(({ head, outputStride }) => head !== "deeplab-v2" || (outputStride ?? 8) === 8, {
    path: ["outputStride"],
    message: "must be 8 with the head deeplab-v2",
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
  return { ...data, outputStride: data.outputStride ?? (data.head === "deeplab-v2" ? 8 : 16) };
}

/**
 * A network with random weights: torchvision's initialization in the backbone, the official code's in the rest.
 *
 * @param noise where a memory that reads with Gumbel noise takes it from; by default the device's random generator
 * @throws NetworkOptionsError naming the field, the value and what is allowed, before anything is computed
 */
export function createNetwork(
  options: NetworkOptions,
  { noise }: { noise?: NoiseSource } = {},
): SegmentationNetwork {
  const {
    backbone: name,
    head,
    classes,
    width,
    outputStride,
    normalization,
    auxiliaryDropout,
    memory,
  } = completeNetworkOptions(options);
  const backbone = createBackbone(name, {
    outputStride,
    normalization,
    strideInFirstConvolution: head === "deeplab-v2",
  });
  const parts = {
    backbone,
    classes,
    width,
    auxiliaryDropout,
    memory: memory
      ? new ClassMemory({ classes, width, ...(memory as MemoryOptions), ...(noise && { noise }) })
      : null,
  };
  return head === "deeplab-v2" ? new DeepLabV2(parts) : new DeepLabV3Plus(parts);
}
