// The loop around a method: data, steps, events, evaluations, checkpoints. It knows nothing of recipes and files of a run
// (train.ts puts it together from those), nor of what a method does with an episode.
//
// Everything that is random depends on (seed, step) or on generators whose state is in the checkpoints, so that a run that
// is taken up again does the same steps as one that was never stopped, bit by bit on the CPU.

import type { EventSink, TrainingEvent } from "@pinmem/core/formats";
import { type Device, dispose, keep, scope, type Tensor } from "@pinmem/torch";
import type { Batch } from "../loading/loader.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import type { GradientCompression } from "../processes/gradient-compression.js";
import { alone, type Share, shareOf, type World } from "../processes/world.js";
import type { CheckpointState } from "./checkpoints/checkpoint.js";
import type { CheckpointStore, Found } from "./checkpoints/checkpoint-store.js";
import { restoreSnapshot, takeSnapshot } from "./checkpoints/snapshot.js";
import { writeDiagnostic } from "./diagnostic.js";
import { type DomainSplit, splitDomains } from "./domain-split.js";
import type { Episode } from "./episode.js";
import type { Method } from "./methods/method.js";
import type { Phase } from "./methods/phase.js";
import type { AnyOptimizer } from "./optimizer.js";
import { seedTurn } from "./seed-turn.js";
import { type StepFigures, StepGradients, type StepRates } from "./step.js";
import { type Position, positionAfter, type TrainingData } from "./training-data.js";
import { TrainingError } from "./training-error.js";

/** Something that happens at certain steps beside the training itself. */
export interface TrainerHook {
  /** Called before every step, with the number of steps done. Throws the signal's reason where that asks for an end. */
  before?(done: number, signal: AbortSignal): Promise<void>;
  /** Called after every step, with the number of steps done. */
  after?(done: number): void;
  /** State that checkpoints must hold. */
  tensors?(): ReadonlyMap<string, Tensor>;
  restore?(tensors: ReadonlyMap<string, Tensor>): void;
}

export interface TrainerOptions {
  readonly name: string;
  readonly seed: number;
  readonly device: Device;
  /** Optimizer steps of the whole run. */
  readonly steps: number;
  readonly network: TrainableNetwork;
  readonly method: Method;
  readonly optimizer: AnyOptimizer;
  /** Learning rates of the optimizer's groups, in units of `learningRate`. Default: 1 for each. */
  readonly factors?: readonly number[];
  readonly data: TrainingData;
  /** Brings a batch to the device, in the roles of its domains; runs in a scope. */
  readonly prepare: (batch: Batch, split: DomainSplit | null) => Episode;
  /** Rates at each step, counted from 0. */
  readonly learningRate: (step: number) => number;
  readonly innerRate: (step: number) => number;
  /** Which steps are the method's own, counted from 0. Default: all. */
  readonly phase?: (step: number) => Phase;
  /** Episodes that make one step. Default 1. */
  readonly accumulation?: number;
  /**
   * The processes that train together. Each takes its share of the episodes of every step, and what they have is that of one process
   * with all of them. Files and events are rank 0's. Default: this one alone.
   */
  readonly world?: World;
  /** How gradients travel between them; "bfloat16" is no longer equal to one process. Default "none": as they are. */
  readonly gradientCompression?: GradientCompression;
  /**
   * Draw the random numbers of each episode (dropout, Gumbel noise, styles) anew from the seed and the episode's number, so that they
   * do not depend on the number of processes. Default false: from one stream over the run.
   */
  readonly noisePerTurn?: boolean;
  /** Largest norm of the gradient. Default null: any. */
  readonly maxGradientNorm?: number | null;
  readonly hooks?: readonly TrainerHook[];
  readonly events?: readonly EventSink[];
  /** Where checkpoints go, and after how many steps. Default: nowhere. */
  readonly checkpoints?: { readonly store: CheckpointStore; readonly every: number } | null;
  /** Asked after every step: whether a checkpoint is to be saved now. */
  readonly saveNow?: () => boolean;
  /** What to look at after every so many steps and at the end. */
  readonly validation?: { readonly every: number; readonly run: Validate } | null;
  /** Folder for what is left of a step that failed. */
  readonly diagnostics?: string | null;
  /** Bytes of the event log that belong to the steps done. */
  readonly eventBytes?: () => number;
}

/**
 * Evaluates after so many steps and tells by `emit`; returns the score that selects models, higher is better, or null. Throws
 * the signal's reason where that asks for an end.
 */
export type Validate = (
  step: number,
  best: TrainingResult["best"],
  emit: (event: TrainingEvent) => Promise<void>,
  signal: AbortSignal,
) => Promise<number | null>;

export interface TrainingResult {
  readonly step: number;
  readonly reason: "finished" | "interrupted";
  readonly best: { readonly step: number; readonly score: number } | null;
}

/** The loop of training: steps, rates, evaluations, checkpoints, events. `run` goes on to the last step or an interruption. */
export class Trainer {
  readonly #options: TrainerOptions;
  #done = 0;
  #best: TrainingResult["best"] = null;
  /** Of the newest checkpoint of this process, or the one that it goes on from. */
  #saved: CheckpointState | null = null;
  /** Whether the validation after the steps done is still to be done. */
  #validationDue = false;
  /** Of the event log, when the validation became due: what a part of it has told is told again by the whole. */
  #bytesBefore = 0;
  readonly #stop = new AbortController();
  /** What stops at any time, in the middle of an evaluation too: nothing where others would wait for it. */
  readonly #heeded: AbortSignal;
  /** This rank's episodes of a step. */
  readonly #share: Share;

  constructor(options: TrainerOptions) {
    this.#options = options;
    const { accumulation = 1, steps, method, data, world = alone } = options;
    this.#heeded = world.size > 1 ? new AbortController().signal : this.#stop.signal;
    this.#share = shareOf(world, accumulation);
    for (const [name, value] of Object.entries({ accumulation, steps })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new RangeError(`Trainer: ${name} is ${value}, but must be an integer of at least 1`);
      }
    }
    if (world.size > accumulation) {
      throw new RangeError(
        `Trainer: a step of ${accumulation} ${accumulation === 1 ? "episode" : "episodes"} cannot be shared by ${world.size} processes; ` +
          `take at most ${accumulation}`,
      );
    }
    if (method.splitsDomains && data.domains.length < 2) {
      throw new Error(
        `Trainer: ${method.name} needs at least two source domains, got ${data.domains.length} (${data.domains.join(", ")}). ` +
          "Add another source, list the same one twice, or train with erm or memory-erm",
      );
    }
  }

  /** Steps done. */
  get step(): number {
    return this.#done;
  }

  /** Best score so far, and at which step. */
  get best(): TrainingResult["best"] {
    return this.#best;
  }

  /**
   * Continues from the newest checkpoint that can be read, or from one that is given; null where there is none.
   * @param given for a process that has no checkpoints of its own
   */
  resume(given?: Found): { readonly eventBytes: number; readonly skipped: readonly string[] } | null {
    const { checkpoints, hooks = [] } = this.#options;
    return scope(() => {
      const found = given ?? checkpoints?.store.latest();
      if (!found) return null;
      const { model, training, state } = found.checkpoint;
      this.#done = state.step;
      this.#checkPosition(state.data, found.path);
      restoreSnapshot(this.#options, { model, training, optimizer: state.optimizer });
      for (const hook of hooks) hook.restore?.(training);
      this.#saved = state;
      this.#best = state.best;
      this.#validationDue = state.validationDue;
      this.#bytesBefore = state.eventBytes;
      return { eventBytes: state.eventBytes, skipped: found.skipped };
    });
  }

  #checkPosition({ epoch, index }: Position, path: string): void {
    const expected = this.#position;
    if (expected.epoch === epoch && expected.index === index) return;
    throw new Error(
      `${path} was written before batch ${index} of epoch ${epoch}; with the data and the recipe of now, step ${this.#done} ` +
        `would be followed by batch ${expected.index} of epoch ${expected.epoch}. Bring back the data as it was, or start a new run`,
    );
  }

  /**
   * Stops after the step in progress, which is saved; a validation, or the memory's start, stops after the image or batch in
   * progress, and is done anew where the run is taken up again.
   */
  interrupt(): void {
    this.#stop.abort();
  }

  /** Trains to the end, or until `interrupt`. @throws TrainingError when a step cannot go on */
  async run(): Promise<TrainingResult> {
    const { name, steps, data } = this.#options;
    await this.#emit({ event: "start", step: this.#done, steps, name });
    const { world = alone, accumulation = 1 } = this.#options;
    const { from, to } = this.#share;
    const isOwn = (turn: number) => turn % accumulation >= from && turn % accumulation < to;
    const batches = data.batches(this.#position, ...(world.size > 1 ? [isOwn] : []));
    try {
      await this.#goThrough(batches);
    } catch (error) {
      if (!this.#stop.signal.aborted || error !== this.#stop.signal.reason) throw error;
    } finally {
      await batches.return();
    }
    if (this.#saved?.step !== this.#done) this.#save();
    const reason = this.#done === steps && !this.#validationDue ? "finished" : "interrupted";
    await this.#emit({ event: "end", step: this.#done, reason });
    return { step: this.#done, reason, best: this.#best };
  }

  async #goThrough(batches: AsyncGenerator<Batch>): Promise<void> {
    const { steps, hooks = [], checkpoints, saveNow, validation, world = alone } = this.#options;
    const { signal } = this.#stop;
    if (validation && this.#validationDue) await this.#validate(validation.run);
    let [stopped] = await world.any(signal.aborted);
    while (this.#done < steps && !stopped) {
      for (const hook of hooks) await hook.before?.(this.#done, this.#heeded);
      await this.#step(batches);
      const last = this.#done === steps;
      this.#validationDue = validation ? last || this.#done % validation.every === 0 : false;
      this.#bytesBefore = this.#options.eventBytes?.() ?? 0;
      // Before the validation: what was trained is not to be lost in it.
      const [asked, interrupted] = await world.any(saveNow?.() ?? false, signal.aborted);
      if (checkpoints && (last || asked || this.#done % checkpoints.every === 0)) this.#save();
      // A process alone stops within the evaluation.
      if (interrupted && world.size > 1) return;
      if (validation && this.#validationDue) await this.#validate(validation.run);
      // Signals and finalizers are served by the event loop, which a step does not leave.
      await new Promise((resolve) => setImmediate(resolve));
      [stopped] = world.size > 1 ? [interrupted] : [signal.aborted];
    }
  }

  async #step(batches: AsyncGenerator<Batch>): Promise<void> {
    const {
      network,
      method,
      optimizer,
      factors,
      accumulation = 1,
      maxGradientNorm = null,
      learningRate,
      innerRate,
      world = alone,
      gradientCompression = "none",
    } = this.#options;
    const begin = performance.now();
    const rates = { learning: learningRate(this.#done), inner: innerRate(this.#done) };
    const seen: Seen = { episodes: [], files: [], metaTest: new Set(), images: 0, epoch: 0, waitedMs: 0 };
    let figures: StepFigures;
    try {
      using gradients = new StepGradients({
        network,
        method,
        optimizer,
        maxGradientNorm,
        phase: this.#options.phase?.(this.#done),
        ...(factors && { factors }),
        world,
        gradientCompression,
      });
      for (let part = 0; part < accumulation; part++) {
        const turn = this.#done * accumulation + part;
        const split = this.#splitAt(turn, seen);
        seen.epoch = positionAfter(turn, this.#options.data.batchesPerEpoch).epoch;
        if (part < this.#share.from || part >= this.#share.to) continue;
        const episode = await this.#nextEpisode(batches, split, seen);
        this.#drawAnew(turn);
        gradients.add(episode, { innerRate: rates.inner, share: 1 / accumulation });
      }
      await gradients.combine(accumulation);
      figures = gradients.figures();
      await gradients.apply(seen.episodes, rates.learning, figures);
    } catch (error) {
      throw this.#failure(error, seen, rates);
    } finally {
      dispose(seen.episodes);
    }
    this.#done++;
    for (const hook of this.#options.hooks ?? []) hook.after?.(this.#done);
    const seconds = (performance.now() - begin) / 1000;
    await this.#emit({
      event: "step",
      step: this.#done,
      epoch: seen.epoch,
      losses: figures.losses,
      learningRate: rates.learning,
      ...(method.splitsDomains && { innerRate: rates.inner, metaTest: [...seen.metaTest] }),
      gradientNorm: figures.gradientNorm,
      timing: {
        seconds,
        imagesPerSecond: (seen.images * accumulation) / (this.#share.to - this.#share.from) / seconds,
        dataSeconds: seen.waitedMs / 1000,
        peakMemory: process.resourceUsage().maxRSS * 1024,
      },
    });
  }

  /** Which domains an episode meets as unseen, where its step splits them. */
  #splitAt(turn: number, seen: Seen): DomainSplit | null {
    const { data, method, seed, phase = () => "meta" } = this.#options;
    const isMeta = method.splitsDomains && phase(this.#done) === "meta";
    const split = isMeta ? splitDomains(data.domains.length, { seed, step: turn }) : null;
    for (const domain of split?.metaTest ?? []) seen.metaTest.add(data.domains[domain] ?? String(domain));
    return split;
  }

  #drawAnew(turn: number): void {
    const { seed, noisePerTurn = false } = this.#options;
    if (noisePerTurn) seedTurn(seed, turn, "noise");
  }

  async #nextEpisode(
    batches: AsyncGenerator<Batch>,
    split: DomainSplit | null,
    seen: Seen,
  ): Promise<Episode> {
    const { data, prepare } = this.#options;
    const asked = performance.now();
    const { value: batch } = await batches.next();
    seen.waitedMs += performance.now() - asked;
    if (!batch) throw new Error("internal: the training data ended");
    seen.files.push(...data.files(batch));
    seen.images += batch.choices.length;
    const episode = keep(scope(() => prepare(batch, split)));
    seen.episodes.push(episode);
    return episode;
  }

  #failure(error: unknown, { episodes, files }: Seen, rates: StepRates): Error {
    const { diagnostics, network } = this.#options;
    const problem = error instanceof Error ? error.message : String(error);
    const step = this.#done + 1;
    const facts = { step, problem, files, learningRate: rates.learning, innerRate: rates.inner };
    const diagnostic =
      diagnostics && episodes.length > 0 ? writeDiagnostic(diagnostics, facts, network, episodes) : null;
    return new TrainingError({ step, problem, files, diagnostic }, { cause: error });
  }

  async #validate(run: Validate): Promise<void> {
    const emit = (event: TrainingEvent) => this.#emit(event);
    const score = await run(this.#done, this.#best, emit, this.#heeded);
    if (score !== null && score > (this.#best?.score ?? Number.NEGATIVE_INFINITY)) {
      this.#best = { step: this.#done, score };
    }
    this.#validationDue = false;
    const { checkpoints } = this.#options;
    if (!checkpoints || this.#saved?.step !== this.#done) return;
    this.#saved = this.#state(this.#saved.optimizer);
    checkpoints.store.update(this.#saved);
  }

  #save(): void {
    const { checkpoints, hooks = [] } = this.#options;
    if (!checkpoints) return;
    scope(() => {
      const { model, training, optimizer } = takeSnapshot(this.#options);
      for (const hook of hooks)
        for (const [name, tensor] of hook.tensors?.() ?? []) training.set(name, tensor);
      const state = this.#state(optimizer);
      checkpoints.store.save({ model, training, state });
      this.#saved = state;
    });
  }

  #state(optimizer: CheckpointState["optimizer"]): CheckpointState {
    const { events = [], eventBytes } = this.#options;
    for (const sink of events) sink.flush();
    return {
      step: this.#done,
      data: this.#position,
      optimizer,
      eventBytes: this.#validationDue ? this.#bytesBefore : (eventBytes?.() ?? 0),
      best: this.#best,
      validationDue: this.#validationDue,
    };
  }

  /** Of the next batch. */
  get #position(): Position {
    const { accumulation = 1, data } = this.#options;
    return positionAfter(this.#done * accumulation, data.batchesPerEpoch);
  }

  async #emit(event: TrainingEvent): Promise<void> {
    for (const sink of this.#options.events ?? []) await sink.write(event);
  }
}

/** What a step has met so far. */
interface Seen {
  readonly episodes: Episode[];
  readonly files: string[];
  /** Names of domains. */
  readonly metaTest: Set<string>;
  images: number;
  epoch: number;
  waitedMs: number;
}
