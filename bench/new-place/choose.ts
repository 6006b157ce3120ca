// Which pictures of a place are given and which are scored: every third one is scored, the others are there to be drawn from.

import { type Dataset, Random, type Sample } from "pinmem/data";

export interface Chosen {
  /** Statistics are taken of all of them, labels of the first few that `labeledOf` says. */
  readonly given: Dataset;
  readonly scored: Dataset;
}

export interface ChooseOptions {
  /** Seed of the draw. */
  readonly choice: number;
  /** How many are drawn. */
  readonly count: number;
  /** At most so many are scored, spread evenly. */
  readonly limit?: number | undefined;
}

/** @throws RangeError where too few are there */
export function choose(place: Dataset, { choice, count, limit }: ChooseOptions): Chosen {
  const { samples } = place;
  const isScored = (_: Sample, at: number) => at % 3 === 1;
  const pool = samples.filter((sample, at) => !isScored(sample, at));
  const rest = samples.filter(isScored);
  if (pool.length < count || rest.length === 0) {
    throw new RangeError(
      `${place.name} has ${samples.length} pictures, of which ${pool.length} may be given, but ${count} are to be`,
    );
  }
  const order = [...new Random({ seed: choice, stream: "new place" }).randperm(pool.length)].slice(0, count);
  return {
    given: { ...place, samples: order.map((at) => pool[at] as Sample) },
    scored: { ...place, samples: labeledOf(rest, limit ?? rest.length) },
  };
}

/** As `adaptToPlace` takes `shots` of labeled pictures: spread evenly. With powers of two, fewer ones are among more. */
export function labeledOf<T>(given: readonly T[], shots: number): readonly T[] {
  if (shots >= given.length) return given;
  return Array.from({ length: shots }, (_, at) => given[Math.floor((at * given.length) / shots)] as T);
}
