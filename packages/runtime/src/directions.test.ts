import { expect, test } from "vitest";
import { rowsAfter } from "./directions.js";

const rounded = (rows: Float32Array) => Array.from(rows, (value) => Number(value.toFixed(4)));

test("one row of a place takes the place of several of its class, mixed with the nearest that was written", () => {
  // Two classes of three rows each, of width 2; only the second class occurs, in the direction (0, 1).
  const before = Float32Array.of(1, 0, 0, 1, 0.6, 0.8, 1, 0, 0, 0, 0.6, 0.8);
  const sums = { sums: Float64Array.of(0, 0, 0, 5), counts: Float64Array.of(0, 5) };
  expect(rounded(rowsAfter(before, sums, 0))).toEqual(
    rounded(Float32Array.of(1, 0, 0, 1, 0.6, 0.8, 0, 1, 0, 0, 0, 0)),
  );
  const mixed = [0.5 * 0.6, 0.5 * 0.8 + 0.5];
  const length = Math.hypot(...mixed);
  const expected = [1, 0, 0, 1, 0.6, 0.8, ...mixed.map((value) => value / length), 0, 0, 0, 0];
  expect(rounded(rowsAfter(before, sums, 0.5))).toEqual(rounded(Float32Array.from(expected)));
  expect(rounded(rowsAfter(Float32Array.of(1, 0, 0.6, 0.8), sums, 0))).toEqual([1, 0, 0, 1]);
});
