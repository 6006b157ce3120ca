// Running statistics of switchable whitening over batches that ranks have seen one part of each, in the order of the ranks: what one
// process would have that saw all of them.
//
// A statistic r becomes k r + (1 - k) s with the statistic s of each batch: after n batches k^n r + c. A rank finds its c from where its
// own batches have led; the ranks' c add up, each weighed down by k for every batch of the ranks after it. In double precision.
// Batch norm has plain means here (batch-norm.ts); the batches of a training step are running-statistics.ts's.

import { cat, dispose, keep, noGrad, scope, type Tensor } from "@pinmem/torch";
import { SwitchableWhitening } from "../models/normalization/switchable-whitening.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import type { World } from "../processes/world.js";

/** Remembers what the statistics are before the first batch; dispose it (`using`). */
export class MovingStatistics implements Disposable {
  readonly #statistics: readonly Tensor[];
  readonly #before: readonly Tensor[];

  constructor(network: TrainableNetwork) {
    this.#statistics = network
      .modules()
      .flatMap((module) =>
        module instanceof SwitchableWhitening ? [module.runningMean, module.runningCov] : [],
      );
    this.#before = this.#statistics.map((one) => keep(one.clone()));
  }

  /** @param count batches that this rank has seen */
  async combine(world: World, count: number): Promise<void> {
    if (this.#statistics.length === 0) return;
    const counts = (await world.exchange("batches of statistics", String(count))).map(Number);
    const sum = (some: readonly number[]) => some.reduce((total, one) => total + one, 0);
    const { kept } = SwitchableWhitening;
    const [all, after] = [sum(counts), sum(counts.slice(world.rank + 1))];
    const own = keep(
      scope(() =>
        noGrad(() =>
          cat(
            this.#statistics.map((now, at) => {
              const was = (this.#before[at] as Tensor).to("float64");
              const found = now.to("float64").sub(was.mul(kept ** count));
              return found.mul(kept ** after).reshape([-1]);
            }),
          ),
        ),
      ),
    );
    try {
      await world.sum([own]);
      scope(() => noGrad(() => this.#write(own, kept ** all)));
    } finally {
      dispose(own);
    }
  }

  [Symbol.dispose](): void {
    dispose(this.#before);
  }

  #write(found: Tensor, rest: number): void {
    let at = 0;
    for (const [index, now] of this.#statistics.entries()) {
      const was = (this.#before[index] as Tensor).to("float64").mul(rest);
      now.copy_(was.add(found.narrow(0, at, now.numel).view(now.shape)));
      at += now.numel;
    }
  }
}
