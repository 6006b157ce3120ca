// Dropout as functions: `training` says whether anything is dropped, and is on by default as in PyTorch.

import { TorchError } from "../../errors.js";
import { readOptions } from "../../options.js";
import type { Tensor } from "../../tensor.js";
import { given } from "./given.js";

export interface DropoutOptions {
  /** Probability of zero; default 0.5. */
  p?: number;
  /** Default true. */
  training?: boolean;
}

const defaults: Required<DropoutOptions> = { p: 0.5, training: true };

/** A probability, or an error. */
export function checkProbability(p: number, operator: string): number {
  if (typeof p === "number" && p >= 0 && p <= 1) return p;
  throw new TorchError(`argument 'p' must be between 0 and 1, got ${p}`, { operator, argument: "p" });
}

/** Zeroes elements at random and scales the others by 1 / (1 - p). */
export function dropout(input: Tensor, options?: DropoutOptions): Tensor;
export function dropout(input: Tensor, ...rest: unknown[]): Tensor {
  const { p, training } = readOptions("dropout", rest, defaults);
  return given(input, "dropout").dropout(checkProbability(p, "dropout"), training);
}

/** Zeroes whole channels of (B, C, …) at random and scales the others. */
export function dropout2d(input: Tensor, options?: DropoutOptions): Tensor;
export function dropout2d(input: Tensor, ...rest: unknown[]): Tensor {
  const { p, training } = readOptions("dropout2d", rest, defaults);
  return given(input, "dropout2d").featureDropout(checkProbability(p, "dropout2d"), training);
}
