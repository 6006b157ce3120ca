// Batch and instance normalization with PyTorch's running statistics.

import { TorchError } from "../errors.js";
import { ones, zeros } from "../generated/operators.js";
import { readOptions } from "../options.js";
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

const defaults: Required<NormOptions> = { eps: 1e-5, momentum: 0.1, affine: true, trackRunningStats: true };

const instanceDefaults: Required<NormOptions> = { ...defaults, affine: false, trackRunningStats: false };

const images = [["H", "W"]] as const;
const sequences = [[], ["L"]] as const;

abstract class Norm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
  readonly numBatchesTracked: Tensor | null;
  readonly eps: number;
  momentum: number | null;
  readonly numFeatures: number;

  constructor(layer: string, numFeatures: number, rest: readonly unknown[], defaults: Required<NormOptions>) {
    super();
    const { eps, momentum, affine, trackRunningStats } = readOptions(layer, rest, defaults);
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

  /** Back to mean 0 and variance 1. */
  resetRunningStats(): void {
    this.runningMean?.zero_();
    this.runningVar?.fill_(1);
    this.numBatchesTracked?.zero_();
  }

  /**
   * @param layouts what stands behind (B, C) in the shapes that are accepted
   * @param valuesPerStatistic how many numbers of a shape share one mean and variance
   */
  protected checkInput(
    input: Tensor,
    layouts: readonly (readonly string[])[],
    valuesPerStatistic: (shape: readonly number[]) => number,
    remedy: string,
  ): void {
    const refuse = (message: string) =>
      new TorchError(message, { operator: this.constructor.name, argument: "input" });
    const { shape } = input;
    if (shape[1] !== this.numFeatures || layouts.every((layout) => layout.length !== shape.length - 2)) {
      const accepted = layouts.map((layout) => `(${["B", this.numFeatures, ...layout].join(", ")})`);
      throw refuse(`argument 'input' must be ${accepted.join(" or ")}, got ${input}`);
    }
    if (this.usesInputStatistics && valuesPerStatistic(shape) === 1) {
      throw refuse(`one value has no variance, got ${input}: ${remedy}`);
    }
  }

  /** Running statistics replace those of the input in evaluation, if there are any. */
  protected get usesInputStatistics(): boolean {
    return this.training || !this.runningMean;
  }
}

abstract class BatchNorm extends Norm {
  /** Normalizes by the running statistics in training too, and leaves them as they are. Default false. */
  frozen = false;
  protected abstract readonly layouts: readonly (readonly string[])[];

  forward(input: Tensor): Tensor {
    this.checkInput(
      input,
      this.layouts,
      ([batch = 0, , ...space]) => space.reduce((product, size) => product * size, batch),
      "use a larger batch or eval()",
    );
    const momentum = this.#track();
    const { weight, bias, runningMean, runningVar, usesInputStatistics, eps } = this;
    return input.batchNorm(weight, bias, runningMean, runningVar, usesInputStatistics, momentum, eps, true);
  }

  protected override get usesInputStatistics(): boolean {
    return super.usesInputStatistics && !(this.frozen && this.runningMean);
  }

  /** Counts the batch and gives its weight in the running statistics. */
  #track(): number {
    if (!this.training || this.frozen || !this.numBatchesTracked) return this.momentum ?? 0;
    this.numBatchesTracked.add_(1);
    return this.momentum ?? 1 / this.numBatchesTracked.toNumber();
  }
}

/** Normalizes each channel of (B, C, H, W) over batch and space: by the batch in training, by running statistics in evaluation. */
export class BatchNorm2d extends BatchNorm {
  protected get layouts(): readonly (readonly string[])[] {
    return images;
  }

  constructor(numFeatures: number, options?: NormOptions);
  constructor(numFeatures: number, ...rest: unknown[]) {
    super("BatchNorm2d", numFeatures, rest, defaults);
  }
}

/** Normalizes each channel of (B, C) or (B, C, L), as `BatchNorm2d`. */
export class BatchNorm1d extends BatchNorm {
  protected get layouts(): readonly (readonly string[])[] {
    return sequences;
  }

  constructor(numFeatures: number, options?: NormOptions);
  constructor(numFeatures: number, ...rest: unknown[]) {
    super("BatchNorm1d", numFeatures, rest, defaults);
  }
}

/**
 * Normalizes each channel of each sample over space. As in PyTorch, running statistics need a momentum, and
 * `numBatchesTracked` is in the state dict but never counts.
 */
export class InstanceNorm2d extends Norm {
  constructor(numFeatures: number, options?: NormOptions);
  constructor(numFeatures: number, ...rest: unknown[]) {
    super("InstanceNorm2d", numFeatures, rest, instanceDefaults);
  }

  forward(input: Tensor): Tensor {
    this.checkInput(
      input,
      images,
      ([, , height = 0, width = 0]) => height * width,
      "it needs a larger image",
    );
    const { weight, bias, runningMean, runningVar, usesInputStatistics, momentum, eps } = this;
    return input.instanceNorm(
      weight,
      bias,
      runningMean,
      runningVar,
      usesInputStatistics,
      momentum ?? 0,
      eps,
      true,
    );
  }
}
