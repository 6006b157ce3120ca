// All heads by name: what makes a network of a backbone. Those of this package, and those of one's own.

import type { BackboneNetwork, NetworkParts } from "../backbone-network.js";
import type { Backbone, OutputStride } from "../backbones/backbone.js";
import { VisionTransformer } from "../backbones/vit/vision-transformer.js";
import { Registry } from "../registry.js";
import { DeepLabV2 } from "./deeplab-v2.js";
import { DeepLabV3Plus } from "./deeplab-v3-plus.js";
import { DensePrediction } from "./dense-prediction.js";
import { PyramidDeepLab } from "./feature-pyramid.js";
import { LinearHead } from "./linear.js";

/** A head, and what it asks of its backbone. */
export interface HeadDefinition {
  /** Makes the network, with random weights in the parts that it adds. */
  readonly create: (parts: NetworkParts) => BackboneNetwork;
  /** Channels of the feature, where the backbone decides. Default: the network's option `width`. */
  readonly width?: (backbone: Backbone) => number;
  /** Output strides that it works with; the first is the default. Default: 16, 8, 32, and those of foundation backbones. */
  readonly outputStrides?: readonly OutputStride[];
  /** See `BackboneOptions`. Default false. */
  readonly strideInFirstConvolution?: boolean;
}

/** Names of the heads of this package. */
export type HeadName = "deeplab-v3+" | "deeplab-v2" | "linear" | "dpt";

export const heads = new Registry<HeadDefinition>("head", "registerHead", {
  "deeplab-v3+": {
    create: (parts) =>
      parts.backbone instanceof VisionTransformer ? new PyramidDeepLab(parts) : new DeepLabV3Plus(parts),
  },
  "deeplab-v2": {
    create: (parts) => new DeepLabV2(parts),
    outputStrides: [8],
    strideInFirstConvolution: true,
  },
  linear: { create: (parts) => new LinearHead(parts), width: ({ channels }) => channels.layer4 },
  dpt: { create: (parts) => new DensePrediction(parts), outputStrides: [14, 16] },
} satisfies Record<HeadName, HeadDefinition>);

/** The output strides that a head works with, the default first. */
export const outputStridesOf = (name: string): readonly OutputStride[] =>
  heads.get(name).outputStrides ?? [16, 8, 32, 14];

/**
 * Adds a head of one's own, which recipes name in `model.head`. Call it in every program that opens such a run, before it does.
 *
 * @param name what recipes call it
 * @throws RangeError where the name is taken
 */
export function registerHead(name: string, definition: HeadDefinition): void {
  heads.add(name, definition);
}
