// Training images beside the training: for estimates over some batches (statistics of batch norm, the memory's start). Each
// purpose has an epoch of its own, far beyond any that training reaches, so that what it sees neither depends on when it is
// asked for nor shifts what training sees.

import { dispose, keep, scope } from "@pinmem/torch";
import { alone, shareOf, type World } from "../processes/world.js";
import type { LabeledBatch } from "./episode.js";
import { type PrepareOptions, prepareWhole } from "./prepare-episode.js";
import { seedTurn } from "./seed-turn.js";
import type { TrainingData } from "./training-data.js";

const epochs = { statistics: 2 ** 31, "memory start": 2 ** 31 + 2 ** 16 } as const;

/** So many batches of all domains with the normal augmentation; each is freed when the next is asked for. */
export type TrainingImages = (
  purpose: keyof typeof epochs,
  count: number,
) => AsyncGenerator<LabeledBatch, void, undefined>;

/** How several processes go about it. */
export interface SharedImages {
  /** Each process sees its share of the batches. */
  readonly world?: World;
  /** Draw random numbers anew for each batch, from the seed and its number. */
  readonly noisePerTurn?: boolean;
}

export function trainingImages(
  data: TrainingData,
  preparation: PrepareOptions,
  { world = alone, noisePerTurn = false }: SharedImages = {},
): TrainingImages {
  return async function* (purpose, count) {
    const { from, to } = shareOf(world, count);
    if (from === to) return;
    let left = to - from;
    const first = epochs[purpose] * data.batchesPerEpoch;
    const only = (turn: number) => turn >= first + from && turn < first + to;
    const batches = data.batches({ epoch: epochs[purpose], index: 0 }, ...(world.size > 1 ? [only] : []));
    for await (const batch of batches) {
      const prepared = keep(scope(() => prepareWhole(batch, preparation)));
      if (noisePerTurn) seedTurn(preparation.seed, to - left, `${purpose} noise`);
      try {
        yield prepared;
      } finally {
        dispose(prepared);
      }
      if (--left === 0) return;
    }
  };
}
