// Stochastic gradient descent with momentum, as torch.optim.SGD (the momentum starts as the first gradient).

import { _foreachAdd, _foreachAdd_, _foreachMul_ } from "../generated/operators.js";
import { keep } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import { type Optimized, Optimizer, type ParameterGroup } from "./optimizer.js";

export interface SGDSettings {
  lr: number;
  momentum: number;
  dampening: number;
  weightDecay: number;
  nesterov: boolean;
}

const defaults: SGDSettings = {
  lr: undefined as unknown as number,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
};

/** Stochastic gradient descent with momentum, as torch.optim.SGD. */
export class SGD extends Optimizer<SGDSettings> {
  /** @param options `lr` must be given, here or in every group; the others default to 0 and false */
  constructor(params: Optimized<SGDSettings>, options: Partial<SGDSettings> & { lr: number });
  constructor(groups: Iterable<ParameterGroup<SGDSettings> & { lr: number }>, options?: Partial<SGDSettings>);
  constructor(params: Optimized<SGDSettings>, ...rest: unknown[]) {
    super(params, rest, defaults);
  }

  protected check({ lr, momentum, dampening, weightDecay, nesterov }: SGDSettings): void {
    if (!(lr >= 0)) throw this.error("lr", `must not be negative, got ${lr}`);
    if (!(momentum >= 0)) throw this.error("momentum", `must not be negative, got ${momentum}`);
    if (!(weightDecay >= 0)) throw this.error("weightDecay", `must not be negative, got ${weightDecay}`);
    if (nesterov && !(momentum > 0 && dampening === 0)) {
      throw this.error("nesterov", "needs a momentum above 0 and a dampening of 0");
    }
  }

  protected update(
    params: readonly Tensor[],
    gradients: readonly Tensor[],
    { lr, momentum, dampening, weightDecay, nesterov }: SGDSettings,
  ): void {
    const decayed = weightDecay === 0 ? gradients : _foreachAdd(gradients, params, { alpha: weightDecay });
    const direction =
      momentum === 0 ? decayed : this.#accumulate(params, decayed, momentum, dampening, nesterov);
    _foreachAdd_(params, direction, { alpha: -lr });
  }

  #accumulate(
    params: readonly Tensor[],
    gradients: readonly Tensor[],
    momentum: number,
    dampening: number,
    nesterov: boolean,
  ): readonly Tensor[] {
    const known: number[] = [];
    const buffers = params.map((parameter, index) => {
      const state = this.stateOf(parameter);
      if (state.momentumBuffer) known.push(index);
      else state.momentumBuffer = keep((gradients[index] as Tensor).clone());
      return state.momentumBuffer as Tensor;
    });
    if (known.length) {
      const old = known.map((index) => buffers[index] as Tensor);
      _foreachMul_(old, momentum);
      _foreachAdd_(
        old,
        known.map((index) => gradients[index] as Tensor),
        { alpha: 1 - dampening },
      );
    }
    return nesterov ? _foreachAdd(gradients, buffers, { alpha: momentum }) : buffers;
  }
}
