// Initializers with PyTorch's semantics and, for one seed, PyTorch's numbers. All work in place and return their tensor.

import { noGrad } from "../autograd.js";
import { TorchError } from "../errors.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor.js";

export type FanMode = "fanIn" | "fanOut";
export type Nonlinearity = "linear" | "conv2d" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

/** Inputs and outputs of one unit: receptive field times channels. */
export function fans(tensor: Tensor): { fanIn: number; fanOut: number } {
  const [outputs, inputs, ...field] = tensor.shape;
  if (outputs === undefined || inputs === undefined) {
    throw new TorchError(`fan in and fan out need at least 2 dimensions, got ${tensor}`, {
      operator: "init",
    });
  }
  const area = field.reduce((product, size) => product * size, 1);
  return { fanIn: inputs * area, fanOut: outputs * area };
}

/** Recommended gain of a nonlinearity; `slope` is leaky ReLU's. */
export function gain(nonlinearity: Nonlinearity, slope = 0.01): number {
  switch (nonlinearity) {
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leakyRelu":
      return Math.sqrt(2 / (1 + slope * slope));
    case "selu":
      return 3 / 4;
    default:
      return 1;
  }
}

const inPlace = (tensor: Tensor, change: (tensor: Tensor) => void): Tensor => {
  noGrad(() => change(tensor));
  return tensor;
};

let skipped = false;

/**
 * Makes modules whose weights come from elsewhere: their random numbers are not drawn, the values are whatever was in memory
 * until something is loaded. As PyTorch's `torch.nn.utils.skip_init`.
 * @returns what `make` returns
 */
export function skipInit<T>(make: () => T): T {
  const before = skipped;
  skipped = true;
  try {
    return make();
  } finally {
    skipped = before;
  }
}

const drawn = (tensor: Tensor, draw: (tensor: Tensor) => void): Tensor =>
  skipped ? tensor : inPlace(tensor, draw);

/** Fills with zeros, in place. */
export const zeros_ = (tensor: Tensor): Tensor => inPlace(tensor, (t) => t.zero_());
/** Fills with ones, in place. */
export const ones_ = (tensor: Tensor): Tensor => inPlace(tensor, (t) => t.fill_(1));
/** Fills with a value, in place. */
export const constant_ = (tensor: Tensor, value: number): Tensor => inPlace(tensor, (t) => t.fill_(value));
/** Fills with uniform random numbers from `from` to `to`, in place. */
export const uniform_ = (tensor: Tensor, from = 0, to = 1): Tensor =>
  drawn(tensor, (t) => t.uniform_({ from, to }));
/** Fills with normal random numbers, in place. */
export const normal_ = (tensor: Tensor, mean = 0, std = 1): Tensor =>
  drawn(tensor, (t) => t.normal_({ mean, std }));

/** Fills with normal random numbers, those beyond some deviations brought to them, in place. */
export const clippedNormal_ = (tensor: Tensor, mean = 0, std = 1, deviations = 2): Tensor =>
  drawn(tensor, (t) => {
    const reach = deviations * std;
    t.normal_({ mean, std }).clamp_({ min: mean - reach, max: mean + reach });
  });

export interface KaimingOptions {
  /** Default "fanIn": keeps the variance in the forward pass; "fanOut" in the backward pass. */
  mode?: FanMode;
  /** Default "leakyRelu". */
  nonlinearity?: Nonlinearity;
  /** Negative slope of leaky ReLU; default 0. */
  slope?: number;
}

const kaimingDefaults: Required<KaimingOptions> = { mode: "fanIn", nonlinearity: "leakyRelu", slope: 0 };

function kaimingStd(operator: string, tensor: Tensor, rest: readonly unknown[]): number {
  const { mode, nonlinearity, slope } = readOptions(operator, rest, kaimingDefaults);
  return gain(nonlinearity, slope) / Math.sqrt(fans(tensor)[mode]);
}

/** He et al. 2015: normal with standard deviation gain / sqrt(fan). */
export function kaimingNormal_(tensor: Tensor, options?: KaimingOptions): Tensor;
export function kaimingNormal_(tensor: Tensor, ...rest: unknown[]): Tensor {
  return normal_(tensor, 0, kaimingStd("kaimingNormal_", tensor, rest));
}

/** He et al. 2015: uniform in ±sqrt(3) gain / sqrt(fan). */
export function kaimingUniform_(tensor: Tensor, options?: KaimingOptions): Tensor;
export function kaimingUniform_(tensor: Tensor, ...rest: unknown[]): Tensor {
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform_", tensor, rest);
  return uniform_(tensor, -bound, bound);
}

const xavierStd = (tensor: Tensor, factor: number): number => {
  const { fanIn, fanOut } = fans(tensor);
  return factor * Math.sqrt(2 / (fanIn + fanOut));
};

/** Glorot and Bengio 2010. */
export const xavierNormal_ = (tensor: Tensor, factor = 1): Tensor =>
  normal_(tensor, 0, xavierStd(tensor, factor));

/** Glorot and Bengio 2010. */
export function xavierUniform_(tensor: Tensor, factor = 1): Tensor {
  const bound = Math.sqrt(3) * xavierStd(tensor, factor);
  return uniform_(tensor, -bound, bound);
}
