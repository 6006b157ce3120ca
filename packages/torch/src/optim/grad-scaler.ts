// Loss scaling for float16, as torch.amp.GradScaler: gradients too small for half precision are scaled up with the loss and
// down again before the step; a step whose gradients overflowed is skipped and the scale halved.

import { noGrad } from "../autograd.js";
import { _foreachMul_, _foreachNorm, stack } from "../generated/operators.js";
import { readOptions } from "../options.js";
import { scope } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import type { Optimizer } from "./optimizer.js";

export interface GradScalerState {
  scale: number;
  /** Steps without overflow since the scale last changed. */
  growthTracker: number;
}

export interface GradScalerOptions {
  initialScale?: number;
  growthFactor?: number;
  backoffFactor?: number;
  growthInterval?: number;
}

const defaults: Required<GradScalerOptions> = {
  initialScale: 65536,
  growthFactor: 2,
  backoffFactor: 0.5,
  growthInterval: 2000,
};

type AnyOptimizer = Pick<Optimizer<{ lr: number }>, "groups" | "step">;

/**
 * Scales losses so that gradients in float16 do not vanish, and leaves steps out whose gradients are not finite.
 * Source: PyTorch's torch.amp.GradScaler.
 */
export class GradScaler {
  #state: GradScalerState;
  readonly #options: Required<GradScalerOptions>;
  readonly #unscaled = new Map<AnyOptimizer, boolean>();

  constructor(options?: GradScalerOptions);
  constructor(...rest: unknown[]) {
    this.#options = readOptions("GradScaler", rest, defaults);
    this.#state = { scale: this.#options.initialScale, growthTracker: 0 };
  }

  get scaleFactor(): number {
    return this.#state.scale;
  }

  /** The loss to call `backward` on. */
  scale(loss: Tensor): Tensor {
    return loss.mul(this.#state.scale);
  }

  /** Divides the gradients by the scale, once, for clipping or looking at them; returns whether all are finite. */
  unscale(optimizer: AnyOptimizer): boolean {
    const known = this.#unscaled.get(optimizer);
    if (known !== undefined) return known;
    const finite = scope(() =>
      noGrad(() => {
        const gradients = optimizer.groups
          .flatMap(({ params }) => params)
          .map((parameter) => parameter.grad)
          .filter((gradient) => gradient !== null);
        if (gradients.length === 0) return true;
        _foreachMul_(gradients, 1 / this.#state.scale);
        // The largest magnitude of each: unlike a sum of squares, it cannot overflow where every element is finite.
        return (
          stack(_foreachNorm(gradients, { ord: Number.POSITIVE_INFINITY }))
            .isfinite()
            .all()
            .item() === true
        );
      }),
    );
    this.#unscaled.set(optimizer, finite);
    return finite;
  }

  /** Steps unless a gradient overflowed; returns whether it did step. */
  step(optimizer: AnyOptimizer): boolean {
    const finite = this.unscale(optimizer);
    if (finite) optimizer.step();
    return finite;
  }

  /** Adjusts the scale after the steps of one iteration. */
  update(): void {
    const overflowed = [...this.#unscaled.values()].includes(false);
    this.#unscaled.clear();
    const { growthFactor, backoffFactor, growthInterval } = this.#options;
    if (overflowed) {
      this.#state = { scale: this.#state.scale * backoffFactor, growthTracker: 0 };
    } else if (this.#state.growthTracker + 1 === growthInterval) {
      this.#state = { scale: this.#state.scale * growthFactor, growthTracker: 0 };
    } else {
      this.#state.growthTracker += 1;
    }
  }

  stateDict(): GradScalerState {
    return { ...this.#state };
  }

  loadStateDict(state: GradScalerState): void {
    this.#state = { ...state };
  }
}
