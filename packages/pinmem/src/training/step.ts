// One step of training: gradients of one or several episodes, a check that they are numbers, the optimizer, the method's
// work afterwards. Nothing is read from the device before all of the gradients have been asked for, and then everything at
// once.

import type { LossTerms } from "@pinmem/core/formats";
import { _foreachMul_, _foreachNorm, dispose, keep, noGrad, scope, stack, type Tensor } from "@pinmem/torch";
import type { TrainableNetwork } from "../models/trainable-network.js";
import type { GradientCompression } from "../processes/gradient-compression.js";
import { alone, type World } from "../processes/world.js";
import type { Episode } from "./episode.js";
import type { LossTensors } from "./losses.js";
import type { Method } from "./methods/method.js";
import type { Phase } from "./methods/phase.js";
import type { AnyOptimizer } from "./optimizer.js";
import { RunningStatistics } from "./running-statistics.js";
import { NonFiniteError } from "./training-error.js";

export interface StepOptions {
  readonly network: TrainableNetwork;
  readonly method: Method;
  readonly optimizer: AnyOptimizer;
  /** Of the step; undefined: every step is the method's own. */
  readonly phase?: Phase | undefined;
  /** Learning rates of the optimizer's groups, in units of the step's. Default: 1 for each. */
  readonly factors?: readonly number[];
  /** Largest L2 norm of the whole gradient; null for any. */
  readonly maxGradientNorm: number | null;
  /** The processes that make the step together. Default: this one alone. */
  readonly world?: World;
  /** How gradients travel between them. Default "none": as they are. */
  readonly gradientCompression?: GradientCompression;
}

export interface StepRates {
  readonly learning: number;
  readonly inner: number;
}

export interface StepFigures {
  /** Means over the episodes of the step. */
  readonly losses: Readonly<Record<string, LossTerms>>;
  /** Before clipping. */
  readonly gradientNorm: number;
}

/** Gradients of a step, collected episode by episode; dispose it (`using`) when the step is done. */
export class StepGradients implements Disposable {
  readonly #options: StepOptions;
  readonly #losses: Record<string, LossTensors>[] = [];
  readonly #statistics: RunningStatistics | null;
  #combined: readonly Tensor[] | null = null;

  constructor(options: StepOptions) {
    this.#options = options;
    options.network.train();
    options.optimizer.zeroGrad();
    this.#statistics = (options.world ?? alone).size > 1 ? new RunningStatistics(options.network) : null;
  }

  /** @param share of the episode in the step, 1 / number of episodes */
  add(episode: Episode, settings: { innerRate: number; share: number }): void {
    const { method, phase } = this.#options;
    const detached = scope(() =>
      Object.entries(method.accumulate(episode, { ...settings, ...(phase && { phase }) })).map(
        ([pass, terms]) => [
          pass,
          Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, term.detach()])),
        ],
      ),
    );
    this.#losses.push(keep(Object.fromEntries(detached)));
  }

  /**
   * Brings together what the ranks have: gradients, losses and running statistics are then those of one process that had all
   * the episodes.
   * @param parts of the step, the episodes of all ranks together
   */
  async combine(parts: number): Promise<void> {
    const { world = alone, network, gradientCompression = "none" } = this.#options;
    if (!this.#statistics) return;
    const shares = keep(
      scope(() => noGrad(() => this.#terms().map(({ terms }) => stack(terms).sum().div(parts)))),
    );
    this.#combined = shares;
    await world.sum(gradientsOf(network), { compression: gradientCompression });
    await world.sum(shares);
    await this.#statistics.combine(world, parts);
  }

  /** Losses and gradient norm; the first copy from the device. @throws NonFiniteError naming what is not a number */
  figures(): StepFigures {
    return scope(() => {
      const { names, values } = this.#read();
      const norm = values.pop() as number;
      const losses: Record<string, Record<string, number>> = {};
      for (const [at, [pass, term]] of names.entries()) {
        const mean = values[at] as number;
        if (!Number.isFinite(mean))
          throw new NonFiniteError(`the ${term} loss of the ${pass} pass is ${mean}`);
        losses[pass] = { ...losses[pass], [term]: mean };
      }
      if (!Number.isFinite(norm)) {
        throw new NonFiniteError(`the losses are finite, but the norm of the gradient is ${norm}`);
      }
      return { losses: losses as Record<string, LossTerms>, gradientNorm: norm };
    });
  }

  /** Moves the parameters, and lets the method do the rest. */
  async apply(
    episodes: readonly Episode[],
    learningRate: number,
    { gradientNorm }: StepFigures,
  ): Promise<void> {
    const { optimizer, method, network, maxGradientNorm, factors, phase, world } = this.#options;
    if (maxGradientNorm !== null && gradientNorm > maxGradientNorm) {
      scope(() => noGrad(() => _foreachMul_(gradientsOf(network), maxGradientNorm / (gradientNorm + 1e-6))));
    }
    optimizer.setLearningRate(factors ? factors.map((factor) => factor * learningRate) : learningRate);
    optimizer.step();
    await method.afterStep?.(episodes, phase, world);
  }

  [Symbol.dispose](): void {
    dispose([this.#losses, this.#combined ?? []]);
    this.#statistics?.[Symbol.dispose]();
  }

  #read(): { names: [pass: string, term: string][]; values: number[] } {
    const losses = this.#terms();
    const gradients = gradientsOf(this.#options.network);
    return noGrad(() => {
      const means = this.#combined ?? losses.map(({ terms }) => stack(terms).mean());
      const norm = stack(_foreachNorm(gradients)).to("float64").norm();
      const values = [...(stack([...means, norm]).toTypedArray() as Float64Array)];
      return { names: losses.map(({ name }) => name), values };
    });
  }

  /** The terms of all passes, each over the episodes. */
  #terms(): { name: [pass: string, term: string]; terms: Tensor[] }[] {
    const sums = new Map<string, { name: [string, string]; terms: Tensor[] }>();
    for (const passes of this.#losses) {
      for (const [pass, terms] of Object.entries(passes)) {
        for (const [term, value] of Object.entries(terms)) {
          const key = `${pass} ${term}`;
          const entry = sums.get(key) ?? { name: [pass, term], terms: [] };
          entry.terms.push(value.to("float64"));
          sums.set(key, entry);
        }
      }
    }
    return [...sums.values()];
  }
}

const gradientsOf = (network: TrainableNetwork): Tensor[] =>
  network.parameters().flatMap((parameter) => parameter.grad ?? []);
