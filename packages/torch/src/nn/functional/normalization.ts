// Normalization as functions: by the statistics of the batch, of a sample, or of trailing dimensions; and to unit length.

import { readOptions } from "../../options.js";
import { scope } from "../../ownership.js";
import type { Tensor } from "../../tensor.js";
import { given } from "./given.js";

export interface AffineOptions {
  weight?: Tensor | null;
  bias?: Tensor | null;
  /** Added to the variance; default 1e-5. */
  eps?: number;
}

const affineDefaults: Required<AffineOptions> = { weight: null, bias: null, eps: 1e-5 };

export interface BatchNormOptions extends AffineOptions {
  /** Use the statistics of the batch, and move the running ones; default false. */
  training?: boolean;
  /** Weight of the batch in the running statistics; default 0.1. */
  momentum?: number;
}

const batchDefaults: Required<BatchNormOptions> = {
  weight: null,
  bias: null,
  training: false,
  momentum: 0.1,
  eps: 1e-5,
};

/** Normalizes each channel of (B, C, …) by running statistics (C), or by those of the batch in training. */
export function batchNorm(
  input: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  options?: BatchNormOptions,
): Tensor;
export function batchNorm(
  input: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  ...rest: unknown[]
): Tensor {
  const { weight, bias, training, momentum, eps } = readOptions("batchNorm", rest, batchDefaults);
  return given(input, "batchNorm").batchNorm(
    weight,
    bias,
    runningMean,
    runningVar,
    training,
    momentum,
    eps,
    true,
  );
}

/** Normalizes each channel of each sample of (B, C, …). */
export function instanceNorm(input: Tensor, options?: AffineOptions): Tensor;
export function instanceNorm(input: Tensor, ...rest: unknown[]): Tensor {
  const { weight, bias, eps } = readOptions("instanceNorm", rest, affineDefaults);
  return given(input, "instanceNorm").instanceNorm(weight, bias, null, null, true, 0, eps, true);
}

/** Normalizes over the trailing dimensions, whose sizes `normalizedShape` repeats. */
export function layerNorm(input: Tensor, normalizedShape: readonly number[], options?: AffineOptions): Tensor;
export function layerNorm(input: Tensor, normalizedShape: readonly number[], ...rest: unknown[]): Tensor {
  return given(input, "layerNorm").layerNorm(normalizedShape, readOptions("layerNorm", rest, affineDefaults));
}

/** Normalizes groups of channels of each sample of (B, C, …). */
export function groupNorm(input: Tensor, numGroups: number, options?: AffineOptions): Tensor;
export function groupNorm(input: Tensor, numGroups: number, ...rest: unknown[]): Tensor {
  return given(input, "groupNorm").groupNorm(numGroups, readOptions("groupNorm", rest, affineDefaults));
}

export interface NormalizeOptions {
  /** Default 2. */
  p?: number;
  /** Default 1. */
  dim?: number;
  /** Least length; default 1e-12. */
  eps?: number;
}

const normalizeDefaults: Required<NormalizeOptions> = { p: 2, dim: 1, eps: 1e-12 };

/** Divides by the p-norm along `dim`, at least `eps`: zero stays zero. */
export function normalize(input: Tensor, options?: NormalizeOptions): Tensor;
export function normalize(input: Tensor, ...rest: unknown[]): Tensor {
  const { p, dim, eps } = readOptions("normalize", rest, normalizeDefaults);
  given(input, "normalize");
  return scope(() => input.div(input.norm(p, dim, { keepdim: true }).clamp({ min: eps }).expandAs(input)));
}
