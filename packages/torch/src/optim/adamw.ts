// Adam with decoupled weight decay (Loshchilov and Hutter 2019), as torch.optim.AdamW.

import {
  _foreachAdd_,
  _foreachAddcdiv_,
  _foreachAddcmul_,
  _foreachDiv_,
  _foreachMul_,
  _foreachSqrt,
} from "../generated/operators.js";
import { keep } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import { Optimizer, type ParameterGroup } from "./optimizer.js";

export interface AdamWSettings {
  lr: number;
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
}

interface Moments {
  parameter: Tensor;
  gradient: Tensor;
  first: Tensor;
  second: Tensor;
}

export class AdamW extends Optimizer<AdamWSettings> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParameterGroup<AdamWSettings>>,
    { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 1e-2 }: Partial<AdamWSettings> = {},
  ) {
    super(params, { lr, betas, eps, weightDecay });
  }

  protected check({ lr, betas, eps, weightDecay }: AdamWSettings): void {
    if (!(lr >= 0)) throw this.error("lr", `must not be negative, got ${lr}`);
    if (!(eps >= 0)) throw this.error("eps", `must not be negative, got ${eps}`);
    if (!(weightDecay >= 0)) throw this.error("weightDecay", `must not be negative, got ${weightDecay}`);
    if (betas.length !== 2 || !betas.every((beta) => beta >= 0 && beta < 1)) {
      throw this.error("betas", `must be two numbers in [0, 1), got ${betas}`);
    }
  }

  protected update(params: readonly Tensor[], gradients: readonly Tensor[], settings: AdamWSettings): void {
    // Parameters that missed gradients are at another step, and their bias correction differs.
    const byStep = new Map<number, Moments[]>();
    for (const [index, parameter] of params.entries()) {
      const state = this.stateOf(parameter);
      const step = ((state.step as number | undefined) ?? 0) + 1;
      state.step = step;
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
    for (const [step, moments] of byStep) stepTogether(moments, step, settings);
  }
}

function stepTogether(
  moments: readonly Moments[],
  step: number,
  { lr, betas, eps, weightDecay }: AdamWSettings,
): void {
  const [beta1, beta2] = betas;
  const params = moments.map(({ parameter }) => parameter);
  const gradients = moments.map(({ gradient }) => gradient);
  const first = moments.map((m) => m.first);
  const second = moments.map((m) => m.second);
  _foreachMul_(params, 1 - lr * weightDecay);
  _foreachMul_(first, beta1);
  _foreachAdd_(first, gradients, { alpha: 1 - beta1 });
  _foreachMul_(second, beta2);
  _foreachAddcmul_(second, gradients, gradients, { value: 1 - beta2 });
  const denominator = _foreachSqrt(second);
  _foreachDiv_(denominator, Math.sqrt(1 - beta2 ** step));
  _foreachAdd_(denominator, eps);
  _foreachAddcdiv_(params, first, denominator, { value: -lr / (1 - beta1 ** step) });
}
