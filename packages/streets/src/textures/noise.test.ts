import { describe, expect, it } from "vitest";
import { NoiseTile } from "./noise.js";

const tile = new NoiseTile({ seed: 9, coarsest: 16, octaves: 3, gain: 0.6 });

describe("NoiseTile", () => {
  it("has values between 0 and 1 with mean one half", () => {
    let sum = 0;
    for (let y = 0; y < 256; y++) {
      for (let x = 0; x < 256; x++) {
        const value = tile.at(x, y, 0.1);
        expect(value >= 0 && value <= 1).toBe(true);
        sum += value;
      }
    }
    expect(sum / 65536).toBeCloseTo(0.5, 1);
  });

  it("repeats after 256 texels in both directions, also below zero", () => {
    for (const [x, y] of [
      [3.25, 200.5],
      [255.9, 0.1],
      [17, 31],
    ] as const) {
      const value = tile.at(x, y, 0.5);
      expect(tile.at(x + 256, y, 0.5)).toBe(value);
      expect(tile.at(x - 512, y - 256, 0.5)).toBeCloseTo(value, 2);
    }
  });

  it("is continuous between texels", () => {
    for (let k = 0; k < 500; k++) {
      const x = k * 0.37;
      expect(Math.abs(tile.at(x, 5.2, 0.1) - tile.at(x + 1 / 256, 5.2, 0.1))).toBeLessThan(0.01);
    }
  });

  it("varies less the more of it a pixel covers", () => {
    const spread = (footprint: number) => {
      let squares = 0;
      for (let k = 0; k < 2000; k++) squares += (tile.at(k * 7.3, k * 3.1, footprint) - 0.5) ** 2;
      return squares / 2000;
    };
    expect(spread(8)).toBeLessThan(spread(1) * 0.8);
    expect(spread(64)).toBeLessThan(spread(8) * 0.2);
  });
});
