import { describe, expect, it } from "vitest";
import { philox, Random } from "./random.js";

const words = (...counterAndKey: [number, number, number, number, number, number]): string[] => {
  const block = new Uint32Array(4);
  philox(block, ...counterAndKey);
  return [...block].map((word) => word.toString(16).padStart(8, "0"));
};

describe("philox", () => {
  it("gives the known answers of Random123 (kat_vectors, philox4x32 10)", () => {
    expect(words(0, 0, 0, 0, 0, 0)).toEqual(["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]);
    const ones = 0xffffffff;
    expect(words(ones, ones, ones, ones, ones, ones)).toEqual([
      "408f276d",
      "41c83b0e",
      "a20bc7c6",
      "6d5451fd",
    ]);
    expect(words(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0)).toEqual([
      "d16cfe09",
      "94fdcceb",
      "5001e420",
      "24126ea1",
    ]);
  });
});

describe("Random", () => {
  const draw = (random: Random, count = 6) => Array.from({ length: count }, () => random.uint32());

  it("depends on the position alone", () => {
    const position = { seed: 304, epoch: 3, index: 17, stream: "crop" };
    expect(draw(new Random(position))).toEqual(draw(new Random(position)));
  });

  it("differs when any part of the position differs", () => {
    const base = { seed: 304, epoch: 3, index: 17, stream: "crop" };
    const others = [
      { ...base, seed: 305 },
      { ...base, seed: 304 + 2 ** 32 },
      { ...base, epoch: 4 },
      { ...base, index: 18 },
      { ...base, stream: "flip" },
    ].map((position) => draw(new Random(position)).join());
    expect(new Set([draw(new Random(base)).join(), ...others]).size).toBe(6);
  });

  it("is uniform: mean, variance and every sixteenth of [0, 1) are as expected", () => {
    const random = new Random({ seed: 1 });
    const bins = new Array<number>(16).fill(0);
    let sum = 0;
    let squares = 0;
    const count = 64_000;
    for (let at = 0; at < count; at++) {
      const value = random.uniform();
      sum += value;
      squares += value * value;
      const bin = Math.floor(value * 16);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    expect(sum / count).toBeCloseTo(0.5, 2);
    expect(squares / count - (sum / count) ** 2).toBeCloseTo(1 / 12, 2);
    const chiSquare = bins.reduce((total, bin) => total + (bin - count / 16) ** 2 / (count / 16), 0);
    expect(chiSquare).toBeLessThan(37.7); // 0.1 % point of chi-square with 15 degrees of freedom
  });

  it("draws normal numbers with the mean and deviation asked for", () => {
    const random = new Random({ seed: 2 });
    const values = Array.from({ length: 40_000 }, () => random.normal(3, 2));
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(3, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(2, 1);
  });

  it("permutes: every integer once, every first place about as often", () => {
    const firsts = new Array<number>(5).fill(0);
    for (let index = 0; index < 2000; index++) {
      const order = new Random({ seed: 3, index }).randperm(5);
      expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
      const first = order[0] ?? -1;
      firsts[first] = (firsts[first] ?? 0) + 1;
    }
    for (const count of firsts) expect(Math.abs(count - 400)).toBeLessThan(90);
  });

  it("names the field and the range when a position is impossible", () => {
    expect(() => new Random({ seed: -1 })).toThrow(/seed is -1, but must be an integer from 0/);
    expect(() => new Random({ seed: 1, index: 1.5 })).toThrow(/index is 1.5/);
    expect(() => new Random({ seed: 1 }).randint(4, 4)).toThrow(/\[4, 4\) is not a range/);
    expect(() => new Random({ seed: 1 }).choice([])).toThrow(/nothing to choose from/);
  });
});
