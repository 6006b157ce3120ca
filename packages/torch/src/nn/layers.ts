// Layers without state that training would change: activations, pooling, dropout, reshaping.

import { run } from "../dispatch.js";
import { Operator } from "../operator.js";
import { isOptions, missingOption, readOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import type { Pair } from "./construction.js";
import { checkProbability } from "./functional/dropout.js";
import { type InterpolateOptions, interpolate, interpolateOptions } from "./functional/interpolate.js";
import { Module } from "./module.js";

/** Gives its input back. */
export class Identity extends Module {
  forward(input: Tensor): Tensor {
    return input;
  }
}

/** max(x, 0), element by element; `inplace` writes over the input. */
export class ReLU extends Module {
  readonly inplace: boolean;
  constructor(options?: { inplace?: boolean });
  constructor(...rest: unknown[]) {
    super();
    this.inplace = readOptions("ReLU", rest, { inplace: false }).inplace;
  }
  forward(input: Tensor): Tensor {
    return this.inplace ? input.relu_() : input.relu();
  }
}

/** Our own (native/operators.cpp): ATen's keeps a copy of the input. */
const relu6Op = new Operator("pinmem::relu6_", "relu6_", ["self"], 1);
const relu6_ = (input: Tensor): Tensor => run(relu6Op, [input]) as Tensor;

/** min(max(x, 0), 6), element by element; `inplace` writes over the input. */
export class ReLU6 extends Module {
  readonly inplace: boolean;
  constructor(options?: { inplace?: boolean });
  constructor(...rest: unknown[]) {
    super();
    this.inplace = readOptions("ReLU6", rest, { inplace: false }).inplace;
  }
  forward(input: Tensor): Tensor {
    if (this.inplace) return relu6_(input);
    // In bfloat16 ATen's has no gradients on libtorch 1.13.
    return input.dtype === "bfloat16" ? relu6_(input.clone()) : input.hardtanh({ minVal: 0, maxVal: 6 });
  }
}

/** x where it is positive, `negativeSlope` times x elsewhere. */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;
  constructor(options?: { negativeSlope?: number });
  constructor(...rest: unknown[]) {
    super();
    this.negativeSlope = readOptions("LeakyReLU", rest, { negativeSlope: 0.01 }).negativeSlope;
  }
  forward(input: Tensor): Tensor {
    return input.leakyRelu({ negativeSlope: this.negativeSlope });
  }
}

/** 1 / (1 + exp(-x)), element by element. */
export class Sigmoid extends Module {
  forward(input: Tensor): Tensor {
    return input.sigmoid();
  }
}

/** Hyperbolic tangent, element by element. */
export class Tanh extends Module {
  forward(input: Tensor): Tensor {
    return input.tanh();
  }
}

/**
 * x times the normal distribution function of x; `approximate: "tanh"` as in GPT-2.
 * Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
 */
export class GELU extends Module {
  readonly approximate: "none" | "tanh";
  constructor(options?: { approximate?: "none" | "tanh" });
  constructor(...rest: unknown[]) {
    super();
    const defaults: { approximate: "none" | "tanh" } = { approximate: "none" };
    this.approximate = readOptions("GELU", rest, defaults).approximate;
  }
  forward(input: Tensor): Tensor {
    return this.approximate === "none" ? input.gelu() : input.gelu({ approximate: this.approximate });
  }
}

/** x where positive, alpha * (exp(x) - 1) elsewhere. */
export class ELU extends Module {
  readonly alpha: number;
  constructor(options?: { alpha?: number });
  constructor(...rest: unknown[]) {
    super();
    this.alpha = readOptions("ELU", rest, { alpha: 1 }).alpha;
  }
  forward(input: Tensor): Tensor {
    return input.elu({ alpha: this.alpha });
  }
}

/** log(1 + exp(beta * x)) / beta; x itself where beta * x is above the threshold. */
export class Softplus extends Module {
  readonly beta: number;
  readonly threshold: number;
  constructor(options?: { beta?: number; threshold?: number });
  constructor(...rest: unknown[]) {
    super();
    const { beta, threshold } = readOptions("Softplus", rest, { beta: 1, threshold: 20 });
    this.beta = beta;
    this.threshold = threshold;
  }
  forward(input: Tensor): Tensor {
    return input.softplus({ beta: this.beta, threshold: this.threshold });
  }
}

/** x * tanh(softplus(x)), element by element. */
export class Mish extends Module {
  forward(input: Tensor): Tensor {
    return input.mish();
  }
}

/** relu6(x + 3) / 6, element by element. */
export class Hardsigmoid extends Module {
  forward(input: Tensor): Tensor {
    return input.hardsigmoid();
  }
}

/** x sigmoid(x), element by element; also known as swish. */
export class SiLU extends Module {
  forward(input: Tensor): Tensor {
    return input.silu();
  }
}

/**
 * x relu6(x + 3) / 6, element by element.
 * Source: Howard et al., "Searching for MobileNetV3", 2019.
 */
export class Hardswish extends Module {
  forward(input: Tensor): Tensor {
    return input.hardswish();
  }
}

/** The one argument of softmax layers, which may be given by name. */
function dimOf(layer: string, dim: number | { dim: number }): number {
  const value = isOptions(dim)
    ? readOptions(layer, [dim], { dim: undefined as number | undefined }).dim
    : dim;
  if (typeof value !== "number") throw missingOption(layer, "dim", "1");
  return value;
}

/** Shares along `dim` that add up to 1. */
export class Softmax extends Module {
  readonly dim: number;
  constructor(dim: number | { dim: number }) {
    super();
    this.dim = dimOf("Softmax", dim);
  }
  forward(input: Tensor): Tensor {
    return input.softmax(this.dim);
  }
}

/** Logarithm of softmax along `dim`. */
export class LogSoftmax extends Module {
  readonly dim: number;
  constructor(dim: number | { dim: number }) {
    super();
    this.dim = dimOf("LogSoftmax", dim);
  }
  forward(input: Tensor): Tensor {
    return input.logSoftmax(this.dim);
  }
}

/** Largest value of each window of (B, C, H, W); the stride is the kernel size unless given. */
export class MaxPool2d extends Module {
  readonly kernelSize: Pair;
  readonly options: { stride: Pair; padding: Pair; dilation: Pair; ceilMode: boolean };
  constructor(
    kernelSize: Pair,
    options?: { stride?: Pair; padding?: Pair; dilation?: Pair; ceilMode?: boolean },
  );
  constructor(kernelSize: Pair, ...rest: unknown[]) {
    super();
    const defaults: MaxPool2d["options"] = { stride: kernelSize, padding: 0, dilation: 1, ceilMode: false };
    this.kernelSize = kernelSize;
    this.options = readOptions("MaxPool2d", rest, defaults);
  }
  forward(input: Tensor): Tensor {
    return input.maxPool2d(this.kernelSize, this.options);
  }
}

/** Mean of each window of (B, C, H, W); the stride is the kernel size unless given. */
export class AvgPool2d extends Module {
  readonly kernelSize: Pair;
  readonly options: { stride: Pair; padding: Pair; ceilMode: boolean; countIncludePad: boolean };
  constructor(
    kernelSize: Pair,
    options?: { stride?: Pair; padding?: Pair; ceilMode?: boolean; countIncludePad?: boolean },
  );
  constructor(kernelSize: Pair, ...rest: unknown[]) {
    super();
    const defaults: AvgPool2d["options"] = {
      stride: kernelSize,
      padding: 0,
      ceilMode: false,
      countIncludePad: true,
    };
    this.kernelSize = kernelSize;
    this.options = readOptions("AvgPool2d", rest, defaults);
  }
  forward(input: Tensor): Tensor {
    return input.avgPool2d(this.kernelSize, this.options);
  }
}

/** Means over as many windows as bring (B, C, H, W) to `outputSize`. */
export class AdaptiveAvgPool2d extends Module {
  readonly outputSize: Pair;
  constructor(outputSize: Pair) {
    super();
    this.outputSize = outputSize;
  }
  forward(input: Tensor): Tensor {
    return input.adaptiveAvgPool2d(this.outputSize);
  }
}

/** The probability of dropout layers, which may be given by name. */
function probabilityOf(layer: string, rest: readonly unknown[]): number {
  const [p, ...others] = rest;
  const options = typeof p === "number" ? [{ p }, ...others] : rest;
  return checkProbability(readOptions(layer, options, { p: 0.5 }).p, layer);
}

/** Zeroes elements in training. */
export class Dropout extends Module {
  readonly p: number;
  constructor(p?: number | { p?: number });
  constructor(...rest: unknown[]) {
    super();
    this.p = probabilityOf("Dropout", rest);
  }
  forward(input: Tensor): Tensor {
    return this.training && this.p > 0 ? input.dropout(this.p, true) : input;
  }
}

/** Zeroes whole channels in training. */
export class Dropout2d extends Module {
  readonly p: number;
  constructor(p?: number | { p?: number });
  constructor(...rest: unknown[]) {
    super();
    this.p = probabilityOf("Dropout2d", rest);
  }
  forward(input: Tensor): Tensor {
    return this.training && this.p > 0 ? input.featureDropout(this.p, true) : input;
  }
}

/** Makes the dimensions from `startDim` to `endDim` one; by default all but the first. */
export class Flatten extends Module {
  readonly options: { startDim: number; endDim: number };
  constructor(options?: { startDim?: number; endDim?: number });
  constructor(...rest: unknown[]) {
    super();
    this.options = readOptions("Flatten", rest, { startDim: 1, endDim: -1 });
  }
  forward(input: Tensor): Tensor {
    return input.flatten(this.options);
  }
}

/** Resizes (B, C, H, W) by `nn.F.interpolate`. */
export class Upsample extends Module {
  readonly options: InterpolateOptions;
  constructor(options: InterpolateOptions);
  constructor(...rest: unknown[]) {
    super();
    this.options = interpolateOptions("Upsample", rest);
  }
  forward(input: Tensor): Tensor {
    return interpolate(input, this.options);
  }
}

/** Channels (B, C r², H, W) become space (B, C, H r, W r). */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number;
  constructor(upscaleFactor: number) {
    super();
    this.upscaleFactor = upscaleFactor;
  }
  forward(input: Tensor): Tensor {
    return input.pixelShuffle(this.upscaleFactor);
  }
}
