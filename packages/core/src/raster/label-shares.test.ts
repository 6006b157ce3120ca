import { describe, expect, it } from "vitest";
import { areaShares, areStrokes, sampledShares, strokeShares } from "./label-shares.js";

const unlabeled = (width: number, height: number) => new Uint8Array(width * height).fill(255);

/** Of class 0. */
const plane = (shares: Float64Array, cells: number) => [...shares.subarray(0, cells)];

describe("shares of classes in cells", () => {
  it("are one in every cell of a picture of one class, whatever the sizes", () => {
    for (const [width, height, w, h] of [
      [1, 1, 1, 1],
      [33, 47, 5, 6],
      [4, 3, 9, 7],
      [50, 1, 7, 1],
    ] as const) {
      const labels = { width, height, trainIds: new Uint8Array(width * height) };
      for (const shares of [areaShares, sampledShares]) {
        for (const share of plane(shares(labels, { width: w, height: h }, 2), w * h))
          expect(share).toBeCloseTo(1, 12);
      }
    }
  });

  it("count a thin stroke by area in each cell that it passes, which samples at the centers miss", () => {
    const [width, height] = [65, 17];
    const trainIds = unlabeled(width, height);
    trainIds.fill(0, 4 * width, 7 * width); // three rows, within the first row of cells, below its centers
    const feature = { width: 9, height: 3 };
    const areas = plane(areaShares({ width, height, trainIds }, feature, 1), 27);
    // Rows 0 to 4.5 are the first row of cells, 4.5 to 12.5 the second.
    for (const share of areas.slice(0, 9)) expect(share).toBeCloseTo(0.5 / 4.5, 12);
    for (const share of areas.slice(9, 18)) expect(share).toBeCloseTo(2.5 / 8, 12);
    expect(areas.slice(18)).toEqual(new Array(9).fill(0));
    expect(plane(sampledShares({ width, height, trainIds }, feature, 1), 27)).toEqual(new Array(27).fill(0));
  });

  it("leave out what is not labeled, and sum to what is", () => {
    const [width, height] = [12, 10];
    const trainIds = Uint8Array.from({ length: 120 }, (_, at) => [0, 1, 255][at % 3] as number);
    const feature = { width: 3, height: 3 };
    const shares = areaShares({ width, height, trainIds }, feature, 2);
    for (let cell = 0; cell < 9; cell++) {
      const sum = (shares[cell] as number) + (shares[9 + cell] as number);
      expect(sum).toBeGreaterThan(0.5);
      expect(sum).toBeLessThan(0.85);
    }
  });

  it("are told by area of strokes that meet no center, and sampled of others", () => {
    const [size, feature] = [
      { width: 9, height: 1 },
      { width: 3, height: 1 },
    ];
    const labels = { ...size, trainIds: Uint8Array.of(255, 0, 255, 1, 1, 1, 255, 255, 255) };
    const [lost, met] = [0, 1].map((k) => [...strokeShares(labels, feature, 2).subarray(3 * k, 3 * k + 3)]);
    expect([...sampledShares(labels, feature, 2)]).toEqual([0, 0, 0, 0, 1, 0]);
    expect(met).toEqual([0, 1, 0]);
    expect(lost).toEqual([...areaShares(labels, feature, 2).subarray(0, 3)]);
    expect(lost?.some((share) => share > 0)).toBe(true);
  });

  it("know strokes by leaving most of a picture open", () => {
    expect(areStrokes(Uint8Array.of(0, 1, 255, 255), 2)).toBe(false);
    expect(areStrokes(Uint8Array.of(0, 2, 255, 255), 2)).toBe(true);
    expect(areStrokes(Uint8Array.of(255, 255), 2)).toBe(true);
  });
});
