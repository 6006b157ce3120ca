import { describe, expect, it } from "vitest";
import type { Curve } from "./run-record.js";
import { deviationOf, downsample, meanOf, smooth } from "./statistics.js";

const line = (count: number): Curve => Array.from({ length: count }, (_, at) => [at, 2 * at] as const);

describe("means over runs", () => {
  it("deviate as a sample does, and not at all where there is one run", () => {
    expect(meanOf([1, 2, 6])).toBe(3);
    expect(deviationOf([1, 2, 6])).toBeCloseTo(Math.sqrt((4 + 1 + 9) / 2), 12);
    expect([meanOf([]), deviationOf([5])]).toEqual([null, null]);
  });
});

describe("curves", () => {
  it("keep their course with fewer points", () => {
    const few = downsample(line(5001));
    expect(few.length).toBeLessThanOrEqual(500);
    for (const [step, value] of few) expect(value).toBeCloseTo(2 * step, 9);
    expect(downsample(line(400))).toHaveLength(400);
  });

  it("are smoothed without bending at their ends, and without values that are none", () => {
    for (const [step, value] of smooth(line(200))) expect(value).toBeCloseTo(2 * step, 9);
    const gap: Curve = [
      [1, 1],
      [2, null],
      [3, 3],
    ];
    expect(smooth(gap, 1)[1]).toEqual([2, 2]);
    expect(downsample(gap, 1)).toEqual([[2, 2]]);
  });
});
