// Linear maps as functions: products with a matrix, convolutions, rows of a table.

import { callOperator } from "../../call-operator.js";
import { TorchError } from "../../errors.js";
import { isOptions, readOptions } from "../../options.js";
import type { Tensor } from "../../tensor.js";
import { given } from "./given.js";

type Size = number | readonly number[];

/** Splits `rest` into a bias by position, which PyTorch's users often give so, and the rest. */
function biasFirst(rest: readonly unknown[]): { bias: Tensor | null; options: readonly unknown[] } {
  const [first, ...others] = rest;
  if (rest.length === 0 || isOptions(first)) return { bias: null, options: rest };
  return { bias: (first ?? null) as Tensor | null, options: others };
}

/** input @ weight^T + bias, on the last dimension; weight (outFeatures, inFeatures). */
export function linear(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null | { bias?: Tensor | null },
): Tensor;
export function linear(input: Tensor, weight: Tensor, ...rest: unknown[]): Tensor {
  const { bias, options } = biasFirst(rest);
  return given(input, "linear").linear(weight, readOptions("linear", options, { bias }));
}

export interface ConvolutionOptions {
  bias?: Tensor | null;
  stride?: Size;
  /** Zeros at each side; "same" keeps the size (stride 1), "valid" is none. */
  padding?: Size | "same" | "valid";
  dilation?: Size;
  groups?: number;
}

function convolve(
  operator: "conv1d" | "conv2d",
  input: Tensor,
  weight: Tensor,
  rest: readonly unknown[],
): Tensor {
  const { bias, options } = biasFirst(rest);
  const defaults: Required<ConvolutionOptions> = { bias, stride: 1, padding: 0, dilation: 1, groups: 1 };
  const { padding, ...others } = readOptions(operator, options, defaults);
  given(input, operator);
  if (typeof padding !== "string") return input[operator](weight, { ...others, padding });
  if (padding !== "same" && padding !== "valid") {
    throw new TorchError(`argument 'padding' must be "same", "valid" or numbers, got "${padding}"`, {
      operator,
      argument: "padding",
    });
  }
  return callOperator(`aten::${operator}.padding`, [input, weight], { ...others, padding }) as Tensor;
}

/** 1-D cross-correlation of (B, C, L) with weight (outChannels, C / groups, k). */
export function conv1d(input: Tensor, weight: Tensor, options?: ConvolutionOptions): Tensor;
export function conv1d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options?: Omit<ConvolutionOptions, "bias">,
): Tensor;
export function conv1d(input: Tensor, weight: Tensor, ...rest: unknown[]): Tensor {
  return convolve("conv1d", input, weight, rest);
}

/** 2-D cross-correlation of (B, C, H, W) with weight (outChannels, C / groups, kH, kW). */
export function conv2d(input: Tensor, weight: Tensor, options?: ConvolutionOptions): Tensor;
export function conv2d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options?: Omit<ConvolutionOptions, "bias">,
): Tensor;
export function conv2d(input: Tensor, weight: Tensor, ...rest: unknown[]): Tensor {
  return convolve("conv2d", input, weight, rest);
}

export interface TransposedConvolutionOptions {
  bias?: Tensor | null;
  stride?: Size;
  padding?: Size;
  /** Added to one side of the output's size, which a stride leaves open. */
  outputPadding?: Size;
  groups?: number;
  dilation?: Size;
}

function transposed(
  operator: "convTranspose1d" | "convTranspose2d",
  input: Tensor,
  weight: Tensor,
  rest: readonly unknown[],
): Tensor {
  const { bias, options } = biasFirst(rest);
  const defaults: Required<TransposedConvolutionOptions> = {
    bias,
    stride: 1,
    padding: 0,
    outputPadding: 0,
    groups: 1,
    dilation: 1,
  };
  return given(input, operator)[operator](weight, readOptions(operator, options, defaults));
}

/** Transposed 1-D convolution of (B, C, L) with weight (C, outChannels / groups, k). */
export function convTranspose1d(
  input: Tensor,
  weight: Tensor,
  options?: TransposedConvolutionOptions,
): Tensor;
export function convTranspose1d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options?: Omit<TransposedConvolutionOptions, "bias">,
): Tensor;
export function convTranspose1d(input: Tensor, weight: Tensor, ...rest: unknown[]): Tensor {
  return transposed("convTranspose1d", input, weight, rest);
}

/** Transposed 2-D convolution of (B, C, H, W) with weight (C, outChannels / groups, kH, kW). */
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  options?: TransposedConvolutionOptions,
): Tensor;
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options?: Omit<TransposedConvolutionOptions, "bias">,
): Tensor;
export function convTranspose2d(input: Tensor, weight: Tensor, ...rest: unknown[]): Tensor {
  return transposed("convTranspose2d", input, weight, rest);
}

export interface EmbeddingOptions {
  /** Row that gets no gradient; negative ones count from the end. */
  paddingIdx?: number | null;
  /** Divide gradients by how often an index occurs. */
  scaleGradByFreq?: boolean;
}

const embeddingDefaults: Required<EmbeddingOptions> = { paddingIdx: null, scaleGradByFreq: false };

/** Rows of `weight` (numEmbeddings, embeddingDim) at integer indices of any shape. */
export function embedding(input: Tensor, weight: Tensor, options?: EmbeddingOptions): Tensor;
export function embedding(input: Tensor, weight: Tensor, ...rest: unknown[]): Tensor {
  const { paddingIdx, scaleGradByFreq } = readOptions("embedding", rest, embeddingDefaults);
  const rows = given(weight, "embedding", "weight").size(0);
  const row = paddingIdx === null || paddingIdx >= 0 ? paddingIdx : paddingIdx + rows;
  if (row !== null && !(Number.isInteger(row) && row >= 0 && row < rows)) {
    throw new TorchError(`argument 'paddingIdx' must be a row of ${weight}, got ${paddingIdx}`, {
      operator: "embedding",
      argument: "paddingIdx",
    });
  }
  return weight.embedding(given(input, "embedding"), { paddingIdx: row ?? -1, scaleGradByFreq });
}

/** Adds a dimension of `numClasses` with a one at each class; without it, as many as the largest class needs. */
export function oneHot(input: Tensor, numClasses?: number | { numClasses?: number }): Tensor {
  const count = isOptions(numClasses)
    ? readOptions("oneHot", [numClasses], { numClasses: -1 }).numClasses
    : (numClasses as number | undefined);
  return given(input, "oneHot").oneHot({ numClasses: count ?? -1 });
}
