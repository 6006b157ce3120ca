// Networks in two parts, as their `encode` and `decode`: one emitter for each class of them. Those of a backbone and a head here;
// for whole networks of one's own, `registerNetworkEmitter`.
// Shapes: B batch, C width of the feature, K classes, H W image, h w feature.

import type { nn } from "@pinmem/torch";
import type { BackboneNetwork } from "../../models/backbone-network.js";
import { ConvNext } from "../../models/backbones/vit/conv-next.js";
import { VisionTransformer } from "../../models/backbones/vit/vision-transformer.js";
import { DeepLabV2 } from "../../models/heads/deeplab-v2.js";
import { DeepLabV3Plus } from "../../models/heads/deeplab-v3-plus.js";
import { DensePrediction, ResidualUnit } from "../../models/heads/dense-prediction.js";
import { PyramidDeepLab } from "../../models/heads/feature-pyramid.js";
import { LinearHead } from "../../models/heads/linear.js";
import { PyramidV2, PyramidV3 } from "../../models/heads/pyramid.js";
import type { SegmentationNetwork } from "../../models/segmentation-network.js";
import { ExportError } from "../export-error.js";
import type { Value } from "../onnx/graph.js";
import { resize, sizesOf } from "../onnx/operations.js";
import { emitConvNext, emitTransformer, paddedSize } from "./foundation.js";
import { emitFine, emitJoined } from "./joined-convolution.js";
import { everywhere } from "./layers.js";
import { type EmitContext, registerEmitter } from "./registry.js";

export interface EncodedValues {
  /** (B, C, h, w) */
  readonly feature: Value;
  /** For the decoder; null where it takes none. */
  readonly lowLevel: Value | null;
}

export interface DecodeValues extends EncodedValues {
  /** (B, K, h, w), to be added to the logits; null without a memory. */
  readonly votes: Value | null;
  /** Height and width of the image, int64 [2]. */
  readonly size: Value;
}

/** Writes the two parts of a network. */
export interface NetworkEmitter<N extends SegmentationNetwork> {
  /** Channels of what `encode` gives beside the feature, where it is not what the network's own `encode` gives. */
  lowLevelChannels?(network: N): number;
  /** From the normalized image (B, 3, H, W). */
  encode(network: N, image: Value, context: EmitContext): EncodedValues;
  /** Logits (B, K, H, W) from the feature as it is or refined by the memory. */
  decode(network: N, values: DecodeValues, context: EmitContext): Value;
}

type Class<T> = abstract new (...args: never[]) => T;

const emitters = new Map<unknown, NetworkEmitter<never>>();

/** Says how networks of a class of one's own, or of a head of one's own, are exported. */
export function registerNetworkEmitter<N extends SegmentationNetwork>(
  kind: Class<N>,
  emitter: NetworkEmitter<N>,
): void {
  emitters.set(kind, emitter);
}

/** @throws ExportError where there is none */
export function networkEmitterOf(network: SegmentationNetwork): NetworkEmitter<SegmentationNetwork> {
  const kind = network.constructor;
  const emitter = emitters.get(kind);
  if (emitter) return emitter as NetworkEmitter<SegmentationNetwork>;
  throw new ExportError(
    `a network of the class ${kind.name} cannot be exported: say how with registerNetworkEmitter(${kind.name}, …), from pinmem/export`,
  );
}

/** Of the stages of a backbone: the outputs of layer1 and of layer4. */
export function emitBackbone(
  { backbone, layer0, layer1, layer2, layer3, layer4 }: BackboneNetwork,
  image: Value,
  context: EmitContext,
): { lowLevel: Value; deep: Value } {
  if (backbone instanceof VisionTransformer) return emitTransformer(backbone, image, context);
  if (backbone instanceof ConvNext) return emitConvNext(backbone, image, context);
  const { emit } = context;
  const lowLevel = emit(layer1, emit(layer0, image));
  const deep = [layer2, layer3, layer4].reduce((value, stage) => emit(stage, value), lowLevel);
  return { lowLevel, deep };
}

/** The last convolutions of a decoder, votes, and the logits at the image's size. */
export const emitLogits = (
  network: BackboneNetwork,
  joined: Value,
  sizes: Pick<DecodeValues, "votes" | "size">,
  context: EmitContext,
): Value => emitClassified(network, context.emit(network.final1, joined), sizes, context);

/** What the classifier sees, to votes and logits. */
function emitClassified(
  { backbone: { grid }, final2 }: BackboneNetwork,
  seen: Value,
  { votes, size }: Pick<DecodeValues, "votes" | "size">,
  { graph, emit }: EmitContext,
): Value {
  const small = emit(final2, seen);
  const logits = votes
    ? graph.node("Add", [small, resize(graph, votes, sizesOf(graph, small, 2, 4))])
    : small;
  if (grid === 1) return resize(graph, logits, size);
  const whole = resize(graph, logits, paddedSize(graph, size, grid), "half_pixel");
  return graph.node("Slice", [whole, graph.ints([0, 0]), size, graph.ints([2, 3])]);
}

/** The fine map is made and convolved in `encode`: a memory that changes leaves it as it is. */
const lowLevelChannels = ({ final1 }: DeepLabV3Plus | PyramidDeepLab): number => final1.first.outChannels;

function decodeJoined(
  network: DeepLabV3Plus | PyramidDeepLab,
  { feature, lowLevel, votes, size }: DecodeValues,
  context: EmitContext,
): Value {
  if (!lowLevel) throw new Error("internal: DeepLabV3+ decodes with a fine map");
  const seen = emitJoined(network.final1, lowLevel, feature, context);
  return emitClassified(network, seen, { votes, size }, context);
}

registerNetworkEmitter<DeepLabV3Plus>(DeepLabV3Plus, {
  lowLevelChannels,
  encode(network, image, context) {
    const { emit } = context;
    const { lowLevel, deep } = emitBackbone(network, image, context);
    const feature = emit(network.botAspp, emit(network.aspp, deep));
    return { feature, lowLevel: emitFine(network.final1, emit(network.botFine, lowLevel), context) };
  },
  decode: decodeJoined,
});

registerNetworkEmitter(DeepLabV2, {
  encode(network, image, context) {
    const { deep } = emitBackbone(network, image, context);
    return { feature: context.emit(network.aspp, deep), lowLevel: null };
  },
  decode(network, { feature, votes, size }, context) {
    return emitLogits(network, feature, { votes, size }, context);
  },
});

registerNetworkEmitter(LinearHead, {
  encode: (network, image, context) => ({
    feature: emitBackbone(network, image, context).deep,
    lowLevel: null,
  }),
  decode: (network, { feature, votes, size }, context) =>
    emitLogits(network, feature, { votes, size }, context),
});

registerNetworkEmitter<PyramidDeepLab>(PyramidDeepLab, {
  lowLevelChannels,
  encode(network, image, context) {
    const { emit } = context;
    const { lowLevel, deep } = emitBackbone(network, image, context);
    const feature = emit(network.botAspp, emit(network.aspp, deep));
    return {
      feature,
      lowLevel: emitFine(network.final1, emit(network.botFine, emit(network.grow, lowLevel)), context),
    };
  },
  decode: decodeJoined,
});

registerNetworkEmitter(DensePrediction, {
  encode(network, image, context) {
    const { lowLevel, deep } = emitBackbone(network, image, context);
    return { feature: context.emit(network.aspp, deep), lowLevel };
  },
  decode(network, { feature, lowLevel, votes, size }, context) {
    if (!lowLevel) throw new Error("internal: the decoder fuses the maps of three stages");
    const { graph, emit } = context;
    const maps = graph.nodes("Split", [lowLevel], { axis: 1, num_outputs: 3 }, 3);
    const [refine, reassemble, fuse] = [[...network.refine], [...network.reassemble], [...network.fuse]];
    let fused = emit(refine[3] as ResidualUnit, feature);
    for (const [at, stage] of [2, 1, 0].entries()) {
      const map = emit(reassemble[stage] as nn.Sequential, maps[stage] as Value);
      const skip = emit(refine[stage] as ResidualUnit, map);
      const grown = resize(graph, fused, sizesOf(graph, skip, 2, 4));
      fused = emit(fuse[at] as ResidualUnit, graph.node("Add", [grown, skip]));
    }
    return emitLogits(network, fused, { votes, size }, context);
  },
});

registerEmitter(ResidualUnit, ({ layers }, input, { graph, emit }) =>
  graph.node("Add", [input, emit(layers, input)]),
);

registerEmitter(PyramidV3, ({ features, imgConv }, input, { graph, emit }) => {
  const mean = graph.node("GlobalAveragePool", [input]);
  const pooled = everywhere(graph, emit(imgConv, mean), input);
  const branches = [...features].map((branch) => emit(branch, input));
  return graph.node("Concat", [pooled, ...branches], { axis: 1 });
});

registerEmitter(PyramidV2, ({ conv2dList }, input, { graph, emit }) => {
  const [first, ...others] = [...conv2dList].map((branch) => emit(branch, input));
  return others.reduce((sum, branch) => graph.node("Add", [sum, branch]), first as Value);
});
