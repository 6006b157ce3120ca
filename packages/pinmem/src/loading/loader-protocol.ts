// What the loader and its threads say to one another. Batches lie in shared memory: a header of three numbers, then the
// images, then the labels. Each thread is told of every batch and takes crop after crop from it until none is left, so
// that fast threads do more; the training thread may be busy all that time. It hears of a batch once, from the thread
// that wrote the last crop, and of what went wrong.

import type { PlacedChoice, ReaderOptions, Skipped } from "./sample-reader.js";

export interface BatchRequest {
  readonly type: "batch";
  readonly id: number;
  readonly memory: SharedArrayBuffer;
  readonly choices: readonly PlacedChoice[];
}

/** After "close", a thread ends when it has nothing left to do. */
export type WorkerRequest = BatchRequest | { readonly type: "close" };

/** All crops of a batch have been written, or something went wrong with one of them. */
export type BatchReport =
  | { readonly type: "done"; readonly id: number }
  | {
      readonly type: "trouble";
      readonly id: number;
      readonly skipped: readonly Skipped[];
      readonly failure?: Failure;
    };

export interface Failure {
  readonly message: string;
  readonly file?: string;
  readonly problem?: string;
}

/** What a thread is started with. */
export interface WorkerStart {
  readonly reader: ReaderOptions;
  readonly size: { readonly width: number; readonly height: number };
}

const HEADER_BYTES = 64;
const CLAIM_BITS = 12;

/** Batches larger than this do not fit the header. */
export const MAX_BATCH = 2 ** CLAIM_BITS - 1;

export const batchBytes = (batchSize: number, pixels: number) => HEADER_BYTES + batchSize * pixels * 4;

export function batchViews(memory: SharedArrayBuffer, batchSize: number, pixels: number) {
  const images = batchSize * pixels * 3;
  return {
    image: new Uint8Array(memory, HEADER_BYTES, images),
    label: new Uint8Array(memory, HEADER_BYTES + images, batchSize * pixels),
  };
}

/** Places in the header: which crops are taken and of which batch; how many are done; how many reports of trouble. */
const TAKEN = 0;
const DONE = 1;
const TROUBLES = 2;

const headerOf = (memory: SharedArrayBuffer) => new Int32Array(memory, 0, 3);

/** Begins a batch in this memory: crops of older batches can no longer be taken from it. */
export function openBatch(memory: SharedArrayBuffer, id: number): void {
  const header = headerOf(memory);
  Atomics.store(header, DONE, 0);
  Atomics.store(header, TROUBLES, 0);
  Atomics.store(header, TAKEN, id << CLAIM_BITS);
}

/** The next crop of the batch that nobody has taken, or undefined when none is left or another batch has begun. */
export function takeCrop(memory: SharedArrayBuffer, id: number, batchSize: number): number | undefined {
  const header = headerOf(memory);
  for (;;) {
    const seen = Atomics.load(header, TAKEN);
    const crop = seen & MAX_BATCH;
    if (seen >> CLAIM_BITS !== (id << CLAIM_BITS) >> CLAIM_BITS || crop >= batchSize) return undefined;
    if (Atomics.compareExchange(header, TAKEN, seen, seen + 1) === seen) return crop;
  }
}

/** Notes that a crop is done; true for the last one. */
export const finishCrop = (memory: SharedArrayBuffer, batchSize: number): boolean =>
  Atomics.add(headerOf(memory), DONE, 1) + 1 === batchSize;

/** Notes that a report of trouble is under way, so that the loader waits for it. */
export const announceTrouble = (memory: SharedArrayBuffer): void => {
  Atomics.add(headerOf(memory), TROUBLES, 1);
};

export const announcedTroubles = (memory: SharedArrayBuffer): number =>
  Atomics.load(headerOf(memory), TROUBLES);
