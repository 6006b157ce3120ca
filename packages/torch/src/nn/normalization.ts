// Batch and instance normalisation with PyTorch's running statistics.

import { TorchError } from "../errors.js";
import { ones, zeros } from "../generated/operators.js";
import { scope } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import { buffer, Module } from "./module.js";
import { Parameter } from "./parameter.js";

export interface NormOptions {
  /** Added to the variance; default 1e-5. */
  eps?: number;
  /** Weight of the new batch in the running statistics; null for a plain average over all batches. Default 0.1. */
  momentum?: number | null;
  /** Learn a scale and a shift for each channel. */
  affine?: boolean;
  /** Collect running statistics and use them in evaluation mode. */
  trackRunningStats?: boolean;
}

abstract class Norm2d extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
  readonly numBatchesTracked: Tensor | null;
  readonly eps: number;
  momentum: number | null;
  readonly numFeatures: number;

  constructor(
    layer: string,
    numFeatures: number,
    { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true }: NormOptions,
  ) {
    super();
    if (!Number.isInteger(numFeatures) || numFeatures < 1) {
      throw new TorchError(`argument 'numFeatures' must be an integer of at least 1, got ${numFeatures}`, {
        operator: layer,
        argument: "numFeatures",
      });
    }
    const shape = [numFeatures];
    this.numFeatures = numFeatures;
    this.weight = affine ? scope(() => new Parameter(ones(shape))) : null;
    this.bias = affine ? scope(() => new Parameter(zeros(shape))) : null;
    this.runningMean = trackRunningStats ? buffer(zeros(shape)) : null;
    this.runningVar = trackRunningStats ? buffer(ones(shape)) : null;
    this.numBatchesTracked = trackRunningStats ? buffer(zeros([], { dtype: "int64" })) : null;
    this.eps = eps;
    this.momentum = momentum;
  }

  /** Counts the batch and gives its weight in the running statistics. */
  protected track(): number {
    if (!this.training || !this.numBatchesTracked) return this.momentum ?? 0;
    this.numBatchesTracked.add_(1);
    return this.momentum ?? 1 / Number(this.numBatchesTracked.item());
  }

  /** Back to mean 0 and variance 1. */
  resetRunningStats(): void {
    this.runningMean?.zero_();
    this.runningVar?.fill_(1);
    this.numBatchesTracked?.zero_();
  }

  protected checkInput(input: Tensor): void {
    if (input.dim === 4 && input.size(1) === this.numFeatures) return;
    throw new TorchError(`argument 'input' must be (B, ${this.numFeatures}, H, W), got ${input}`, {
      operator: this.constructor.name,
      argument: "input",
    });
  }
}

/** Normalises each channel over batch and space: by the batch in training, by running statistics in evaluation. */
export class BatchNorm2d extends Norm2d {
  constructor(numFeatures: number, options: NormOptions = {}) {
    super("BatchNorm2d", numFeatures, options);
  }

  forward(input: Tensor): Tensor {
    this.checkInput(input);
    const useBatch = this.training || !this.runningMean;
    if (this.training && input.numel === this.numFeatures) {
      throw new TorchError(`training needs more than one value per channel, got ${input}: use a larger batch or eval()`, {
        operator: "BatchNorm2d",
        argument: "input",
      });
    }
    const momentum = this.track();
    const { weight, bias, runningMean, runningVar, eps } = this;
    return input.batchNorm(weight, bias, runningMean, runningVar, useBatch, momentum, eps, true);
  }
}

/** Normalises each channel of each sample over space. */
export class InstanceNorm2d extends Norm2d {
  constructor(numFeatures: number, { affine = false, trackRunningStats = false, ...options }: NormOptions = {}) {
    super("InstanceNorm2d", numFeatures, { affine, trackRunningStats, ...options });
  }

  forward(input: Tensor): Tensor {
    this.checkInput(input);
    const useInput = this.training || !this.runningMean;
    const momentum = this.track();
    const { weight, bias, runningMean, runningVar, eps } = this;
    return input.instanceNorm(weight, bias, runningMean, runningVar, useInput, momentum, eps, true);
  }
}
