// Running statistics of normalization over several ranks: what one process would have noted that saw the batches of all of them, one
// after the other.
//
// A statistic r becomes (1 - m) r + m s with the statistic s of each batch, so after n batches (1 - m)^n r + c, where c depends on the
// batches alone. Each rank has a row of batches of the step: it takes c from where its row has led, and the ranks' c add up,
// each weighed down by (1 - m) for every batch that comes after. Sums are in double precision.

import { cat, dispose, keep, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { SwitchableWhitening } from "../models/normalization/switchable-whitening.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { type Share, shareOf, type World } from "../processes/world.js";

/** A normalization layer: what it keeps, and how much a batch leaves of what was before (null: the mean of all batches). */
interface Layer {
  readonly statistics: readonly Tensor[];
  readonly kept: number | null;
  readonly count: Tensor | null;
}

/** Watches the running statistics over the batches of a step; dispose it (`using`) when the step is done. */
export class RunningStatistics implements Disposable {
  readonly #layers: readonly Layer[];
  readonly #before: readonly Tensor[];
  readonly #counted: readonly number[];

  constructor(network: TrainableNetwork) {
    this.#layers = network.modules().flatMap((module): Layer[] => {
      if (module instanceof SwitchableWhitening)
        return [
          {
            statistics: [module.runningMean, module.runningCov],
            kept: SwitchableWhitening.kept,
            count: null,
          },
        ];
      if (!(module instanceof nn.BatchNorm2d) || module.frozen || !module.runningMean || !module.runningVar)
        return [];
      const { runningMean, runningVar, momentum, numBatchesTracked: count } = module;
      return [
        { statistics: [runningMean, runningVar], kept: momentum === null ? null : 1 - momentum, count },
      ];
    });
    this.#before = this.#layers.flatMap(({ statistics }) => statistics.map((one) => keep(one.clone())));
    this.#counted = this.#layers.map(({ count }) => countOf(count));
  }

  /** @param parts of the step, of which each rank has had its share */
  async combine(world: World, parts: number): Promise<void> {
    if (this.#layers.length === 0) return;
    const own = shareOf(world, parts);
    const contributions = keep(
      scope(() => noGrad(() => cat(this.#each((...one) => contribution(own, parts, ...one).reshape([-1]))))),
    );
    try {
      await world.sum([contributions]);
      scope(() => noGrad(() => this.#write(contributions, own, parts)));
    } finally {
      dispose(contributions);
    }
  }

  [Symbol.dispose](): void {
    dispose(this.#before);
  }

  #write(contributions: Tensor, own: Share, parts: number): void {
    let at = 0;
    this.#each((now, before, { kept, noted, counted }) => {
      const all = (noted / (own.to - own.from)) * parts;
      const rest = kept === null ? counted / Math.max(1, counted + all) : kept ** all;
      const added = contributions.narrow(0, at, now.numel).view(now.shape);
      at += now.numel;
      now.copy_(before.to("float64").mul(rest).add(added));
      return now;
    });
    for (const [layer, { count }] of this.#layers.entries()) {
      if (!count) continue;
      const before = this.#counted[layer] as number;
      count.fill_(before + ((countOf(count) - before) / (own.to - own.from)) * parts);
    }
  }

  /** Goes through all statistics, each with what it was before. */
  #each(visit: (now: Tensor, before: Tensor, figures: Figures) => Tensor): Tensor[] {
    let at = 0;
    // Layers that do not count their batches see as many as those that do.
    const noted = this.#layers.map(({ count }, layer) => countOf(count) - (this.#counted[layer] as number));
    const most = Math.max(...noted);
    return this.#layers.flatMap(({ statistics, kept, count }, layer) =>
      statistics.map((now) =>
        visit(now, this.#before[at++] as Tensor, {
          kept,
          noted: count ? (noted[layer] as number) : most,
          counted: this.#counted[layer] as number,
        }),
      ),
    );
  }
}

interface Figures {
  readonly kept: number | null;
  /** Batches that this rank has noted in the step. */
  readonly noted: number;
  /** Batches that had been noted before. */
  readonly counted: number;
}

function contribution(
  own: Share,
  parts: number,
  now: Tensor,
  before: Tensor,
  { kept, noted, counted }: Figures,
): Tensor {
  const [was, is] = [before.to("float64"), now.to("float64")];
  const each = noted / (own.to - own.from);
  if (kept !== null) return is.sub(was.mul(kept ** noted)).mul(kept ** (each * (parts - own.to)));
  // Plain means: sums over the counts.
  return is
    .mul(counted + noted)
    .sub(was.mul(counted))
    .div(Math.max(1, counted + each * parts));
}

const countOf = (count: Tensor | null): number => count?.toNumber() ?? 0;
