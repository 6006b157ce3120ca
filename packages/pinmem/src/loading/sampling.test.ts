import { describe, expect, it } from "vitest";
import { type ClassPlaces, domainSampler, mixedSampler, type SampleChoice } from "./sampling.js";

const epochOf = (sampler: ReturnType<typeof domainSampler>, epoch = 0): SampleChoice[][] =>
  Array.from({ length: sampler.batchesPerEpoch }, (_, index) => sampler.batch(epoch, index));

const samplesOf = (batches: SampleChoice[][], dataset: number): number[] =>
  batches
    .flat()
    .filter((choice) => choice.dataset === dataset)
    .map(({ sample }) => sample);

describe("domainSampler", () => {
  it("puts a fixed number of each domain into every batch, domain after domain", () => {
    const sampler = domainSampler({ lengths: [10, 4, 7], perDomain: 2, seed: 1 });
    expect(sampler.batchSize).toBe(6);
    for (const batch of epochOf(sampler)) {
      expect(batch.map(({ dataset }) => dataset)).toEqual([0, 0, 1, 1, 2, 2]);
    }
  });

  it("shows the largest domain once in a full epoch, the smaller ones again in new orders", () => {
    const batches = epochOf(domainSampler({ lengths: [12, 5], perDomain: 1, seed: 1 }));
    expect(batches).toHaveLength(12);
    expect(samplesOf(batches, 0).sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
    const small = samplesOf(batches, 1);
    const passes = [small.slice(0, 5), small.slice(5, 10)];
    for (const pass of passes) expect([...pass].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(passes[0]).not.toEqual(passes[1]);
  });

  it("counts 2,975 images of every domain as the official epoch and draws with replacement", () => {
    const sampler = domainSampler({ lengths: [300, 5000], perDomain: 4, seed: 1, epoch: "official" });
    expect(sampler.batchesPerEpoch).toBe(743);
    const batches = epochOf(sampler);
    expect(new Set(samplesOf(batches, 0)).size).toBe(300);
    const large = samplesOf(batches, 1);
    expect(large).toHaveLength(2972);
    // Of 5,000 images, 2,972 draws with replacement show 5,000 (1 - exp(-2972 / 5000)) = 2,241 on average.
    expect(Math.abs(new Set(large).size - 2241)).toBeLessThan(100);
    expect(Math.max(...large)).toBeGreaterThan(4950);
  });

  it("takes a number of batches as the epoch's length", () => {
    const sampler = domainSampler({ lengths: [3], perDomain: 2, seed: 1, epoch: 50 });
    expect(epochOf(sampler)).toHaveLength(50);
    expect(() => sampler.batch(0, 50)).toThrow(/no batch 50; an epoch has 50/);
  });

  it("depends on seed, epoch and batch alone", () => {
    const make = (seed: number) =>
      domainSampler({ lengths: [40, 30], perDomain: 2, seed, epoch: "official" });
    const forward = epochOf(make(1), 3);
    const backward = make(1);
    for (const index of [700, 3, 42, 0]) expect(backward.batch(3, index)).toEqual(forward[index]);
    expect(epochOf(make(1), 4)).not.toEqual(forward);
    expect(epochOf(make(2), 3)).not.toEqual(forward);
  });

  it("draws a share of the images for a class, each class as often, and says where it is", () => {
    const rare: ClassPlaces = [
      Array.from({ length: 90 }, (_, sample) => [sample, 5, 6] as const),
      [],
      [[99, 700, 80]],
    ];
    const sampler = domainSampler({
      lengths: [100],
      perDomain: 1,
      seed: 1,
      epoch: 2000,
      classUniform: { fraction: 0.5, places: [rare] },
    });
    const choices = epochOf(sampler).flat();
    const focused = choices.filter(({ focus }) => focus);
    expect(Math.abs(focused.length - 1000)).toBeLessThan(120);
    const ofRare = focused.filter(({ focus }) => focus?.[0] === 700);
    expect(ofRare.every(({ sample }) => sample === 99)).toBe(true);
    expect(Math.abs(ofRare.length - 500)).toBeLessThan(100);
  });

  it("refuses impossible options", () => {
    expect(() => domainSampler({ lengths: [], perDomain: 1, seed: 1 })).toThrow(/at least one data set/);
    expect(() => domainSampler({ lengths: [3, 0], perDomain: 1, seed: 1 })).toThrow(
      /data set 1 has 0 samples/,
    );
    expect(() => domainSampler({ lengths: [3], perDomain: 0, seed: 1 })).toThrow(/a batch of 0 images/);
    expect(() => domainSampler({ lengths: [3], perDomain: 1, seed: 1, epoch: 0 })).toThrow(
      /an epoch of 0 batches/,
    );
  });
});

describe("mixedSampler", () => {
  it("shows every image of every domain once an epoch, in random order", () => {
    const sampler = mixedSampler({ lengths: [6, 2], batchSize: 2, seed: 1 });
    const choices = epochOf(sampler).flat();
    expect(choices).toHaveLength(8);
    expect(new Set(choices.map(({ dataset, sample }) => `${dataset}/${sample}`)).size).toBe(8);
    expect(epochOf(sampler, 1).flat()).not.toEqual(choices);
  });
});
