// Random numbers of libtorch that depend on the seed and a number alone: those of a batch are then the same on whatever process it is
// worked on.

import { Random } from "@pinmem/core";
import { manualSeed } from "@pinmem/torch";

/** Seeds libtorch's generators for one batch, by its number in a stream. */
export const seedTurn = (seed: number, turn: number, stream: string): void =>
  manualSeed(new Random({ seed, index: turn, stream }).randint(0, 2 ** 31));
