// Activations of torch.nn.functional. Each gives a tensor of the shape of its input.

import { readOptions } from "../../options.js";
import type { Tensor } from "../../tensor.js";
import { given } from "./given.js";

/** max(x, 0). */
export function relu(input: Tensor): Tensor;
export function relu(input: Tensor, ...rest: unknown[]): Tensor {
  readOptions("relu", rest, {});
  return given(input, "relu").relu();
}

/** min(max(x, 0), 6). */
export function relu6(input: Tensor): Tensor;
export function relu6(input: Tensor, ...rest: unknown[]): Tensor {
  readOptions("relu6", rest, {});
  return given(input, "relu6").hardtanh({ minVal: 0, maxVal: 6 });
}

/** Scaled elu that keeps mean and variance. */
export function selu(input: Tensor): Tensor;
export function selu(input: Tensor, ...rest: unknown[]): Tensor {
  readOptions("selu", rest, {});
  return given(input, "selu").selu();
}

/** x * sigmoid(x), also called swish. */
export function silu(input: Tensor): Tensor;
export function silu(input: Tensor, ...rest: unknown[]): Tensor {
  readOptions("silu", rest, {});
  return given(input, "silu").silu();
}

/** x * tanh(softplus(x)). */
export function mish(input: Tensor): Tensor;
export function mish(input: Tensor, ...rest: unknown[]): Tensor {
  readOptions("mish", rest, {});
  return given(input, "mish").mish();
}

/** x * relu6(x + 3) / 6. */
export function hardswish(input: Tensor): Tensor;
export function hardswish(input: Tensor, ...rest: unknown[]): Tensor {
  readOptions("hardswish", rest, {});
  return given(input, "hardswish").hardswish();
}

/** relu6(x + 3) / 6. */
export function hardsigmoid(input: Tensor): Tensor;
export function hardsigmoid(input: Tensor, ...rest: unknown[]): Tensor {
  readOptions("hardsigmoid", rest, {});
  return given(input, "hardsigmoid").hardsigmoid();
}

/** 1 / (1 + exp(-x)). */
export function sigmoid(input: Tensor): Tensor;
export function sigmoid(input: Tensor, ...rest: unknown[]): Tensor {
  readOptions("sigmoid", rest, {});
  return given(input, "sigmoid").sigmoid();
}

/** Logarithm of the sigmoid. */
export function logsigmoid(input: Tensor): Tensor;
export function logsigmoid(input: Tensor, ...rest: unknown[]): Tensor {
  readOptions("logsigmoid", rest, {});
  return given(input, "logsigmoid").logSigmoid();
}

/** Hyperbolic tangent. */
export function tanh(input: Tensor): Tensor;
export function tanh(input: Tensor, ...rest: unknown[]): Tensor {
  readOptions("tanh", rest, {});
  return given(input, "tanh").tanh();
}

/** x where positive, negativeSlope * x elsewhere. Defaults: negativeSlope 0.01. */
export function leakyRelu(input: Tensor, options?: { negativeSlope?: number }): Tensor;
export function leakyRelu(input: Tensor, ...rest: unknown[]): Tensor {
  return given(input, "leakyRelu").leakyRelu(readOptions("leakyRelu", rest, { negativeSlope: 0.01 }));
}

/** x where positive, alpha * (exp(x) - 1) elsewhere. Defaults: alpha 1. */
export function elu(input: Tensor, options?: { alpha?: number }): Tensor;
export function elu(input: Tensor, ...rest: unknown[]): Tensor {
  return given(input, "elu").elu(readOptions("elu", rest, { alpha: 1 }));
}

/** Limits to [minVal, maxVal]. Defaults: minVal -1, maxVal 1. */
export function hardtanh(input: Tensor, options?: { minVal?: number; maxVal?: number }): Tensor;
export function hardtanh(input: Tensor, ...rest: unknown[]): Tensor {
  return given(input, "hardtanh").hardtanh(readOptions("hardtanh", rest, { minVal: -1, maxVal: 1 }));
}

/** log(1 + exp(beta * x)) / beta; x itself where beta * x is above the threshold. Defaults: beta 1, threshold 20. */
export function softplus(input: Tensor, options?: { beta?: number; threshold?: number }): Tensor;
export function softplus(input: Tensor, ...rest: unknown[]): Tensor {
  return given(input, "softplus").softplus(readOptions("softplus", rest, { beta: 1, threshold: 20 }));
}

/** x times the normal distribution function; approximate "tanh" as in GPT-2. Defaults: approximate "none". */
export function gelu(input: Tensor, options?: { approximate?: "none" | "tanh" }): Tensor;
export function gelu(input: Tensor, ...rest: unknown[]): Tensor {
  return given(input, "gelu").gelu(readOptions("gelu", rest, { approximate: "none" }));
}

/** Exponentials that sum to one along `dim`. */
export function softmax(input: Tensor, dim: number | { dim: number }): Tensor {
  return given(input, "softmax").softmax(dim as number);
}

/** Logarithm of softmax along `dim`. */
export function logSoftmax(input: Tensor, dim: number | { dim: number }): Tensor {
  return given(input, "logSoftmax").logSoftmax(dim as number);
}

/** x where positive, weight * x elsewhere; one weight, or one for each channel. */
export function prelu(input: Tensor, weight: Tensor): Tensor {
  return given(input, "prelu").prelu(weight);
}
