// Properties of batches, over samplers drawn at random.

import { Random } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { type ClassPlaces, domainSampler, mixedSampler, OFFICIAL_EPOCH, type Sampler } from "./sampling.js";

const TRIALS = 60;

/** Each trial with random numbers of its own; a failure names its trial. */
function trials(stream: string, check: (random: Random, trial: number) => void): void {
  for (let index = 0; index < TRIALS; index++) {
    try {
      check(new Random({ seed: 7, index, stream }), index);
    } catch (error) {
      throw new Error(`trial ${index}: ${(error as Error).message}`, { cause: error });
    }
  }
}

const lengthsOf = (random: Random) =>
  Array.from({ length: random.randint(1, 5) }, () => random.randint(1, 40));

const wholeEpoch = (sampler: Sampler, epoch: number) =>
  Array.from({ length: sampler.batchesPerEpoch }, (_, index) => sampler.batch(epoch, index));

/** How often each sample of a data set is drawn. */
function countsOf(batches: ReturnType<typeof wholeEpoch>, lengths: readonly number[]): number[][] {
  const counts = lengths.map((length) => Array(length).fill(0) as number[]);
  for (const { dataset, sample } of batches.flat()) {
    const list = counts[dataset] as number[];
    expect(sample).toBeLessThan(list.length);
    list[sample] = (list[sample] as number) + 1;
  }
  return counts;
}

const spread = (counts: readonly number[]) => Math.max(...counts) - Math.min(...counts);

describe("domainSampler", () => {
  it("fills each batch with so many of each domain, domain after domain, and draws alike within a domain", () => {
    trials("domains", (random) => {
      const lengths = lengthsOf(random);
      const perDomain = random.randint(1, 6);
      const epoch = random.bernoulli() ? ("full" as const) : random.randint(1, 30);
      const sampler = domainSampler({ lengths, perDomain, seed: random.randint(0, 99), epoch });
      const batches = wholeEpoch(sampler, random.randint(0, 9));
      const order = lengths.flatMap((_, dataset) => Array(perDomain).fill(dataset) as number[]);
      for (const batch of batches) expect(batch.map(({ dataset }) => dataset)).toEqual(order);
      for (const counts of countsOf(batches, lengths)) expect(spread(counts)).toBeLessThanOrEqual(1);
      if (epoch === "full") {
        expect(sampler.batchesPerEpoch).toBe(Math.max(Math.floor(Math.max(...lengths) / perDomain), 1));
      }
    });
  });

  it("gives a batch by its place alone, whatever was asked for before", () => {
    trials("places", (random) => {
      const options = {
        lengths: lengthsOf(random),
        perDomain: random.randint(1, 4),
        seed: random.randint(0, 99),
        epoch: random.choice(["full", "official", 20] as const),
      };
      const sampler = domainSampler(options);
      for (let turn = 0; turn < 10; turn++) {
        const [epoch, index] = [random.randint(0, 100), random.randint(0, sampler.batchesPerEpoch)];
        expect(sampler.batch(epoch, index)).toEqual(domainSampler(options).batch(epoch, index));
      }
      const all = JSON.stringify(wholeEpoch(sampler, 0));
      if (Math.max(...options.lengths) > 8 && options.epoch !== "official") {
        expect(JSON.stringify(wholeEpoch(sampler, 1))).not.toBe(all);
      }
      for (const index of [-1, 0.5, sampler.batchesPerEpoch]) {
        expect(() => sampler.batch(0, index)).toThrow(/there is no batch/);
      }
    });
  });

  it("counts an official epoch as 2,975 images of each domain", () => {
    trials("official", (random) => {
      const perDomain = random.randint(1, 9);
      const { batchesPerEpoch } = domainSampler({
        lengths: lengthsOf(random),
        perDomain,
        seed: 1,
        epoch: "official",
      });
      expect(batchesPerEpoch).toBe(Math.floor(OFFICIAL_EPOCH / perDomain));
    });
  });

  it("focuses on places that the sampled image has, as often as asked for", () => {
    let focused = 0;
    let all = 0;
    trials("focus", (random) => {
      const lengths = lengthsOf(random);
      const places = lengths.map(
        (length): ClassPlaces =>
          Array.from({ length: 4 }, () =>
            Array.from({ length: random.randint(0, 5) }, () => {
              const sample = random.randint(0, length);
              return [sample, 100 * sample, random.randint(0, 50)] as const;
            }),
          ),
      );
      const sampler = domainSampler({
        lengths,
        perDomain: 3,
        seed: random.randint(0, 1000),
        epoch: 10,
        classUniform: { fraction: 0.5, places },
      });
      for (const { dataset, sample, focus } of wholeEpoch(sampler, 0).flat()) {
        const there = (places[dataset] as ClassPlaces).flat();
        if (there.length > 0) all++;
        if (!focus) continue;
        focused++;
        expect(there).toContainEqual([sample, ...focus]);
      }
    });
    expect(focused / all).toBeCloseTo(0.5, 1);
  });
});

describe("mixedSampler", () => {
  it("draws all images of all domains alike", () => {
    trials("mixed", (random) => {
      const lengths = lengthsOf(random);
      const total = lengths.reduce((sum, length) => sum + length, 0);
      const batchSize = random.randint(1, 12);
      const sampler = mixedSampler({ lengths, batchSize, seed: random.randint(0, 99) });
      const batches = wholeEpoch(sampler, random.randint(0, 9));
      expect(batches.every((batch) => batch.length === batchSize)).toBe(true);
      const counts = countsOf(batches, lengths).flat();
      expect(spread(counts)).toBeLessThanOrEqual(1);
      if (batchSize <= total) expect(Math.max(...counts)).toBe(1);
    });
  });
});
