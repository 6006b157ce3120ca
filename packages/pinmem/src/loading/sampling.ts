// Which images make up a batch: decided by (seed, epoch, batch) alone, so that any batch of any epoch can be asked for
// at any time, as after a restart.
//
// Batches hold a fixed number of images of each domain, domain after domain, as meta-learning needs them. The official
// code counts an epoch as 2,975 images of every domain whatever their sizes, drawn with replacement (multi_loader.py).

import { Random } from "@pinmem/core";
import type { Dataset } from "../datasets/dataset.js";
import type { Focus } from "./transforms/geometric.js";

/** One image of a batch: which data set, which of its samples, and what the crop has to contain. */
export interface SampleChoice {
  readonly dataset: number;
  readonly sample: number;
  readonly focus?: Focus;
}

export interface Sampler {
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  batch(epoch: number, index: number): SampleChoice[];
}

/** Images of each source in an epoch of the authors' code: the size of Cityscapes' training set. */
export const OFFICIAL_EPOCH = 2975;

export interface DomainSamplerOptions {
  /** Number of samples of each domain. */
  readonly lengths: readonly number[];
  /** Images of each domain in a batch. */
  readonly perDomain: number;
  readonly seed: number;
  /**
   * `full`: the largest domain once, the others as often as it takes, each in a new order every time.
   * `official`: 2,975 images of every domain, drawn with replacement.
   * A number: so many batches, drawn as for `full`.
   */
  readonly epoch?: "full" | "official" | number;
  /** Draw some of the images for a class that they hold, and crop around it. */
  readonly classUniform?: ClassUniform;
}

export interface ClassUniform {
  /** Share of the images that are drawn for a class, from 0 to 1. */
  readonly fraction: number;
  /** Of each domain, in the order of `lengths`. */
  readonly places: readonly ClassPlaces[];
}

/** For each class: images that hold it, and where. */
export type ClassPlaces = readonly (readonly (readonly [sample: number, x: number, y: number])[])[];

/**
 * Batches with `perDomain` images of each domain, every domain shuffled by itself, as multi-source training needs.
 * @throws RangeError where lengths or counts are not positive
 */
export function domainSampler(options: DomainSamplerOptions): Sampler {
  const { lengths, perDomain, seed, epoch: epochLength = "full", classUniform } = options;
  check(options);
  const batchesPerEpoch =
    typeof epochLength === "number"
      ? epochLength
      : Math.max(
          Math.floor((epochLength === "official" ? OFFICIAL_EPOCH : Math.max(...lengths)) / perDomain),
          1,
        );
  const shuffles = new ShuffleCache(seed);

  const choose = (epoch: number, turn: number, dataset: number, random: Random): number => {
    const length = lengths[dataset] as number;
    if (epochLength === "official") {
      const item = shuffles.get(epoch, OFFICIAL_EPOCH, "official")[turn] as number;
      return (item + random.randint(0, length)) % length;
    }
    const pass = Math.floor(turn / length);
    return shuffles.get(epoch, length, `domain ${dataset}, pass ${pass}`)[turn % length] as number;
  };

  return {
    batchSize: lengths.length * perDomain,
    batchesPerEpoch,
    batch(epoch, index) {
      checkIndex(index, batchesPerEpoch);
      return lengths.flatMap((_, dataset) =>
        Array.from({ length: perDomain }, (_, at): SampleChoice => {
          const turn = index * perDomain + at;
          const position = (index * lengths.length + dataset) * perDomain + at;
          const random = new Random({ seed, epoch, index: position, stream: "sampling" });
          const sample = choose(epoch, turn, dataset, random);
          const forClass = classUniform && random.bernoulli(classUniform.fraction);
          const place = forClass && choosePlace(classUniform.places[dataset] ?? [], random);
          return place ? { dataset, sample: place[0], focus: [place[1], place[2]] } : { dataset, sample };
        }),
      );
    },
  };
}

/** Batches from all images of all domains alike, each image once an epoch. */
export function mixedSampler({
  lengths,
  batchSize,
  seed,
}: {
  readonly lengths: readonly number[];
  readonly batchSize: number;
  readonly seed: number;
}): Sampler {
  const all = lengths.flatMap((length, dataset) =>
    Array.from({ length }, (_, sample) => ({ dataset, sample })),
  );
  check({ lengths, perDomain: batchSize });
  const batchesPerEpoch = Math.max(Math.floor(all.length / batchSize), 1);
  const shuffles = new ShuffleCache(seed);
  return {
    batchSize,
    batchesPerEpoch,
    batch(epoch, index) {
      checkIndex(index, batchesPerEpoch);
      const order = shuffles.get(epoch, all.length, "mixed");
      return Array.from({ length: batchSize }, (_, at) => {
        const turn = (index * batchSize + at) % all.length;
        return all[order[turn] as number] as SampleChoice;
      });
    },
  };
}

/** One data set as two domains, for the method with a single source: same images, drawn independently. */
export function asTwoDomains(dataset: Dataset): [Dataset, Dataset] {
  return [dataset, { ...dataset, name: `${dataset.name} (second look)` }];
}

function choosePlace(places: ClassPlaces, random: Random): readonly [number, number, number] | undefined {
  const present = places.filter((list) => list.length > 0);
  return present.length === 0 ? undefined : random.choice(random.choice(present));
}

/** Permutations are asked for again and again while an epoch lasts; a few are kept. */
class ShuffleCache {
  readonly #seed: number;
  readonly #kept = new Map<string, Uint32Array>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  get(epoch: number, length: number, stream: string): Uint32Array {
    const key = `${epoch} ${stream}`;
    let order = this.#kept.get(key);
    if (!order) {
      order = new Random({ seed: this.#seed, epoch, stream }).randperm(length);
      this.#kept.set(key, order);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > 64 && oldest !== undefined) this.#kept.delete(oldest);
    }
    return order;
  }
}

function check({ lengths, perDomain, epoch, classUniform }: Omit<DomainSamplerOptions, "seed">): void {
  if (lengths.length === 0) throw new RangeError("sampler: there must be at least one data set");
  const empty = lengths.findIndex((length) => !(length >= 1));
  if (empty >= 0) throw new RangeError(`sampler: data set ${empty} has ${lengths[empty]} samples`);
  if (!Number.isInteger(perDomain) || perDomain < 1) {
    throw new RangeError(`sampler: a batch of ${perDomain} images is impossible; give a positive integer`);
  }
  if (typeof epoch === "number" && !(Number.isInteger(epoch) && epoch >= 1)) {
    throw new RangeError(`sampler: an epoch of ${epoch} batches is impossible; give a positive integer`);
  }
  if (classUniform && !(classUniform.fraction >= 0 && classUniform.fraction <= 1)) {
    throw new RangeError(
      `sampler: classUniform.fraction is ${classUniform.fraction}; give a share from 0 to 1`,
    );
  }
}

function checkIndex(index: number, batches: number): void {
  if (Number.isInteger(index) && index >= 0 && index < batches) return;
  throw new RangeError(`sampler: there is no batch ${index}; an epoch has ${batches}`);
}
