// Weights averaged over time, beside those that are trained: smoother, and often better on domains that were never seen (Arpit
// et al., "Ensemble of Averages", NeurIPS 2022; Cha et al., "SWAD", NeurIPS 2021).
//
// "ema": exponential, with a decay that grows to the one asked for, min(decay, (1 + t) / (10 + t)), so that the first steps are
// soon forgotten. "tail": the plain mean over the last part of the run (Izmailov et al., "Averaging Weights Leads to Wider Optima",
// UAI 2018). What is averaged: the trained parameters, and the memory's rows, which belong to their features. Running statistics are
// not: they are estimated anew where the average is scored.

import { dispose, fromTypedArray, keep, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { z } from "zod";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { trainedParameters } from "./methods/method.js";
import type { TrainerHook } from "./trainer.js";

export const averagingSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("ema"),
    /** Weight of what was before, at each step. */
    decay: z.number().min(0).lt(1).default(0.999),
  }),
  z.strictObject({
    kind: z.literal("tail"),
    /** Share of the run before the average begins. */
    from: z.number().min(0).lt(1).default(0.75),
    /** Steps between two weights that count. */
    every: z.int().positive().default(1),
  }),
]);

export type Averaging = z.output<typeof averagingSchema>;

const PREFIX = "average.";
const COUNT = `${PREFIX}count`;
const ROWS = "memory.m_items";

/** The average of a network's weights over the steps of a run of `steps` steps. */
export class WeightAverage implements TrainerHook {
  readonly #network: TrainableNetwork;
  readonly #config: Averaging;
  readonly #begin: number;
  readonly #rowsFrom: number;
  readonly #averages = new Map<string, Tensor>();
  #count = 0;

  /** @param rowsFrom steps that are done when the memory's rows are started, which are random before */
  constructor(network: TrainableNetwork, config: Averaging, steps: number, rowsFrom = 0) {
    this.#network = network;
    this.#rowsFrom = rowsFrom;
    this.#config = config;
    this.#begin = config.kind === "tail" ? Math.floor(config.from * steps) : 0;
  }

  /** How many weights are in it. */
  get count(): number {
    return this.#count;
  }

  after(done: number): void {
    const passed = done - this.#begin;
    if (passed < 1 || (this.#config.kind === "tail" && (passed - 1) % this.#config.every !== 0)) return;
    this.#count++;
    const startedIn = this.#count - this.#countAt(this.#rowsFrom);
    noGrad(() =>
      scope(() => {
        for (const [name, tensor] of this.#averaged()) {
          const count = name === ROWS ? startedIn : this.#count;
          if (count <= 0) continue;
          const average = this.#averages.get(name);
          if (average && count > 1) average.lerp_(tensor, this.#share(count));
          else if (average) average.copy_(tensor);
          else this.#averages.set(name, keep(tensor.detach().clone()));
        }
      }),
    );
  }

  tensors(): ReadonlyMap<string, Tensor> {
    const stored = new Map([...this.#averages].map(([name, tensor]) => [`${PREFIX}${name}`, tensor]));
    return stored.set(COUNT, fromTypedArray(BigInt64Array.of(BigInt(this.#count)), []));
  }

  restore(tensors: ReadonlyMap<string, Tensor>): void {
    dispose([...this.#averages.values()]);
    this.#averages.clear();
    this.#count = tensors.get(COUNT)?.toNumber() ?? 0;
    for (const [name, { device, dtype }] of this.#averaged()) {
      const stored = tensors.get(`${PREFIX}${name}`);
      if (stored) this.#averages.set(name, keep(scope(() => stored.to({ device, dtype }).clone())));
    }
  }

  [Symbol.dispose](): void {
    dispose([...this.#averages.values()]);
    this.#averages.clear();
  }

  /** Runs `body` with the average in the network's place; what was trained comes back after it. */
  async within<T>(body: () => Promise<T>): Promise<T> {
    if (this.#count === 0) throw new Error("internal: there is no average of no weights");
    const trained = this.#averaged().map(([, tensor]) => [tensor, keep(tensor.detach().clone())] as const);
    try {
      noGrad(() =>
        scope(() => {
          const { memory } = this.#network;
          // Rows are directions; those of classes that never occurred are zero, and stay so.
          const isWritten = memory?.items.abs().sum(1, { keepdim: true }).gt(0).to(memory.items.dtype);
          for (const [name, tensor] of this.#averaged()) {
            const average = this.#averages.get(name);
            if (average) tensor.copy_(average);
          }
          if (memory && isWritten) memory.items.copy_(nn.F.normalize(memory.items).mul(isWritten));
        }),
      );
      return await body();
    } finally {
      noGrad(() => {
        for (const [tensor, saved] of trained) tensor.copy_(saved);
      });
      dispose(trained.map(([, saved]) => saved));
    }
  }

  /** Of the newest of so many weights. */
  #share(count: number): number {
    if (this.#config.kind === "tail") return 1 / count;
    return 1 - Math.min(this.#config.decay, (1 + count) / (10 + count));
  }

  /** How many weights are in it when so many steps are done. */
  #countAt(done: number): number {
    const passed = Math.max(0, done - this.#begin);
    return this.#config.kind === "tail" ? Math.ceil(passed / this.#config.every) : passed;
  }

  #averaged(): [string, Tensor][] {
    const { memory } = this.#network;
    const parameters: [string, Tensor][] = [...trainedParameters(this.#network)];
    return memory ? [...parameters, [ROWS, memory.items]] : parameters;
  }
}
