// Networks in two parts, as their `encode` and `decode`: one emitter for each class of them. Those of a backbone and a head here;
// for whole networks of one's own, `registerNetworkEmitter`.
// Shapes: B batch, C width of the feature, K classes, H W image, h w feature.

import type { BackboneNetwork } from "../../models/backbone-network.js";
import { DeepLabV2 } from "../../models/heads/deeplab-v2.js";
import { DeepLabV3Plus } from "../../models/heads/deeplab-v3-plus.js";
import { PyramidV2, PyramidV3 } from "../../models/heads/pyramid.js";
import type { SegmentationNetwork } from "../../models/segmentation-network.js";
import { ExportError } from "../export-error.js";
import type { Value } from "../onnx/graph.js";
import { resize, sizesOf } from "../onnx/operations.js";
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
export function emitBackbone(network: BackboneNetwork, image: Value, { emit }: EmitContext) {
  const { layer0, layer1, layer2, layer3, layer4 } = network;
  const late = [layer2, layer3, layer4];
  const lowLevel = emit(layer1, emit(layer0, image));
  const deep = late.reduce((value, stage) => emit(stage, value), lowLevel);
  return { lowLevel, deep };
}

/** The last convolutions of a decoder, votes, and the logits at the image's size. */
export function emitLogits(
  { final1, final2 }: BackboneNetwork,
  joined: Value,
  { votes, size }: Pick<DecodeValues, "votes" | "size">,
  { graph, emit }: EmitContext,
): Value {
  const small = emit(final2, emit(final1, joined));
  const logits = votes
    ? graph.node("Add", [small, resize(graph, votes, sizesOf(graph, small, 2, 4))])
    : small;
  return resize(graph, logits, size);
}

registerNetworkEmitter(DeepLabV3Plus, {
  encode(network, image, context) {
    const { lowLevel, deep } = emitBackbone(network, image, context);
    return { feature: context.emit(network.botAspp, context.emit(network.aspp, deep)), lowLevel };
  },
  decode(network, { feature, lowLevel, votes, size }, context) {
    if (!lowLevel) throw new Error("internal: DeepLabV3+ decodes with the feature of layer1");
    const { graph, emit } = context;
    const coarse = resize(graph, feature, sizesOf(graph, lowLevel, 2, 4));
    const joined = graph.node("Concat", [emit(network.botFine, lowLevel), coarse], { axis: 1 });
    return emitLogits(network, joined, { votes, size }, context);
  },
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
