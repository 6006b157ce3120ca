// Emitters of normalization: batch norm that was not folded away, with a picture's own statistics mixed in where that is asked
// for; instance, layer and group norm; the layers of instance whitening and switchable whitening in their evaluation form.
// Shapes: B batch, C channels, H W resolution, G groups, c channels per group, L = H W.

import { eye, nn, noGrad, ones, scope, type Tensor } from "@pinmem/torch";
import { InstanceWhitening } from "../../models/normalization/instance-whitening.js";
import { SwitchableWhitening, whiteningConstants } from "../../models/normalization/switchable-whitening.js";
import { ExportError } from "../export-error.js";
import type { Graph, Value } from "../onnx/graph.js";
import { castTo, sizesOf } from "../onnx/operations.js";
import type { ChannelValues, PictureStatistics } from "./picture-statistics.js";
import { registerEmitter } from "./registry.js";

/** (C) as (1, C, 1, 1). */
const perChannel = (graph: Graph, tensor: Tensor): Value =>
  graph.weights(scope(() => noGrad(() => tensor.detach().view([1, -1, 1, 1]))));

const numbers = (value: number, count: number): number[] => Array.from({ length: count }, () => value);

registerEmitter(nn.BatchNorm2d, (norm, input, context) => {
  const { graph, statistics } = context;
  const { runningMean, runningVar, numFeatures, eps } = norm;
  if (!runningMean || !runningVar)
    throw new ExportError("a BatchNorm2d without running statistics cannot be exported");
  if (statistics) return mixedNorm(norm, input, statistics, graph);
  const scale = norm.weight ? graph.weights(norm.weight) : graph.floats(numbers(1, numFeatures));
  const shift = norm.bias ? graph.weights(norm.bias) : graph.floats(numbers(0, numFeatures));
  const inputs = [input, scale, shift, graph.weights(runningMean), graph.weights(runningVar)];
  return graph.node("BatchNormalization", inputs, { epsilon: { float: eps } });
});

/**
 * Batch norm with (1 - w) trained + w own statistics of each picture, w the weight in the layer, as inference/test-time-normalization.ts: a channel of a
 * single value keeps the trained ones.
 */
function mixedNorm(norm: nn.BatchNorm2d, input: Value, statistics: PictureStatistics, graph: Graph): Value {
  const { weight, bias, runningMean, runningVar, eps, numFeatures } = norm;
  if (!runningMean || !runningVar) throw new Error("internal: only a norm with statistics is mixed");
  const trained = { mean: perChannel(graph, runningMean), variance: perChannel(graph, runningVar) };
  const seen = spatialStatistics(graph, input);
  const values = valuesOfChannel(graph, input);
  const several = graph.node("Greater", [values, graph.floats(1.5)]);
  const orTrained = (own: Value, instead: Value) => graph.node("Where", [several, own, instead]);
  const own = statistics.ofLayer({
    channels: numFeatures,
    own: {
      mean: orTrained(seen.mean, trained.mean),
      variance: orTrained(seen.variance, trained.variance),
    },
    trained,
    values,
  });
  const mix = (one: Value, other: Value) =>
    graph.node("Add", [one, graph.node("Mul", [own.weight, graph.node("Sub", [other, one])])]);
  const deviation = graph.node("Sqrt", [
    graph.node("Add", [mix(trained.variance, own.variance), graph.floats(eps)]),
  ]);
  const scale = weight
    ? graph.node("Div", [perChannel(graph, weight), deviation])
    : graph.node("Reciprocal", [deviation]);
  const scaled = graph.node("Mul", [graph.node("Sub", [input, mix(trained.mean, own.mean)]), scale]);
  return bias ? graph.node("Add", [scaled, perChannel(graph, bias)]) : scaled;
}

function spatialStatistics(graph: Graph, input: Value): ChannelValues {
  const mean = spatialMean(graph, input);
  const centered = graph.node("Sub", [input, mean]);
  return { mean, variance: spatialMean(graph, graph.node("Mul", [centered, centered])) };
}

const spatialMean = (graph: Graph, input: Value): Value =>
  graph.node("ReduceMean", [input, graph.ints([2, 3])], { keepdims: 1 });

/** How many values each channel has: float [1]. */
const valuesOfChannel = (graph: Graph, input: Value): Value =>
  castTo(graph, graph.node("ReduceProd", [sizesOf(graph, input, 2, 4)], { keepdims: 1 }), "float32");

registerEmitter(nn.InstanceNorm2d, ({ weight, bias, runningMean, numFeatures, eps }, input, { graph }) => {
  if (runningMean) throw new ExportError("an InstanceNorm2d with running statistics cannot be exported");
  const scale = weight ? graph.weights(weight) : graph.floats(numbers(1, numFeatures));
  const shift = bias ? graph.weights(bias) : graph.floats(numbers(0, numFeatures));
  return graph.node("InstanceNormalization", [input, scale, shift], { epsilon: { float: eps } });
});

registerEmitter(InstanceWhitening, ({ instanceStandardization }, input, { emit }) =>
  emit(instanceStandardization, input),
);

registerEmitter(nn.LayerNorm, ({ weight, bias, normalizedShape, eps }, input, { graph }) => {
  const scale = weight ? graph.weights(weight) : graph.weights(scope(() => ones(normalizedShape)));
  return graph.node("LayerNormalization", [input, scale, ...(bias ? [graph.weights(bias)] : [])], {
    axis: -normalizedShape.length,
    epsilon: { float: eps },
  });
});

/** As instance norm of groups as if they were channels: the operator of that name has one scale for a group. */
registerEmitter(nn.GroupNorm, ({ weight, bias, numGroups, eps }, input, { graph }) => {
  const groups = graph.node("Reshape", [input, graph.ints([0, numGroups, -1])]);
  const plain = [graph.floats(numbers(1, numGroups)), graph.floats(numbers(0, numGroups))];
  const normalized = graph.node("InstanceNormalization", [groups, ...plain], { epsilon: { float: eps } });
  const restored = graph.node("Reshape", [normalized, sizesOf(graph, input)]);
  if (!weight || !bias) return restored;
  return graph.node("Add", [
    graph.node("Mul", [restored, perChannel(graph, weight)]),
    perChannel(graph, bias),
  ]);
});

/** Mean and covariance, of the training and of the picture, mixed as learned; then Newton's iteration, written out. */
registerEmitter(SwitchableWhitening, (layer, input, { graph }) => {
  const { runningMean, runningCov, swMeanWeight, swVarWeight, weight, bias } = layer;
  const [groups = 0, size = 0] = runningMean.shape;
  const { iterations, eps } = whiteningConstants;
  const identity = graph.weights(scope(() => eye(size)));
  const values_BGcL = graph.node("Reshape", [input, graph.ints([0, groups, size, -1])]);
  const ownMean_BGc1 = graph.node("ReduceMean", [values_BGcL, graph.ints([3])], { keepdims: 1 });
  const centered = graph.node("Sub", [values_BGcL, ownMean_BGc1]);
  const products = graph.node("MatMul", [
    centered,
    graph.node("Transpose", [centered], { perm: [0, 1, 3, 2] }),
  ]);
  const count = castTo(graph, sizesOf(graph, values_BGcL, 3, 4), "float32");
  const ownCovariance_BGcc = graph.node("Div", [products, count]);
  const mean = mixture(graph, swMeanWeight, runningMean, ownMean_BGc1);
  const mixed = mixture(graph, swVarWeight, runningCov, ownCovariance_BGcc);
  const covariance = graph.node("Add", [mixed, graph.node("Mul", [identity, graph.floats(eps)])]);
  const trace = graph.node("ReduceSum", [graph.node("Mul", [covariance, identity]), graph.ints([2, 3])], {
    keepdims: 1,
  });
  const normalized = graph.node("Div", [covariance, trace]);
  let root = identity;
  for (let turn = 0; turn < iterations; turn++) {
    const cube = graph.node("MatMul", [graph.node("MatMul", [root, root]), root]);
    root = graph.node("Sub", [
      graph.node("Mul", [root, graph.floats(1.5)]),
      graph.node("Mul", [graph.node("MatMul", [cube, normalized]), graph.floats(0.5)]),
    ]);
  }
  const whitening = graph.node("Div", [root, graph.node("Sqrt", [trace])]);
  const whitened = graph.node("MatMul", [whitening, graph.node("Sub", [values_BGcL, mean])]);
  const restored = graph.node("Reshape", [whitened, sizesOf(graph, input)]);
  return graph.node("Add", [
    graph.node("Mul", [restored, perChannel(graph, weight)]),
    perChannel(graph, bias),
  ]);
});

/** Softmax-weighted sum of the training's and the picture's own; those of the training are weighted here already. */
function mixture(graph: Graph, weights: nn.Parameter, trained: Tensor, own: Value): Value {
  const [ofBatch = 0, ofImage = 0] = scope(() => noGrad(() => weights.softmax(0).toArray() as number[]));
  const share = graph.weights(scope(() => noGrad(() => trained.mul(ofBatch))));
  return graph.node("Add", [share, graph.node("Mul", [own, graph.floats(ofImage)])]);
}
