// Losses of torch.nn.functional. Each takes predictions and targets and gives one number, unless `reduction` is "none".

import { TorchError } from "../../errors.js";
import { readOptions } from "../../options.js";
import type { Tensor } from "../../tensor.js";
import { given } from "./given.js";
import { codeOf, type Reduction, type ReductionOptions } from "./reduction.js";

export interface CrossEntropyOptions extends ReductionOptions {
  /** Weight of each class. */
  weight?: Tensor | null;
  /** Label that does not count; default -100. */
  ignoreIndex?: number;
  labelSmoothing?: number;
}

const crossEntropyDefaults: Required<CrossEntropyOptions> = {
  weight: null,
  ignoreIndex: -100,
  reduction: "mean",
  labelSmoothing: 0,
};

/**
 * Cross entropy of logits (B, K, …) and class indices (B, …), or probabilities (B, K, …). As in PyTorch, the mean over labels
 * that are all ignored is NaN; the losses of the method define it as zero.
 */
export function crossEntropy(input: Tensor, target: Tensor, options?: CrossEntropyOptions): Tensor;
export function crossEntropy(input: Tensor, target: Tensor, ...rest: unknown[]): Tensor {
  const { reduction, ...others } = readOptions("crossEntropy", rest, crossEntropyDefaults);
  return given(input, "crossEntropy").crossEntropyLoss(target, {
    ...others,
    reduction: codeOf(reduction, "crossEntropy"),
  });
}

export type NLLLossOptions = Omit<CrossEntropyOptions, "labelSmoothing">;

const nllDefaults: Required<NLLLossOptions> = { weight: null, ignoreIndex: -100, reduction: "mean" };

/** Negative log likelihood of log-probabilities (B, K, …) and class indices (B, …). */
export function nllLoss(input: Tensor, target: Tensor, options?: NLLLossOptions): Tensor;
export function nllLoss(input: Tensor, target: Tensor, ...rest: unknown[]): Tensor {
  const { reduction, ...others } = readOptions("nllLoss", rest, nllDefaults);
  return given(input, "nllLoss").nllLossNd(target, { ...others, reduction: codeOf(reduction, "nllLoss") });
}

const reductionDefaults: Required<ReductionOptions> = { reduction: "mean" };

/** Squared error. */
export function mseLoss(input: Tensor, target: Tensor, options?: ReductionOptions): Tensor;
export function mseLoss(input: Tensor, target: Tensor, ...rest: unknown[]): Tensor {
  const { reduction } = readOptions("mseLoss", rest, reductionDefaults);
  return given(input, "mseLoss").mseLoss(target, { reduction: codeOf(reduction, "mseLoss") });
}

/** Absolute error. */
export function l1Loss(input: Tensor, target: Tensor, options?: ReductionOptions): Tensor;
export function l1Loss(input: Tensor, target: Tensor, ...rest: unknown[]): Tensor {
  const { reduction } = readOptions("l1Loss", rest, reductionDefaults);
  return given(input, "l1Loss").l1Loss(target, { reduction: codeOf(reduction, "l1Loss") });
}

export interface SmoothL1LossOptions extends ReductionOptions {
  /** Where the squared error becomes the absolute one; default 1. */
  beta?: number;
}

const smoothL1Defaults: Required<SmoothL1LossOptions> = { reduction: "mean", beta: 1 };

/** Squared error below `beta`, absolute error above. */
export function smoothL1Loss(input: Tensor, target: Tensor, options?: SmoothL1LossOptions): Tensor;
export function smoothL1Loss(input: Tensor, target: Tensor, ...rest: unknown[]): Tensor {
  const { reduction, beta } = readOptions("smoothL1Loss", rest, smoothL1Defaults);
  return given(input, "smoothL1Loss").smoothL1Loss(target, {
    beta,
    reduction: codeOf(reduction, "smoothL1Loss"),
  });
}

export interface HuberLossOptions extends ReductionOptions {
  /** Where the squared error becomes the absolute one; default 1. */
  delta?: number;
}

const huberDefaults: Required<HuberLossOptions> = { reduction: "mean", delta: 1 };

/** `smoothL1Loss` times `delta`. */
export function huberLoss(input: Tensor, target: Tensor, options?: HuberLossOptions): Tensor;
export function huberLoss(input: Tensor, target: Tensor, ...rest: unknown[]): Tensor {
  const { reduction, delta } = readOptions("huberLoss", rest, huberDefaults);
  return given(input, "huberLoss").huberLoss(target, { delta, reduction: codeOf(reduction, "huberLoss") });
}

export interface BinaryCrossEntropyOptions extends ReductionOptions {
  /** Weight of each element. */
  weight?: Tensor | null;
}

const binaryDefaults: Required<BinaryCrossEntropyOptions> = { weight: null, reduction: "mean" };

/** Binary cross entropy of probabilities and targets from 0 to 1. */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  options?: BinaryCrossEntropyOptions,
): Tensor;
export function binaryCrossEntropy(input: Tensor, target: Tensor, ...rest: unknown[]): Tensor {
  const { reduction, weight } = readOptions("binaryCrossEntropy", rest, binaryDefaults);
  return given(input, "binaryCrossEntropy").binaryCrossEntropy(target, {
    weight,
    reduction: codeOf(reduction, "binaryCrossEntropy"),
  });
}

export interface BinaryCrossEntropyWithLogitsOptions extends BinaryCrossEntropyOptions {
  /** Weight of positive targets, for each class. */
  posWeight?: Tensor | null;
}

const logitsDefaults: Required<BinaryCrossEntropyWithLogitsOptions> = {
  weight: null,
  reduction: "mean",
  posWeight: null,
};

/** Binary cross entropy of logits and targets from 0 to 1. */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  options?: BinaryCrossEntropyWithLogitsOptions,
): Tensor;
export function binaryCrossEntropyWithLogits(input: Tensor, target: Tensor, ...rest: unknown[]): Tensor {
  const operator = "binaryCrossEntropyWithLogits";
  const { reduction, ...weights } = readOptions(operator, rest, logitsDefaults);
  return given(input, operator).binaryCrossEntropyWithLogits(target, {
    ...weights,
    reduction: codeOf(reduction, operator),
  });
}

export interface KLDivOptions {
  /** Default "mean" over all elements; "batchmean", the sum over the first size, is the divergence itself. */
  reduction?: Reduction | "batchmean";
  /** The target holds log-probabilities too. */
  logTarget?: boolean;
}

const klDivDefaults: Required<KLDivOptions> = { reduction: "mean", logTarget: false };

/** Kullback-Leibler divergence of the target's probabilities from log-probabilities. */
export function klDiv(input: Tensor, target: Tensor, options?: KLDivOptions): Tensor;
export function klDiv(input: Tensor, target: Tensor, ...rest: unknown[]): Tensor {
  const { reduction, logTarget } = readOptions("klDiv", rest, klDivDefaults);
  const byBatch = reduction === "batchmean";
  const total = given(input, "klDiv").klDiv(target, {
    logTarget,
    reduction: codeOf(byBatch ? "sum" : (reduction as Reduction), "klDiv"),
  });
  if (!byBatch) return total;
  if (input.dim === 0) {
    throw new TorchError('reduction "batchmean" needs a batch, got one number', { operator: "klDiv" });
  }
  using sum = total;
  return sum.div(input.size(0));
}
