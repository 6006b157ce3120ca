// Emitters of the layers that have no statistics: convolutions, activations, pooling, containers.

import { nn } from "@pinmem/torch";
import { AtrousConv2d } from "../../models/heads/atrous-convolution.js";
import { CONTEXT, ContextConv2d } from "../../models/heads/context-convolution.js";
import { ExportError } from "../export-error.js";
import type { Graph, Value } from "../onnx/graph.js";
import { sizesOf } from "../onnx/operations.js";
import { type ModuleEmitter, registerEmitter } from "./registry.js";

const pass: ModuleEmitter<nn.AnyModule> = (_, input) => input;
for (const kind of [nn.Identity, nn.Dropout, nn.Dropout2d]) registerEmitter(kind, pass);

registerEmitter(nn.Sequential, (modules, input, { emit }) =>
  [...modules].reduce((value, module) => emit(module, value), input),
);

const emitConvolution: ModuleEmitter<nn.Conv2d> = (convolution, input, { graph }) => {
  const { weight, bias, stride, padding, paddingBehind, dilation, groups } = convolution;
  const behind = padding.map((zeros, at) => zeros + (paddingBehind[at] as number));
  return graph.node("Conv", [input, graph.weights(weight), ...(bias ? [graph.weights(bias)] : [])], {
    kernel_shape: [weight.size(2), weight.size(3)],
    strides: stride,
    pads: [...padding, ...behind],
    dilations: dilation,
    group: groups,
  });
};
for (const kind of [nn.Conv2d, AtrousConv2d]) registerEmitter(kind, emitConvolution);

registerEmitter(ContextConv2d, (convolution, input, context) => {
  const { graph } = context;
  const half = (CONTEXT - 1) / 2;
  const own = emitConvolution(convolution, input, context);
  const around = graph.node("Conv", [input, graph.weights(convolution.context)], { kernel_shape: [1, 1] });
  const mean = graph.node("AveragePool", [around], {
    kernel_shape: [CONTEXT, CONTEXT],
    strides: [1, 1],
    pads: [half, half, half, half],
    count_include_pad: 0,
  });
  return graph.node("Add", [own, mean]);
});

registerEmitter(nn.ConvTranspose2d, (convolution, input, { graph }) => {
  const { weight, bias, stride, padding, outputPadding, dilation, groups } = convolution;
  return graph.node("ConvTranspose", [input, graph.weights(weight), ...(bias ? [graph.weights(bias)] : [])], {
    kernel_shape: [weight.size(2), weight.size(3)],
    strides: stride,
    pads: [...padding, ...padding],
    output_padding: outputPadding,
    dilations: dilation,
    group: groups,
  });
});

/** By the last dimension, so of any number of them. */
registerEmitter(nn.Linear, ({ weight, bias }, input, { graph }) => {
  const product = graph.node("MatMul", [
    input,
    graph.node("Transpose", [graph.weights(weight)], { perm: [1, 0] }),
  ]);
  return bias ? graph.node("Add", [product, graph.weights(bias)]) : product;
});

registerEmitter(nn.ReLU, (_, input, { graph }) => graph.node("Relu", [input]));
registerEmitter(nn.ReLU6, (_, input, { graph }) => clip(graph, input, 0, 6));
registerEmitter(nn.LeakyReLU, ({ negativeSlope }, input, { graph }) =>
  graph.node("LeakyRelu", [input], { alpha: { float: negativeSlope } }),
);
registerEmitter(nn.ELU, ({ alpha }, input, { graph }) =>
  graph.node("Elu", [input], { alpha: { float: alpha } }),
);
registerEmitter(nn.GELU, ({ approximate }, input, { graph }) => graph.node("Gelu", [input], { approximate }));
registerEmitter(nn.Sigmoid, (_, input, { graph }) => graph.node("Sigmoid", [input]));
registerEmitter(nn.Tanh, (_, input, { graph }) => graph.node("Tanh", [input]));
registerEmitter(nn.Mish, (_, input, { graph }) => graph.node("Mish", [input]));
registerEmitter(nn.SiLU, (_, input, { graph }) => graph.node("Mul", [input, graph.node("Sigmoid", [input])]));
registerEmitter(nn.Hardsigmoid, (_, input, { graph }) =>
  graph.node("HardSigmoid", [input], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
);
registerEmitter(nn.Hardswish, (_, input, { graph }) => graph.node("HardSwish", [input]));
registerEmitter(nn.Softmax, ({ dim }, input, { graph }) => graph.node("Softmax", [input], { axis: dim }));

registerEmitter(nn.MaxPool2d, ({ kernelSize, options }, input, { graph }) =>
  graph.node("MaxPool", [input], {
    kernel_shape: both(kernelSize),
    strides: both(options.stride),
    pads: aroundOf(options.padding),
    dilations: both(options.dilation),
    ceil_mode: Number(options.ceilMode),
  }),
);

registerEmitter(nn.AvgPool2d, ({ kernelSize, options }, input, { graph }) =>
  graph.node("AveragePool", [input], {
    kernel_shape: both(kernelSize),
    strides: both(options.stride),
    pads: aroundOf(options.padding),
    ceil_mode: Number(options.ceilMode),
    count_include_pad: Number(options.countIncludePad),
  }),
);

registerEmitter(nn.AdaptiveAvgPool2d, ({ outputSize }, input, { graph }) => {
  if (both(outputSize).every((size) => size === 1)) return graph.node("GlobalAveragePool", [input]);
  throw new ExportError(
    `an AdaptiveAvgPool2d to ${both(outputSize).join(" x ")} cannot be exported, only one to 1: ONNX has no pooling whose windows ` +
      "depend on the picture's size",
  );
});

/** min(max(x, low), high) */
export const clip = (graph: Graph, input: Value, low: number, high: number): Value =>
  graph.node("Clip", [input, graph.floats(low), graph.floats(high)]);

/** A single value (B, C, 1, 1) at each place of another's resolution. */
export function everywhere(graph: Graph, single: Value, like: Value): Value {
  const shape = graph.node("Concat", [sizesOf(graph, single, 0, 2), sizesOf(graph, like, 2, 4)], { axis: 0 });
  return graph.node("Expand", [single, shape]);
}

const both = (size: nn.Pair): readonly number[] => (typeof size === "number" ? [size, size] : size);

/** Top, left, bottom, right. */
const aroundOf = (padding: nn.Pair): readonly number[] => [...both(padding), ...both(padding)];
