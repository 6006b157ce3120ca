// Layers without state that training would change: activations, pooling, dropout, reshaping.

import { run } from "../dispatch.js";
import { TorchError } from "../errors.js";
import { Operator } from "../operator.js";
import type { Tensor } from "../tensor.js";
import type { Pair } from "./conv.js";
import { type InterpolateOptions, interpolate } from "./functional.js";
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
  constructor({ inplace = false }: { inplace?: boolean } = {}) {
    super();
    this.inplace = inplace;
  }
  forward(input: Tensor): Tensor {
    return this.inplace ? input.relu_() : input.relu();
  }
}

/** Our own (native/operators.cpp): ATen's keeps a copy of the input. */
const relu6InPlace = new Operator("pinmem::relu6_", "relu6_", ["self"], 1);

/** min(max(x, 0), 6), element by element; `inplace` writes over the input. */
export class ReLU6 extends Module {
  readonly inplace: boolean;
  constructor({ inplace = false }: { inplace?: boolean } = {}) {
    super();
    this.inplace = inplace;
  }
  forward(input: Tensor): Tensor {
    return this.inplace ? (run(relu6InPlace, [input]) as Tensor) : input.hardtanh({ minVal: 0, maxVal: 6 });
  }
}

/** x where it is positive, `negativeSlope` times x elsewhere. */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;
  constructor({ negativeSlope = 0.01 }: { negativeSlope?: number } = {}) {
    super();
    this.negativeSlope = negativeSlope;
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
 * x times the normal distribution function of x.
 * Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
 */
export class GELU extends Module {
  forward(input: Tensor): Tensor {
    return input.gelu();
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

/** Shares along `dim` that add up to 1. */
export class Softmax extends Module {
  readonly dim: number;
  constructor(dim: number) {
    super();
    this.dim = dim;
  }
  forward(input: Tensor): Tensor {
    return input.softmax(this.dim);
  }
}

/** Largest value of each window of (B, C, H, W); the stride is the kernel size unless given. */
export class MaxPool2d extends Module {
  readonly kernelSize: Pair;
  readonly options: { stride: Pair; padding: Pair; dilation: Pair; ceilMode: boolean };
  constructor(
    kernelSize: Pair,
    {
      stride = kernelSize,
      padding = 0,
      dilation = 1,
      ceilMode = false,
    }: { stride?: Pair; padding?: Pair; dilation?: Pair; ceilMode?: boolean } = {},
  ) {
    super();
    this.kernelSize = kernelSize;
    this.options = { stride, padding, dilation, ceilMode };
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
    {
      stride = kernelSize,
      padding = 0,
      ceilMode = false,
      countIncludePad = true,
    }: { stride?: Pair; padding?: Pair; ceilMode?: boolean; countIncludePad?: boolean } = {},
  ) {
    super();
    this.kernelSize = kernelSize;
    this.options = { stride, padding, ceilMode, countIncludePad };
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

function checkProbability(p: number, layer: string): number {
  if (!(p >= 0 && p <= 1))
    throw new TorchError(`argument 'p' must be between 0 and 1, got ${p}`, {
      operator: layer,
      argument: "p",
    });
  return p;
}

/** Zeroes elements in training. */
export class Dropout extends Module {
  readonly p: number;
  constructor(p = 0.5) {
    super();
    this.p = checkProbability(p, "Dropout");
  }
  forward(input: Tensor): Tensor {
    return this.training && this.p > 0 ? input.dropout(this.p, true) : input;
  }
}

/** Zeroes whole channels in training. */
export class Dropout2d extends Module {
  readonly p: number;
  constructor(p = 0.5) {
    super();
    this.p = checkProbability(p, "Dropout2d");
  }
  forward(input: Tensor): Tensor {
    return this.training && this.p > 0 ? input.featureDropout(this.p, true) : input;
  }
}

/** Makes the dimensions from `startDim` to `endDim` one; by default all but the first. */
export class Flatten extends Module {
  readonly options: { startDim: number; endDim: number };
  constructor({ startDim = 1, endDim = -1 }: { startDim?: number; endDim?: number } = {}) {
    super();
    this.options = { startDim, endDim };
  }
  forward(input: Tensor): Tensor {
    return input.flatten(this.options);
  }
}

/** Resizes (B, C, H, W) by `nn.F.interpolate`. */
export class Upsample extends Module {
  readonly options: InterpolateOptions;
  constructor(options: InterpolateOptions) {
    super();
    this.options = options;
  }
  forward(input: Tensor): Tensor {
    return interpolate(input, this.options);
  }
}
