// RMSprop (Hinton 2012; centered: Graves 2013), as torch.optim.RMSprop: the root is taken before eps is added.

import {
  _foreachAdd,
  _foreachAdd_,
  _foreachAddcdiv_,
  _foreachAddcmul_,
  _foreachMul,
  _foreachMul_,
  _foreachSqrt,
} from "../generated/operators.js";
import type { Tensor } from "../tensor.js";
import { type Optimized, Optimizer } from "./optimizer.js";

export interface RMSpropSettings {
  lr: number;
  /** Weight of the old mean of squares. */
  alpha: number;
  eps: number;
  weightDecay: number;
  momentum: number;
  /** Divide by an estimate of the variance instead of the second moment. */
  centered: boolean;
}

const defaults: RMSpropSettings = {
  lr: 0.01,
  alpha: 0.99,
  eps: 1e-8,
  weightDecay: 0,
  momentum: 0,
  centered: false,
};

/** RMSprop, as torch.optim.RMSprop: lr 0.01, alpha 0.99, eps 1e-8, and neither decay, momentum nor centering. */
export class RMSprop extends Optimizer<RMSpropSettings> {
  constructor(params: Optimized<RMSpropSettings>, options?: Partial<RMSpropSettings>);
  constructor(params: Optimized<RMSpropSettings>, ...rest: unknown[]) {
    super(params, rest, defaults);
  }

  protected check({ lr, alpha, eps, weightDecay, momentum }: RMSpropSettings): void {
    for (const [name, value] of Object.entries({ lr, alpha, eps, weightDecay, momentum }))
      if (!(value >= 0)) throw this.error(name, `must not be negative, got ${value}`);
  }

  protected update(
    params: readonly Tensor[],
    gradients: readonly Tensor[],
    { lr, alpha, eps, weightDecay, momentum, centered }: RMSpropSettings,
  ): void {
    const decayed = weightDecay === 0 ? gradients : _foreachAdd(gradients, params, { alpha: weightDecay });
    const squares = this.statesOf(params, "squareAvg");
    _foreachMul_(squares, alpha);
    _foreachAddcmul_(squares, decayed, decayed, { value: 1 - alpha });
    const denominator = _foreachSqrt(centered ? this.#variances(params, decayed, squares, alpha) : squares);
    _foreachAdd_(denominator, eps);
    if (momentum === 0) {
      _foreachAddcdiv_(params, decayed, denominator, { value: -lr });
      return;
    }
    const buffers = this.statesOf(params, "momentumBuffer");
    _foreachMul_(buffers, momentum);
    _foreachAddcdiv_(buffers, decayed, denominator);
    _foreachAdd_(params, buffers, { alpha: -lr });
  }

  #variances(
    params: readonly Tensor[],
    gradients: readonly Tensor[],
    squares: readonly Tensor[],
    alpha: number,
  ): Tensor[] {
    const means = this.statesOf(params, "gradAvg");
    _foreachMul_(means, alpha);
    _foreachAdd_(means, gradients, { alpha: 1 - alpha });
    const variances = _foreachMul(squares, 1);
    _foreachAddcmul_(variances, means, means, { value: -1 });
    return variances;
  }
}
