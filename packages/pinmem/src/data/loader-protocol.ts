// What the loader and its threads say to one another. Batches lie in shared memory: a header of one number, then the
// images, then the labels. Each thread is told of every batch and takes crop after crop from it until none is left, so
// that fast threads do more; the training thread may be busy all that time.

import type { PlacedChoice, ReaderOptions, Skipped } from "./sample-reader.js";

export interface BatchRequest {
  readonly type: "batch";
  readonly id: number;
  readonly memory: SharedArrayBuffer;
  readonly choices: readonly PlacedChoice[];
}

/** A crop has been written, or could not be. */
export interface CropReport {
  readonly id: number;
  readonly skipped: readonly Skipped[];
  readonly failure?: { readonly message: string; readonly file?: string; readonly problem?: string };
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

/** Begins a batch in this memory: crops of older batches can no longer be taken from it. */
export function openBatch(memory: SharedArrayBuffer, id: number): void {
  Atomics.store(new Int32Array(memory, 0, 1), 0, id << CLAIM_BITS);
}

/** The next crop of the batch that nobody has taken, or undefined when none is left or another batch has begun. */
export function takeCrop(memory: SharedArrayBuffer, id: number, batchSize: number): number | undefined {
  const header = new Int32Array(memory, 0, 1);
  for (;;) {
    const seen = Atomics.load(header, 0);
    const crop = seen & MAX_BATCH;
    if (seen >> CLAIM_BITS !== (id << CLAIM_BITS) >> CLAIM_BITS || crop >= batchSize) return undefined;
    if (Atomics.compareExchange(header, 0, seen, seen + 1) === seen) return crop;
  }
}
