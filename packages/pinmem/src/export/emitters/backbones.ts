// Emitters of the backbones' stages and blocks.

import { InvertedResidual } from "../../models/backbones/mobilenet-v2.js";
import { BasicBlock, Bottleneck, type ResidualBlock } from "../../models/backbones/residual-blocks.js";
import { EndLayer, ShuffleUnit } from "../../models/backbones/shufflenet-v2.js";
import { Stage } from "../../models/backbones/stage.js";
import type { Graph, Value } from "../onnx/graph.js";
import { sizesOf } from "../onnx/operations.js";
import { type EmitContext, registerEmitter } from "./registry.js";

registerEmitter(Stage, ({ blocks }, input, { emit }) =>
  blocks.reduce((value, block) => emit(block, value), input),
);

registerEmitter(BasicBlock, (block, input, context) => {
  const { conv1, bn1, relu1, conv2, bn2 } = block;
  const branch = [conv1, bn1, relu1, conv2, bn2].reduce((value, layer) => context.emit(layer, value), input);
  return residual(block, branch, input, context);
});

registerEmitter(Bottleneck, (block, input, context) => {
  const { conv1, bn1, relu1, conv2, bn2, relu2, conv3, bn3 } = block;
  const layers = [conv1, bn1, relu1, conv2, bn2, relu2, conv3, bn3];
  const branch = layers.reduce((value, layer) => context.emit(layer, value), input);
  return residual(block, branch, input, context);
});

/** Sum with the shortcut, normalized where the block is the last of such a stage, and ReLU. */
function residual(
  { downsample, instanceNormLayer }: ResidualBlock,
  branch: Value,
  input: Value,
  { graph, emit }: EmitContext,
): Value {
  const sum = graph.node("Add", [branch, downsample ? emit(downsample, input) : input]);
  return graph.node("Relu", [instanceNormLayer ? emit(instanceNormLayer, sum) : sum]);
}

registerEmitter(InvertedResidual, ({ conv, hasShortcut, instanceNormLayer }, input, { graph, emit }) => {
  const branch = emit(conv, input);
  const sum = hasShortcut ? graph.node("Add", [branch, input]) : branch;
  return instanceNormLayer ? emit(instanceNormLayer, sum) : sum;
});

registerEmitter(ShuffleUnit, ({ branch1, branch2, instanceNormLayer }, input, { graph, emit }) => {
  const [left, right] =
    branch1.length > 0 ? [input, input] : graph.nodes("Split", [input], { axis: 1, num_outputs: 2 }, 2);
  const halves = [emit(branch1, left as Value), emit(branch2, right as Value)];
  const output = shuffle(graph, graph.node("Concat", halves, { axis: 1 }));
  return instanceNormLayer ? emit(instanceNormLayer, output) : output;
});

/** Interleaves the two halves of the channels. */
function shuffle(graph: Graph, input: Value): Value {
  const halves = graph.node("Reshape", [
    input,
    graph.node("Concat", [graph.ints([0, 2, -1]), sizesOf(graph, input, 2, 4)], { axis: 0 }),
  ]);
  const swapped = graph.node("Transpose", [halves], { perm: [0, 2, 1, 3, 4] });
  return graph.node("Reshape", [swapped, sizesOf(graph, input)]);
}

/** An instance normalization stands in for the batch norm, which is left out then. */
registerEmitter(EndLayer, ({ layer, instanceNormLayer, convolution, pooling }, input, { graph, emit }) => {
  if (!instanceNormLayer) return emit(layer, input);
  const normalized = graph.node("Relu", [emit(instanceNormLayer, emit(convolution, input))]);
  return pooling.reduce((value, module) => emit(module, value), normalized);
});
