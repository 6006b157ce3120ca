// Layer and group normalization: by the statistics of each sample, alike in training and evaluation.

import { TorchError } from "../errors.js";
import { ones, zeros } from "../generated/operators.js";
import { readOptions } from "../options.js";
import { scope } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import { checkIntegers } from "./construction.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

const filled = (shape: readonly number[], make: typeof ones): Parameter =>
  scope(() => new Parameter(make(shape)));

export interface LayerNormOptions {
  /** Added to the variance; default 1e-5. */
  eps?: number;
  /** Learn a scale and a shift for each element; default true. */
  elementwiseAffine?: boolean;
}

/** Normalizes over the trailing dimensions, whose sizes `normalizedShape` repeats; weight and bias have that shape. */
export class LayerNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly normalizedShape: readonly number[];
  readonly eps: number;

  constructor(normalizedShape: number | readonly number[], options?: LayerNormOptions);
  constructor(normalizedShape: number | readonly number[], ...rest: unknown[]) {
    super();
    const defaults: Required<LayerNormOptions> = { eps: 1e-5, elementwiseAffine: true };
    const { eps, elementwiseAffine } = readOptions("LayerNorm", rest, defaults);
    const shape = typeof normalizedShape === "number" ? [normalizedShape] : [...normalizedShape];
    checkIntegers("LayerNorm", { normalizedShape: shape });
    this.normalizedShape = shape;
    this.eps = eps;
    this.weight = elementwiseAffine ? filled(shape, ones) : null;
    this.bias = elementwiseAffine ? filled(shape, zeros) : null;
  }

  forward(input: Tensor): Tensor {
    const { normalizedShape, weight, bias, eps } = this;
    return input.layerNorm(normalizedShape, { weight, bias, eps });
  }
}

export interface GroupNormOptions {
  /** Added to the variance; default 1e-5. */
  eps?: number;
  /** Learn a scale and a shift for each channel; default true. */
  affine?: boolean;
}

/** Normalizes groups of channels of each sample of (B, numChannels, …); weight and bias (numChannels). */
export class GroupNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;

  constructor(numGroups: number, numChannels: number, options?: GroupNormOptions);
  constructor(numGroups: number, numChannels: number, ...rest: unknown[]) {
    super();
    const defaults: Required<GroupNormOptions> = { eps: 1e-5, affine: true };
    const { eps, affine } = readOptions("GroupNorm", rest, defaults);
    checkIntegers("GroupNorm", { numGroups, numChannels });
    if (numChannels % numGroups !== 0) {
      throw new TorchError(`argument 'numGroups' (${numGroups}) must divide numChannels (${numChannels})`, {
        operator: "GroupNorm",
        argument: "numGroups",
      });
    }
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.weight = affine ? filled([numChannels], ones) : null;
    this.bias = affine ? filled([numChannels], zeros) : null;
  }

  forward(input: Tensor): Tensor {
    const { numGroups, weight, bias, eps } = this;
    return input.groupNorm(numGroups, { weight, bias, eps });
  }
}
