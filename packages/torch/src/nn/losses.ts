// Losses as modules, for code that keeps its loss beside its network. Weights are buffers under PyTorch's names.

import { readOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import * as F from "./functional/losses.js";
import { codeOf, type Reduction, type ReductionOptions } from "./functional/reduction.js";
import { buffer, Module } from "./module.js";

type Inputs = [input: Tensor, target: Tensor];

const weightBuffer = (weight: Tensor | null): Tensor | null => weight && buffer(weight);

function checked<R extends Reduction>(reduction: R, layer: string): R {
  codeOf(reduction, layer);
  return reduction;
}

/** Cross entropy of logits (B, K, …) and class indices (B, …). */
export class CrossEntropyLoss extends Module<Inputs> {
  readonly weight: Tensor | null;
  readonly ignoreIndex: number;
  readonly reduction: Reduction;
  readonly labelSmoothing: number;

  constructor(options?: F.CrossEntropyOptions);
  constructor(...rest: unknown[]) {
    super();
    const defaults: Required<F.CrossEntropyOptions> = {
      weight: null,
      ignoreIndex: -100,
      reduction: "mean",
      labelSmoothing: 0,
    };
    const options = readOptions("CrossEntropyLoss", rest, defaults);
    this.weight = weightBuffer(options.weight);
    this.ignoreIndex = options.ignoreIndex;
    this.reduction = checked(options.reduction, "CrossEntropyLoss");
    this.labelSmoothing = options.labelSmoothing;
  }

  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, reduction, labelSmoothing } = this;
    return F.crossEntropy(input, target, { weight, ignoreIndex, reduction, labelSmoothing });
  }
}

/** Negative log likelihood of log-probabilities (B, K, …) and class indices (B, …). */
export class NLLLoss extends Module<Inputs> {
  readonly weight: Tensor | null;
  readonly ignoreIndex: number;
  readonly reduction: Reduction;

  constructor(options?: F.NLLLossOptions);
  constructor(...rest: unknown[]) {
    super();
    const defaults: Required<F.NLLLossOptions> = { weight: null, ignoreIndex: -100, reduction: "mean" };
    const options = readOptions("NLLLoss", rest, defaults);
    this.weight = weightBuffer(options.weight);
    this.ignoreIndex = options.ignoreIndex;
    this.reduction = checked(options.reduction, "NLLLoss");
  }

  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, reduction } = this;
    return F.nllLoss(input, target, { weight, ignoreIndex, reduction });
  }
}

const onlyReduction: Required<ReductionOptions> = { reduction: "mean" };

/** Squared error. */
export class MSELoss extends Module<Inputs> {
  readonly reduction: Reduction;
  constructor(options?: ReductionOptions);
  constructor(...rest: unknown[]) {
    super();
    this.reduction = checked(readOptions("MSELoss", rest, onlyReduction).reduction, "MSELoss");
  }
  forward(input: Tensor, target: Tensor): Tensor {
    return F.mseLoss(input, target, { reduction: this.reduction });
  }
}

/** Absolute error. */
export class L1Loss extends Module<Inputs> {
  readonly reduction: Reduction;
  constructor(options?: ReductionOptions);
  constructor(...rest: unknown[]) {
    super();
    this.reduction = checked(readOptions("L1Loss", rest, onlyReduction).reduction, "L1Loss");
  }
  forward(input: Tensor, target: Tensor): Tensor {
    return F.l1Loss(input, target, { reduction: this.reduction });
  }
}

/** Squared error below `beta`, absolute error above. */
export class SmoothL1Loss extends Module<Inputs> {
  readonly reduction: Reduction;
  readonly beta: number;
  constructor(options?: F.SmoothL1LossOptions);
  constructor(...rest: unknown[]) {
    super();
    const defaults: Required<F.SmoothL1LossOptions> = { reduction: "mean", beta: 1 };
    const { reduction, beta } = readOptions("SmoothL1Loss", rest, defaults);
    this.reduction = checked(reduction, "SmoothL1Loss");
    this.beta = beta;
  }
  forward(input: Tensor, target: Tensor): Tensor {
    return F.smoothL1Loss(input, target, { reduction: this.reduction, beta: this.beta });
  }
}

/** `SmoothL1Loss` times `delta`. */
export class HuberLoss extends Module<Inputs> {
  readonly reduction: Reduction;
  readonly delta: number;
  constructor(options?: F.HuberLossOptions);
  constructor(...rest: unknown[]) {
    super();
    const defaults: Required<F.HuberLossOptions> = { reduction: "mean", delta: 1 };
    const { reduction, delta } = readOptions("HuberLoss", rest, defaults);
    this.reduction = checked(reduction, "HuberLoss");
    this.delta = delta;
  }
  forward(input: Tensor, target: Tensor): Tensor {
    return F.huberLoss(input, target, { reduction: this.reduction, delta: this.delta });
  }
}

/** Binary cross entropy of probabilities and targets from 0 to 1. */
export class BCELoss extends Module<Inputs> {
  readonly weight: Tensor | null;
  readonly reduction: Reduction;
  constructor(options?: F.BinaryCrossEntropyOptions);
  constructor(...rest: unknown[]) {
    super();
    const defaults: Required<F.BinaryCrossEntropyOptions> = { weight: null, reduction: "mean" };
    const { weight, reduction } = readOptions("BCELoss", rest, defaults);
    this.weight = weightBuffer(weight);
    this.reduction = checked(reduction, "BCELoss");
  }
  forward(input: Tensor, target: Tensor): Tensor {
    return F.binaryCrossEntropy(input, target, { weight: this.weight, reduction: this.reduction });
  }
}

/** Binary cross entropy of logits and targets from 0 to 1. */
export class BCEWithLogitsLoss extends Module<Inputs> {
  readonly weight: Tensor | null;
  readonly posWeight: Tensor | null;
  readonly reduction: Reduction;
  constructor(options?: F.BinaryCrossEntropyWithLogitsOptions);
  constructor(...rest: unknown[]) {
    super();
    const defaults: Required<F.BinaryCrossEntropyWithLogitsOptions> = {
      weight: null,
      reduction: "mean",
      posWeight: null,
    };
    const { weight, posWeight, reduction } = readOptions("BCEWithLogitsLoss", rest, defaults);
    this.weight = weightBuffer(weight);
    this.posWeight = weightBuffer(posWeight);
    this.reduction = checked(reduction, "BCEWithLogitsLoss");
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, posWeight, reduction } = this;
    return F.binaryCrossEntropyWithLogits(input, target, { weight, posWeight, reduction });
  }
}

/** Kullback-Leibler divergence of the target's probabilities from log-probabilities. */
export class KLDivLoss extends Module<Inputs> {
  readonly reduction: Reduction | "batchmean";
  readonly logTarget: boolean;
  constructor(options?: F.KLDivOptions);
  constructor(...rest: unknown[]) {
    super();
    const defaults: Required<F.KLDivOptions> = { reduction: "mean", logTarget: false };
    const { reduction, logTarget } = readOptions("KLDivLoss", rest, defaults);
    this.reduction = reduction === "batchmean" ? reduction : checked(reduction, "KLDivLoss");
    this.logTarget = logTarget;
  }
  forward(input: Tensor, target: Tensor): Tensor {
    return F.klDiv(input, target, { reduction: this.reduction, logTarget: this.logTarget });
  }
}
