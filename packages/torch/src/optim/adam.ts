// Adam (Kingma and Ba 2015) and its variant with decoupled weight decay (Loshchilov and Hutter 2019), as torch.optim.Adam and
// AdamW: the one adds the decay to the gradient, the other shrinks the parameter.

import {
  _foreachAdd,
  _foreachAdd_,
  _foreachAddcdiv_,
  _foreachAddcmul_,
  _foreachDiv_,
  _foreachMul_,
  _foreachSqrt,
} from "../generated/operators.js";
import { keep } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import { type Optimized, Optimizer } from "./optimizer.js";

export interface AdamSettings {
  lr: number;
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
}

export type AdamWSettings = AdamSettings;

interface Moments {
  parameter: Tensor;
  gradient: Tensor;
  first: Tensor;
  second: Tensor;
}

abstract class AdamFamily extends Optimizer<AdamSettings> {
  protected check({ lr, betas, eps, weightDecay }: AdamSettings): void {
    if (!(lr >= 0)) throw this.error("lr", `must not be negative, got ${lr}`);
    if (!(eps >= 0)) throw this.error("eps", `must not be negative, got ${eps}`);
    if (!(weightDecay >= 0)) throw this.error("weightDecay", `must not be negative, got ${weightDecay}`);
    if (betas.length !== 2 || !betas.every((beta) => beta >= 0 && beta < 1)) {
      throw this.error("betas", `must be two numbers in [0, 1), got ${betas}`);
    }
  }

  /** Applies the weight decay to the parameters, or gives gradients that hold it. */
  protected abstract decay(
    params: readonly Tensor[],
    gradients: readonly Tensor[],
    settings: AdamSettings,
  ): readonly Tensor[];

  protected update(params: readonly Tensor[], gradients: readonly Tensor[], settings: AdamSettings): void {
    // Parameters that missed gradients are at another step, and their bias correction differs.
    const byStep = new Map<number, Moments[]>();
    for (const [index, parameter] of params.entries()) {
      const step = this.nextStep(parameter);
      const state = this.stateOf(parameter);
      state.expAvg ??= keep(parameter.zerosLike());
      state.expAvgSq ??= keep(parameter.zerosLike());
      const together = byStep.get(step) ?? [];
      byStep.set(step, together);
      together.push({
        parameter,
        gradient: gradients[index] as Tensor,
        first: state.expAvg as Tensor,
        second: state.expAvgSq as Tensor,
      });
    }
    for (const [step, moments] of byStep) this.#stepTogether(moments, step, settings);
  }

  #stepTogether(moments: readonly Moments[], step: number, settings: AdamSettings): void {
    const { lr, betas, eps } = settings;
    const [beta1, beta2] = betas;
    const params = moments.map(({ parameter }) => parameter);
    const first = moments.map((m) => m.first);
    const second = moments.map((m) => m.second);
    const gradients = this.decay(
      params,
      moments.map(({ gradient }) => gradient),
      settings,
    );
    _foreachMul_(first, beta1);
    _foreachAdd_(first, gradients, { alpha: 1 - beta1 });
    _foreachMul_(second, beta2);
    _foreachAddcmul_(second, gradients, gradients, { value: 1 - beta2 });
    const denominator = _foreachSqrt(second);
    _foreachDiv_(denominator, Math.sqrt(1 - beta2 ** step));
    _foreachAdd_(denominator, eps);
    _foreachAddcdiv_(params, first, denominator, { value: -lr / (1 - beta1 ** step) });
  }
}

const defaults = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8 } as const;

/** Adam, as torch.optim.Adam: lr 1e-3, betas [0.9, 0.999], eps 1e-8, and no weight decay, which is added to the gradient. */
export class Adam extends AdamFamily {
  constructor(params: Optimized<AdamSettings>, options?: Partial<AdamSettings>);
  constructor(params: Optimized<AdamSettings>, ...rest: unknown[]) {
    super(params, rest, { ...defaults, weightDecay: 0 });
  }

  protected decay(
    params: readonly Tensor[],
    gradients: readonly Tensor[],
    { weightDecay }: AdamSettings,
  ): readonly Tensor[] {
    return weightDecay === 0 ? gradients : _foreachAdd(gradients, params, { alpha: weightDecay });
  }
}

/** Adam with decoupled weight decay, as torch.optim.AdamW: lr 1e-3, betas [0.9, 0.999], eps 1e-8, weight decay 0.01. */
export class AdamW extends AdamFamily {
  constructor(params: Optimized<AdamWSettings>, options?: Partial<AdamWSettings>);
  constructor(params: Optimized<AdamWSettings>, ...rest: unknown[]) {
    super(params, rest, { ...defaults, weightDecay: 1e-2 });
  }

  protected decay(
    params: readonly Tensor[],
    gradients: readonly Tensor[],
    { lr, weightDecay }: AdamWSettings,
  ): readonly Tensor[] {
    _foreachMul_(params, 1 - lr * weightDecay);
    return gradients;
  }
}
