// Training images beside the training: for estimates over some batches (statistics of batch norm, the memory's start). Each
// purpose has an epoch of its own, far beyond any that training reaches, so that what it sees neither depends on when it is
// asked for nor shifts what training sees.

import { dispose, keep, scope } from "@pinmem/torch";
import type { LabeledBatch } from "./episode.js";
import { type PrepareOptions, prepareWhole } from "./prepare-episode.js";
import type { TrainingData } from "./training-data.js";

const epochs = { statistics: 2 ** 31, "memory start": 2 ** 31 + 2 ** 16 } as const;

/** So many batches of all domains with the normal augmentation; each is freed when the next is asked for. */
export type TrainingImages = (
  purpose: keyof typeof epochs,
  count: number,
) => AsyncGenerator<LabeledBatch, void, undefined>;

export function trainingImages(data: TrainingData, preparation: PrepareOptions): TrainingImages {
  return async function* (purpose, count) {
    if (count === 0) return;
    let left = count;
    for await (const batch of data.batches({ epoch: epochs[purpose], index: 0 })) {
      const prepared = keep(scope(() => prepareWhole(batch, preparation)));
      try {
        yield prepared;
      } finally {
        dispose(prepared);
      }
      if (--left === 0) return;
    }
  };
}
