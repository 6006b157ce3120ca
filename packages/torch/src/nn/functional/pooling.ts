// Pooling as functions: the largest value or the mean of windows.

import { readOptions } from "../../options.js";
import type { Tensor } from "../../tensor.js";
import { given } from "./given.js";

type Size = number | readonly number[];

export interface MaxPoolOptions {
  /** Default: the size of the window. */
  stride?: Size;
  padding?: Size;
  dilation?: Size;
  ceilMode?: boolean;
}

const maxPoolDefaults: Required<MaxPoolOptions> = { stride: [], padding: 0, dilation: 1, ceilMode: false };

/** Largest value of each window of (B, C, L). */
export function maxPool1d(input: Tensor, kernelSize: Size, options?: MaxPoolOptions): Tensor;
export function maxPool1d(input: Tensor, kernelSize: Size, ...rest: unknown[]): Tensor {
  return given(input, "maxPool1d").maxPool1d(kernelSize, readOptions("maxPool1d", rest, maxPoolDefaults));
}

/** Largest value of each window of (B, C, H, W). */
export function maxPool2d(input: Tensor, kernelSize: Size, options?: MaxPoolOptions): Tensor;
export function maxPool2d(input: Tensor, kernelSize: Size, ...rest: unknown[]): Tensor {
  return given(input, "maxPool2d").maxPool2d(kernelSize, readOptions("maxPool2d", rest, maxPoolDefaults));
}

export interface AvgPoolOptions {
  /** Default: the size of the window. */
  stride?: Size;
  padding?: Size;
  ceilMode?: boolean;
  /** Padding counts as zeros; default true. */
  countIncludePad?: boolean;
}

const avgPoolDefaults: Required<AvgPoolOptions> = {
  stride: [],
  padding: 0,
  ceilMode: false,
  countIncludePad: true,
};

/** Mean of each window of (B, C, L). */
export function avgPool1d(input: Tensor, kernelSize: Size, options?: AvgPoolOptions): Tensor;
export function avgPool1d(input: Tensor, kernelSize: Size, ...rest: unknown[]): Tensor {
  return given(input, "avgPool1d").avgPool1d(kernelSize, readOptions("avgPool1d", rest, avgPoolDefaults));
}

/** Mean of each window of (B, C, H, W). */
export function avgPool2d(input: Tensor, kernelSize: Size, options?: AvgPoolOptions): Tensor;
export function avgPool2d(input: Tensor, kernelSize: Size, ...rest: unknown[]): Tensor {
  return given(input, "avgPool2d").avgPool2d(kernelSize, readOptions("avgPool2d", rest, avgPoolDefaults));
}

/** Mean over windows of (B, C, L) that give the output size. */
export function adaptiveAvgPool1d(input: Tensor, outputSize: Size): Tensor {
  return given(input, "adaptiveAvgPool1d").adaptiveAvgPool1d(outputSize);
}

/** Mean over windows of (B, C, H, W) that give the output size. */
export function adaptiveAvgPool2d(input: Tensor, outputSize: Size): Tensor {
  return given(input, "adaptiveAvgPool2d").adaptiveAvgPool2d(outputSize);
}

/** Largest value over windows of (B, C, H, W) that give the output size; the indices are freed. */
export function adaptiveMaxPool2d(input: Tensor, outputSize: Size): Tensor {
  const [values, indices] = given(input, "adaptiveMaxPool2d").adaptiveMaxPool2d(outputSize);
  indices.dispose();
  return values;
}
