import { describe, expect, it } from "vitest";
import { cosine, exponential, hash, logarithm, power, sine, smoothstep } from "./arithmetic.js";

/** The largest difference from the engine's own function, over points of [from, to], relative to values above one. */
function worst(ours: (x: number) => number, theirs: (x: number) => number, from: number, to: number): number {
  let largest = 0;
  for (let k = 0; k <= 4000; k++) {
    const x = from + ((to - from) * k) / 4000;
    const expected = theirs(x);
    largest = Math.max(largest, Math.abs(ours(x) - expected) / Math.max(1, Math.abs(expected)));
  }
  return largest;
}

describe("arithmetic", () => {
  it("agrees with the engine's functions to 1e-7", () => {
    expect(worst(sine, Math.sin, -20, 20)).toBeLessThan(1e-7);
    expect(worst(cosine, Math.cos, -20, 20)).toBeLessThan(1e-7);
    expect(worst(exponential, Math.exp, -30, 30)).toBeLessThan(1e-7);
    expect(worst(logarithm, Math.log, 1e-6, 1e4)).toBeLessThan(1e-7);
    expect(
      worst(
        (x) => power(x, 2.4),
        (x) => x ** 2.4,
        0,
        3,
      ),
    ).toBeLessThan(1e-6);
  });

  it("gives exact values where they are known", () => {
    expect(exponential(0)).toBe(1);
    expect(power(0, 2.4)).toBe(0);
    expect(sine(0)).toBe(0);
    expect([smoothstep(1, 3, 0), smoothstep(1, 3, 2), smoothstep(1, 3, 9)]).toEqual([0, 0.5, 1]);
  });

  it("hashes neighbors to unrelated numbers", () => {
    const bits = new Float64Array(32);
    let different = 0;
    for (let k = 0; k < 2000; k++) {
      const changed = hash(k, 7) ^ hash(k + 1, 7);
      for (let bit = 0; bit < 32; bit++) {
        const flips = (changed >>> bit) & 1;
        bits[bit] = (bits[bit] as number) + flips;
        different += flips;
      }
    }
    expect(different / 2000 / 32).toBeCloseTo(0.5, 2);
    // Five standard deviations of 2000 fair coins.
    for (const flips of bits) expect(Math.abs(flips - 1000)).toBeLessThan(5 * Math.sqrt(500));
  });
});
