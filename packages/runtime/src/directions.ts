// New rows of a memory from labeled cells of a feature: for each class the mean of the features' directions, as adaptation
// writes them, in double precision.
// Shapes: K classes, C width of the feature, h w its size.

import type { Value } from "./onnx.js";
import type { DirectionSums } from "./runner.js";

/** As in training: shorter features are divided by this. */
const LEAST_LENGTH = 1e-12;

/** Adds the directions of a feature (1, C, h, w), weighted with the shares (K, h, w) of the classes. */
export function addDirections(
  { sums, counts }: DirectionSums,
  { data, shape }: Value,
  shares: Float64Array,
): void {
  const [, width = 0, h = 0, w = 0] = shape;
  const feature = data as Float32Array;
  const cells = h * w;
  const direction = new Float64Array(width);
  for (let cell = 0; cell < cells; cell++) {
    let isRead = false;
    for (let k = 0; k < counts.length; k++) {
      const share = shares[k * cells + cell] as number;
      if (share === 0) continue;
      if (!isRead) readDirection(feature, cell, cells, direction);
      isRead = true;
      counts[k] = (counts[k] as number) + share;
      for (let c = 0; c < width; c++)
        sums[k * width + c] = (sums[k * width + c] as number) + share * (direction[c] as number);
    }
  }
}

function readDirection(feature: Float32Array, cell: number, cells: number, direction: Float64Array): void {
  let square = 0;
  for (let c = 0; c < direction.length; c++) {
    const value = feature[c * cells + cell] as number;
    direction[c] = value;
    square += value * value;
  }
  const length = Math.max(Math.sqrt(square), LEAST_LENGTH);
  for (let c = 0; c < direction.length; c++) direction[c] = (direction[c] as number) / length;
}

/**
 * Rows (K, C) after a write: of classes that occur the mean direction, mixed with the row before; of others the row before. With
 * several rows a class (K, R, C) one row takes the place of all of a class that occurs, its first, mixed with the nearest of them;
 * the others are as if never written.
 * @param momentum how much of the row before stays, in [0, 1)
 */
export function rowsAfter(
  before: Float32Array,
  { sums, counts }: DirectionSums,
  momentum: number,
): Float32Array {
  const rows = before.slice();
  const width = sums.length / counts.length;
  const each = before.length / counts.length; // numbers of a class
  for (const [k, count] of counts.entries()) {
    if (count === 0) continue;
    const mean = unit(sums.subarray(k * width, (k + 1) * width));
    const old = nearestRow(before.subarray(k * each, (k + 1) * each), mean);
    const mixed = mean.map((value, c) => momentum * (old[c] as number) + (1 - momentum) * value);
    rows.fill(0, k * each, (k + 1) * each);
    rows.set(unit(mixed), k * each);
  }
  return rows;
}

/** Of the rows of a class that were written the nearest to a direction; the first where none was. */
function nearestRow(rows: Float32Array, direction: Float64Array): Float32Array {
  const width = direction.length;
  let [nearest, largest] = [rows.subarray(0, width), Number.NEGATIVE_INFINITY];
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const cosine = row.reduce((sum, value, c) => sum + value * (direction[c] as number), 0);
    if (cosine <= largest || row.every((value) => value === 0)) continue;
    [nearest, largest] = [row, cosine];
  }
  return nearest;
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / Math.max(length, LEAST_LENGTH));
}
