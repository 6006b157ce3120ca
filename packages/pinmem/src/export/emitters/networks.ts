// Networks in two parts, as their `encode` and `decode`: one emitter for each class of them. Those of a backbone and a head here;
// for heads of one's own `registerHeadEmitter`, for whole networks `registerNetworkEmitter`.
// Shapes: B batch, C width of the feature, K classes, H W image, h w feature.

import type { Exposure } from "@pinmem/core";
import type { nn } from "@pinmem/torch";
import { imageNetNormalization } from "../../loading/batch-tensors.js";
import { BackboneNetwork } from "../../models/backbone-network.js";
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
import { clip, everywhere } from "./layers.js";
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

/** Says how networks of a class of one's own are exported. */
export function registerNetworkEmitter<N extends SegmentationNetwork>(
  kind: Class<N>,
  emitter: NetworkEmitter<N>,
): void {
  emitters.set(kind, emitter);
}

/** @throws ExportError where there is none */
export function networkEmitterOf(network: SegmentationNetwork): NetworkEmitter<SegmentationNetwork> {
  const kind = network.constructor;
  const emitter = emitters.get(kind) as NetworkEmitter<SegmentationNetwork> | undefined;
  if (emitter) return network instanceof BackboneNetwork ? placed(emitter, network) : emitter;
  throw new ExportError(
    `a network of the class ${kind.name} cannot be exported: say how with registerNetworkEmitter(${kind.name}, …), from pinmem/export`,
  );
}

/** Writes a head, whose memory may be before or behind its decoder. */
export interface HeadEmitter<N extends BackboneNetwork> {
  lowLevelChannels?(network: N): number;
  encode(network: N, image: Value, context: EmitContext): EncodedValues;
  /** What the last convolution sees. */
  decoded(network: N, values: EncodedValues, context: EmitContext): Value;
}

const headEmitters = new Map<unknown, HeadEmitter<never>>();

/** Says how networks of a head of one's own are exported. */
export function registerHeadEmitter<N extends BackboneNetwork>(kind: Class<N>, head: HeadEmitter<N>): void {
  headEmitters.set(kind, head);
  registerNetworkEmitter<N>(kind, {
    ...(head.lowLevelChannels && { lowLevelChannels: head.lowLevelChannels }),
    encode: head.encode,
    decode: (network, values, context) =>
      emitClassified(network, head.decoded(network, values, context), values, context),
  });
}

/** The emitter of a head as its network needs it: a memory behind the decoder has that decoder before it, in `encode`. */
function placed(
  emitter: NetworkEmitter<SegmentationNetwork>,
  { memoryAt, constructor: kind }: BackboneNetwork,
): NetworkEmitter<SegmentationNetwork> {
  if (memoryAt === "encoder") return emitter;
  const head = headEmitters.get(kind) as HeadEmitter<BackboneNetwork> | undefined;
  if (!head)
    throw new ExportError(
      `a network of the class ${kind.name} cannot be exported with its memory at the decoder: say how with registerHeadEmitter(${kind.name}, …), from pinmem/export`,
    );
  const placedAtDecoder: NetworkEmitter<BackboneNetwork> = {
    encode: (network, image, context) => ({
      feature: head.decoded(network, head.encode(network, image, context), context),
      lowLevel: null,
    }),
    decode: (network, values, context) => emitClassified(network, values.feature, values, context),
  };
  return placedAtDecoder as NetworkEmitter<SegmentationNetwork>;
}

/** As `underExposure`. */
function emitExposure(exposure: Exposure, image: Value, { graph }: EmitContext): Value {
  const { mean, std } = imageNetNormalization;
  const [means, deviations] = [mean, std].map((each) => graph.floats(each, [1, 3, 1, 1])) as [Value, Value];
  const values = graph.node("Add", [graph.node("Mul", [image, deviations]), means]);
  const seen = graph.node("Pow", [clip(graph, values, 0, 1), graph.floats(exposure)]);
  return graph.node("Div", [graph.node("Sub", [seen, means]), deviations]);
}

/** Of the stages of a backbone: the outputs of layer1 and of layer4. */
export function emitBackbone(
  network: BackboneNetwork,
  given: Value,
  context: EmitContext,
): { lowLevel: Value; deep: Value } {
  const { backbone, layer0, layer1, layer2, layer3, layer4 } = network;
  const image = network.exposure === 1 ? given : emitExposure(network.exposure, given, context);
  if (backbone instanceof VisionTransformer) return emitTransformer(backbone, image, context);
  if (backbone instanceof ConvNext) return emitConvNext(backbone, image, context);
  const { emit } = context;
  const lowLevel = emit(layer1, emit(layer0, image));
  const deep = [layer2, layer3, layer4].reduce((value, stage) => emit(stage, value), lowLevel);
  return { lowLevel, deep };
}

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

function decodedJoined(
  { final1 }: DeepLabV3Plus | PyramidDeepLab,
  { feature, lowLevel }: EncodedValues,
  context: EmitContext,
): Value {
  if (!lowLevel) throw new Error("internal: DeepLabV3+ decodes with a fine map");
  return emitJoined(final1, lowLevel, feature, context);
}

registerHeadEmitter<DeepLabV3Plus>(DeepLabV3Plus, {
  lowLevelChannels,
  encode(network, image, context) {
    const { emit } = context;
    const { lowLevel, deep } = emitBackbone(network, image, context);
    const feature = emit(network.botAspp, emit(network.aspp, deep));
    return { feature, lowLevel: emitFine(network.final1, emit(network.botFine, lowLevel), context) };
  },
  decoded: decodedJoined,
});

registerHeadEmitter(DeepLabV2, {
  encode(network, image, context) {
    const { deep } = emitBackbone(network, image, context);
    return { feature: context.emit(network.aspp, deep), lowLevel: null };
  },
  decoded: ({ final1 }, { feature }, { emit }) => emit(final1, feature),
});

registerHeadEmitter(LinearHead, {
  encode: (network, image, context) => ({
    feature: emitBackbone(network, image, context).deep,
    lowLevel: null,
  }),
  decoded: ({ final1 }, { feature }, { emit }) => emit(final1, feature),
});

registerHeadEmitter<PyramidDeepLab>(PyramidDeepLab, {
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
  decoded: decodedJoined,
});

registerHeadEmitter(DensePrediction, {
  encode(network, image, context) {
    const { lowLevel, deep } = emitBackbone(network, image, context);
    return { feature: context.emit(network.aspp, deep), lowLevel };
  },
  decoded(network, { feature, lowLevel }, context) {
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
    return emit(network.final1, fused);
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
