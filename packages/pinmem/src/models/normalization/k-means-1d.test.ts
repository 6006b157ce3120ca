import { Random } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { kMeans1d } from "./k-means-1d.js";

const costOf = (group: readonly number[]): number => {
  const mean = group.reduce((sum, value) => sum + value, 0) / group.length;
  return group.reduce((sum, value) => sum + (value - mean) ** 2, 0);
};

/** Smallest cost over all ways to cut the sorted values into at most `k` intervals. */
function bruteForce(sorted: readonly number[], k: number): number {
  if (k === 1) return costOf(sorted);
  let best = costOf(sorted);
  for (let cut = 1; cut < sorted.length; cut++) {
    best = Math.min(best, bruteForce(sorted.slice(0, cut), k - 1) + costOf(sorted.slice(cut)));
  }
  return best;
}

/** Cost of the clusters that were found. */
function costOfClusters(values: readonly number[], clusters: ReturnType<typeof kMeans1d>): number {
  const groups = clusters.map(({ from }, index) => {
    const to = clusters[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    return values.filter((value) => value >= from && value < to);
  });
  return groups.reduce((sum, group) => sum + costOf(group), 0);
}

describe("kMeans1d", () => {
  it.each([1, 2, 3, 5])("finds the best of all partitions into %i", (k) => {
    for (let trial = 0; trial < 40; trial++) {
      const random = new Random({ seed: 7, epoch: trial, index: k });
      // Few distinct values in some trials, so that equal ones meet.
      const values = Array.from({ length: 4 + (trial % 8) }, () =>
        trial % 2 ? Math.floor(random.uniform(0, 6)) : random.uniform(-3, 3),
      );
      const sorted = values.toSorted((a, b) => a - b);
      expect(costOfClusters(values, kMeans1d(values, k))).toBeCloseTo(bruteForce(sorted, k), 9);
    }
  });

  it("gives means, smallest values and counts, ascending", () => {
    expect(kMeans1d([9, 1, 10, 0, 0, 11], 2)).toEqual([
      { centroid: 1 / 3, from: 0, count: 3 },
      { centroid: 10, from: 9, count: 3 },
    ]);
  });

  it("makes no more clusters than there are distinct values, and none of nothing", () => {
    expect(kMeans1d([2, 2, 2], 3)).toEqual([{ centroid: 2, from: 2, count: 3 }]);
    expect(kMeans1d([], 3)).toEqual([]);
  });

  it("keeps its precision far from zero", () => {
    const clusters = kMeans1d([1e8, 1e8 + 1, 1e8 + 10, 1e8 + 11], 2);
    expect(clusters.map(({ from }) => from)).toEqual([1e8, 1e8 + 10]);
  });

  it.each([0, 1.5, Number.NaN])("refuses %d clusters", (clusters) => {
    expect(() => kMeans1d([1, 2], clusters)).toThrow(
      `'clusters' must be an integer of at least 1, got ${clusters}`,
    );
  });
});
