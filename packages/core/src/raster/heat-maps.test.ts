import { describe, expect, it } from "vitest";
import { contrasted, heatMap, rawLimit } from "./heat-maps.js";
import { viridis } from "./viridis.js";

const rows = [
  [0.5, 0.25, 0.34],
  [0.3, 0.25, 0.33],
  [0.2, 0.5, 0.33],
].map((row) => Float32Array.from(row));

describe("contrasted", () => {
  it("reaches from 0 to 1 at every pixel, over rows and not over pixels", () => {
    const scaled = contrasted(rows).map((row) => [...row].map((value) => Number(value.toFixed(3))));
    expect(scaled).toEqual([
      [1, 0, 1],
      [0.333, 0, 0],
      [0, 1, 0],
    ]);
  });

  it("is 0 where all weights are the same", () => {
    expect(contrasted([Float32Array.of(0.5), Float32Array.of(0.5)])).toEqual([
      Float32Array.of(0),
      Float32Array.of(0),
    ]);
  });
});

describe("rawLimit", () => {
  it("is twice the flat weight, or the largest one where that is more", () => {
    expect(rawLimit(rows)).toBeCloseTo(2 / 3, 12);
    expect(rawLimit([...rows, Float32Array.of(0.9, 0, 0)])).toBeCloseTo(0.9, 6);
  });
});

describe("heatMap", () => {
  it("draws the color map alone, or 65 % of it over the gray image", () => {
    const size = { width: 2, height: 1, limit: 2 };
    const values = Float32Array.of(0, 2);
    expect([...heatMap(values, size).pixels]).toEqual([...viridis(0), ...viridis(1)]);
    const white = new Uint8Array(6).fill(255);
    const blended = heatMap(values, size, white).pixels;
    expect([...blended.subarray(0, 3)]).toEqual(
      viridis(0).map((channel) => Math.round(0.65 * channel + 0.35 * 255)),
    );
  });
});
