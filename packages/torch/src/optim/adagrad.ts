// Adagrad (Duchi, Hazan and Singer 2011), as torch.optim.Adagrad.

import {
  _foreachAdd,
  _foreachAdd_,
  _foreachAddcdiv_,
  _foreachAddcmul_,
  _foreachSqrt,
} from "../generated/operators.js";
import type { Tensor } from "../tensor.js";
import { type Optimized, Optimizer } from "./optimizer.js";

export interface AdagradSettings {
  lr: number;
  /** The learning rate is divided by 1 + lrDecay * (steps before). */
  lrDecay: number;
  weightDecay: number;
  /** What the sums of squares start with. */
  initialAccumulatorValue: number;
  eps: number;
}

const defaults: AdagradSettings = {
  lr: 0.01,
  lrDecay: 0,
  weightDecay: 0,
  initialAccumulatorValue: 0,
  eps: 1e-10,
};

/** Adagrad, as torch.optim.Adagrad: lr 0.01, eps 1e-10, and no decay of either kind. */
export class Adagrad extends Optimizer<AdagradSettings> {
  constructor(params: Optimized<AdagradSettings>, options?: Partial<AdagradSettings>);
  constructor(params: Optimized<AdagradSettings>, ...rest: unknown[]) {
    super(params, rest, defaults);
  }

  protected check(settings: AdagradSettings): void {
    for (const [name, value] of Object.entries(settings))
      if (!(value >= 0)) throw this.error(name, `must not be negative, got ${value}`);
  }

  protected update(
    params: readonly Tensor[],
    gradients: readonly Tensor[],
    { lr, lrDecay, weightDecay, initialAccumulatorValue, eps }: AdagradSettings,
  ): void {
    const decayed = weightDecay === 0 ? gradients : _foreachAdd(gradients, params, { alpha: weightDecay });
    const sums = this.statesOf(params, "sum", (parameter) => parameter.fullLike(initialAccumulatorValue));
    _foreachAddcmul_(sums, decayed, decayed);
    const denominator = _foreachSqrt(sums);
    _foreachAdd_(denominator, eps);
    // Parameters that missed gradients are at another step, and their rate has decayed less.
    const byStep = new Map<number, number[]>();
    for (const [index, parameter] of params.entries()) {
      const step = this.nextStep(parameter);
      byStep.set(step, [...(byStep.get(step) ?? []), index]);
    }
    for (const [step, indices] of byStep) {
      const chosen = (tensors: readonly Tensor[]) => indices.map((index) => tensors[index] as Tensor);
      _foreachAddcdiv_(chosen(params), chosen(decayed), chosen(denominator), {
        value: -lr / (1 + (step - 1) * lrDecay),
      });
    }
  }
}
