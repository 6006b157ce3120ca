// The memory's cosines as pixels for TensorBoard: white at 0 and where there is none, red towards 1, blue towards -1.

import { cosineCells, type RgbImage } from "@pinmem/core";

const CELL = 16;

/** A square of pixels for each of K x K cosines. */
export function drawMatrix(cosine: readonly (readonly number[])[]): RgbImage {
  const side = cosine.length * CELL;
  const pixels = new Uint8Array(side * side * 3);
  for (const { row, column, value } of cosineCells(cosine)) {
    const filled = color(value ?? 0);
    for (let y = row * CELL; y < (row + 1) * CELL; y++) {
      for (let x = column * CELL; x < (column + 1) * CELL; x++) pixels.set(filled, (y * side + x) * 3);
    }
  }
  return { width: side, height: side, pixels };
}

function color(value: number): [red: number, green: number, blue: number] {
  const faded = Math.round(255 * (1 - Math.min(Math.abs(value), 1)));
  return value >= 0 ? [255, faded, faded] : [faded, faded, 255];
}
