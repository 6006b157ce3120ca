// Batches for training: threads decode and crop ahead of the training thread into shared memory, a bounded number of
// batches at a time. Which images, in which order, cropped how, depends on (seed, epoch, batch) alone: not on the number
// of threads, nor on where a run was taken up again.
//
// Not here: anything random in color, which happens on the device (photometric.ts), and evaluation, which reads whole
// images (evaluation-loader.ts).

import { Worker } from "node:worker_threads";
import type { Size } from "@pinmem/core";
import type { Dataset } from "../datasets/dataset.js";
import { DataError } from "../files/data-error.js";
import type { ImageOptions } from "../images/image.js";
import { CropWorker } from "./crop-worker.js";
import { shareCache } from "./decoded-cache.js";
import {
  announcedTroubles,
  type BatchReport,
  batchBytes,
  batchViews,
  type Failure,
  MAX_BATCH,
  openBatch,
  type WorkerRequest,
  type WorkerStart,
} from "./loader-protocol.js";
import type { PlacedChoice, Skipped } from "./sample-reader.js";
import type { SampleChoice, Sampler } from "./sampling.js";
import { checkTrainingCrop, type TrainingCropOptions } from "./transforms/geometric.js";

export interface LoaderOptions {
  /** In the order of the sampler's domains. */
  readonly datasets: readonly Dataset[];
  readonly sampler: Sampler;
  readonly crop: TrainingCropOptions;
  readonly seed: number;
  /**
   * Threads that decode and crop; 0: the calling thread does it when a batch is asked for. Images are decoded in Node's
   * thread pool, four at a time unless the variable UV_THREADPOOL_SIZE says more.
   */
  readonly workers?: number;
  /** Batches made ahead of the one in use. */
  readonly prefetch?: number;
  /** Memory for decoded images, all threads together. */
  readonly cacheBytes?: number;
  readonly image?: ImageOptions;
  /** A sample that cannot be used: stop with an error that names it, or take the next one and count it. */
  readonly onError?: "throw" | "skip";
  /** Told of each file that samples are skipped for, the first time. */
  readonly onProblem?: (problem: Skipped) => void;
}

/** One batch. Its arrays are used again for later batches: they hold until the next batch is asked for. */
export interface Batch {
  readonly epoch: number;
  /** Within the epoch. */
  readonly index: number;
  /** B x H x W x 3, red, green, blue. */
  readonly image: Uint8Array;
  /** B x H x W, train ids, 255 ignored. */
  readonly label: Uint8Array;
  readonly size: Size;
  /** Which data set and sample each image was chosen from (with `onError: "skip"`, a later sample may stand in). */
  readonly choices: readonly SampleChoice[];
}

export interface EpochRange {
  readonly epoch: number;
  /** First batch; the ones before were had in an earlier run. */
  readonly from?: number;
  /** Which batches are wanted, by their index; the others are not read. Default: all. */
  readonly only?: (index: number) => boolean;
}

interface Pending {
  readonly id: number;
  readonly epoch: number;
  readonly index: number;
  readonly memory: SharedArrayBuffer;
  readonly choices: readonly PlacedChoice[];
  done: boolean;
  /** Reports of trouble that have arrived. */
  troubles: number;
  failure?: Error;
  wake?: () => void;
}

/**
 * Batches of uint8 crops (B, height, width, 3) and train ids (B, height, width) in shared memory, decoded by worker threads ahead of
 * their use. A batch depends on (seed, epoch, index) alone, whatever the number of workers. Close it to end its threads.
 */
export class Loader {
  readonly #options: LoaderOptions;
  readonly #size: Size;
  readonly #workers: Worker[] = [];
  readonly #ends: Promise<unknown>[] = [];
  readonly #local: CropWorker | undefined;
  readonly #pending = new Map<number, Pending>();
  readonly #free: SharedArrayBuffer[] = [];
  readonly #skipped = new Map<string, { problem: string; times: number }>();
  #batches = 0;
  #waitedMs = 0;
  #broken: Error | undefined;
  #closed = false;

  constructor(options: LoaderOptions) {
    check(options);
    this.#options = options;
    const { datasets, crop, seed, workers = 2, cacheBytes = 0, image, onError = "throw" } = options;
    this.#size = crop.size;
    const start: WorkerStart = {
      reader: {
        datasets,
        crop,
        seed,
        onError,
        ...(image ? { image } : {}),
        ...(cacheBytes > 0 ? { cache: shareCache(datasets, cacheBytes) } : {}),
      },
      size: this.#size,
    };
    if (workers === 0) this.#local = new CropWorker(start, (report) => this.#receive(report));
    for (let at = 0; at < workers; at++) this.#workers.push(this.#startWorker(start));
  }

  /** Samples that could not be used and were skipped: by file, why and how often. */
  get skipped(): ReadonlyMap<string, { readonly problem: string; readonly times: number }> {
    return this.#skipped;
  }

  /** Milliseconds that callers have waited for batches so far. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** The batches of one epoch, in order. Leaving the loop early is fine. */
  async *batches({ epoch, from = 0, only = () => true }: EpochRange): AsyncGenerator<Batch, void, undefined> {
    const { sampler, prefetch = 2 } = this.#options;
    const ahead: Pending[] = [];
    const wanted = (index: number): number => {
      let at = index;
      while (at < sampler.batchesPerEpoch && !only(at)) at++;
      return at;
    };
    let next = wanted(from);
    let used: SharedArrayBuffer | undefined;
    try {
      while (ahead.length > 0 || next < sampler.batchesPerEpoch) {
        for (; next < sampler.batchesPerEpoch && ahead.length <= prefetch; next = wanted(next + 1))
          ahead.push(this.#request(epoch, next));
        const batch = ahead[0] as Pending;
        await this.#finish(batch);
        ahead.shift();
        this.#pending.delete(batch.id);
        if (used) this.#free.push(used);
        used = undefined;
        if (batch.failure) {
          ahead.push(batch);
          throw batch.failure;
        }
        used = batch.memory;
        yield this.#view(batch);
      }
    } finally {
      for (const batch of ahead) this.#abandon(batch);
      if (used) this.#free.push(used);
    }
  }

  /**
   * Stops the threads, which finish the crops underway: Node aborts the whole program when a thread is terminated at the
   * moment in which it begins to inflate something. Batches still asked for end with an error.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#break(new Error("Loader: the loader was closed while a batch was asked for"));
    for (const batch of this.#pending.values()) this.#abandon(batch);
    this.#local?.close();
    for (const worker of this.#workers) {
      worker.ref();
      worker.postMessage({ type: "close" } satisfies WorkerRequest);
    }
    await Promise.all(this.#ends);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #request(epoch: number, index: number): Pending {
    if (this.#broken) throw this.#broken;
    const { sampler } = this.#options;
    const choices = sampler
      .batch(epoch, index)
      .map((choice, at) => ({ ...choice, epoch, position: index * sampler.batchSize + at }));
    const memory = this.#free.pop() ?? new SharedArrayBuffer(batchBytes(choices.length, this.#pixels));
    const pending: Pending = { id: this.#batches++, epoch, index, memory, choices, done: false, troubles: 0 };
    this.#pending.set(pending.id, pending);
    openBatch(memory, pending.id);
    const request: WorkerRequest = { type: "batch", id: pending.id, memory, choices };
    for (const worker of this.#workers) worker.postMessage(request);
    return pending;
  }

  async #finish(batch: Pending): Promise<void> {
    const begin = performance.now();
    if (this.#local) await this.#local.work({ type: "batch", ...batch });
    // A loader that is waited for keeps the program from ending, one that was merely not closed does not.
    for (const worker of this.#workers) worker.ref();
    try {
      while (!isComplete(batch)) {
        if (this.#broken) throw this.#broken;
        await new Promise<void>((resolve) => {
          batch.wake = resolve;
        });
      }
    } finally {
      // One that is being closed is waited for.
      if (!this.#closed) for (const worker of this.#workers) worker.unref();
    }
    this.#waitedMs += performance.now() - begin;
  }

  /** Forgets a batch. Threads may still be writing into its memory, which is therefore not used again. */
  #abandon({ id, memory }: Pending): void {
    this.#pending.delete(id);
    openBatch(memory, this.#batches++);
  }

  #view({ epoch, index, memory, choices }: Pending): Batch {
    const views = batchViews(memory, choices.length, this.#pixels);
    return { epoch, index, ...views, size: this.#size, choices };
  }

  #receive(report: BatchReport): void {
    const batch = this.#pending.get(report.id);
    if (report.type === "trouble") {
      for (const skipped of report.skipped) this.#count(skipped);
      if (batch) batch.troubles++;
      if (batch && report.failure) batch.failure ??= toError(report.failure);
    } else if (batch) {
      batch.done = true;
    }
    if (batch && isComplete(batch)) batch.wake?.();
  }

  #count({ file, problem }: Skipped): void {
    const times = (this.#skipped.get(file)?.times ?? 0) + 1;
    if (times === 1) this.#options.onProblem?.({ file, problem });
    this.#skipped.set(file, { problem, times });
  }

  #startWorker(start: WorkerStart): Worker {
    const worker = new Worker(workerFile(), { workerData: start, execArgv: nodeOptions() });
    worker.on("message", (report: BatchReport) => this.#receive(report));
    worker.on("error", (error) => this.#break(workerFailure(error)));
    this.#ends.push(new Promise((resolve) => worker.once("exit", resolve)));
    worker.on("exit", (code) => {
      if (!this.#closed)
        this.#break(new Error(`Loader: a worker thread ended by itself (exit code ${code})`));
    });
    worker.unref();
    return worker;
  }

  #break(error: Error): void {
    this.#broken ??= error;
    for (const batch of this.#pending.values()) batch.wake?.();
  }

  get #pixels(): number {
    return this.#size.width * this.#size.height;
  }
}

/** Threads fail whole where the system is short of memory, address space or open files. */
function workerFailure(cause: Error): Error {
  const cure = /EMFILE|ENFILE/.test(cause.message)
    ? "Too many files are open: take fewer threads (workers), or raise the limit (ulimit -n)"
    : "Fewer of them take less memory (workers)";
  return new Error(`Loader: a worker thread failed: ${cause.message}. ${cure}`, { cause });
}

/** Those of this process without what holds for a program given as text alone, of which a thread with a file dies. */
const nodeOptions = (): string[] => process.execArgv.filter((option) => !option.startsWith("--input-type"));

/** The compiled worker: beside this file, or in dist where this runs from its TypeScript source (in tests). */
function workerFile(): URL {
  const compiled = import.meta.url.endsWith(".ts") ? "../../dist/loading/worker.js" : "./worker.js";
  return new URL(compiled, import.meta.url);
}

/** Failed, or written whole and all trouble heard of. */
const isComplete = ({ failure, done, troubles, memory }: Pending): boolean =>
  failure !== undefined || (done && troubles === announcedTroubles(memory));

function toError({ message, file, problem }: Failure): Error {
  if (file !== undefined && problem !== undefined) return new DataError(file, problem);
  return new Error(`Loader: reading a sample failed: ${message}`);
}

function check({ datasets, sampler, crop, workers = 2, prefetch = 2, cacheBytes = 0 }: LoaderOptions): void {
  if (datasets.length === 0) throw new RangeError("Loader: there must be at least one data set");
  checkTrainingCrop(crop);
  const counts = { workers, prefetch, cacheBytes };
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 0)
      throw new RangeError(`Loader: ${name} is ${value}, but must be 0 or more`);
  }
  if (workers > 64) throw new RangeError(`Loader: workers is ${workers}; at most 64 threads make sense`);
  if (sampler.batchSize > MAX_BATCH) {
    throw new RangeError(`Loader: a batch of ${sampler.batchSize} images is too large; at most ${MAX_BATCH}`);
  }
  const spaces = new Set(datasets.map(({ space }) => space.name));
  if (spaces.size > 1) {
    throw new Error(
      `Loader: the data sets have different label spaces (${[...spaces].join(", ")}); open them with one`,
    );
  }
}
