// Cosines of one cell of a feature and rows of a memory, in double precision: what votes are made of.
// Shapes: K rows or classes, C width of the feature.

import type { Value } from "./onnx.js";

/**
 * Of each class the largest over its rows; 0 for rows that were never written.
 * @param feature (1, C, h, w)
 * @param rows (K, C), or (K, R, C)
 */
export function cosinesOf(
  { data, shape }: Value,
  cell: number,
  rows: Float32Array,
  classes: number,
): Float32Array {
  const [, width = 0, h = 0, w = 0] = shape;
  const feature = Float64Array.from({ length: width }, (_, c) => data[c * h * w + cell] as number);
  const length = Math.sqrt(feature.reduce((sum, value) => sum + value * value, 0)) || 1;
  const each = rows.length / classes;
  return Float32Array.from({ length: classes }, (_, k) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let from = k * each; from < (k + 1) * each; from += width) {
      let dot = 0;
      for (let c = 0; c < width; c++) dot += (feature[c] as number) * (rows[from + c] as number);
      most = Math.max(most, dot / length);
    }
    return most;
  });
}
