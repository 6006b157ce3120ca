// Pixels picked from a label by rows and columns: what nearest resizing, cropping and mirroring come down to.

import type { PngSamples } from "./png.js";

/** Which rows and columns of an image are shown, in the order in which they are shown. */
export interface PixelGrid {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/** The samples of the grid's pixels, all channels. */
export function pickSamples(png: PngSamples, { rows, columns }: PixelGrid): PngSamples {
  const { channels, samples } = png;
  const length = rows.length * columns.length * channels;
  const picked = samples instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
  let out = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * png.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) picked[out++] = samples[from + channel] as number;
    }
  }
  return { ...png, width: columns.length, height: rows.length, samples: picked };
}

/**
 * One byte for each pixel of the grid, looked up in a table of 256; the upper bits of the table's entries are gathered
 * over all pixels shown and returned.
 */
export function pickThrough(
  table: Uint16Array,
  bytes: Uint8Array,
  stride: number,
  { rows, columns }: PixelGrid,
  picked: Uint8Array,
): number {
  const width = columns.length;
  let seen = 0;
  for (let y = 0, out = 0; y < rows.length; y++, out += width) {
    const row = rows[y] as number;
    if (y > 0 && row === rows[y - 1]) {
      picked.copyWithin(out, out - width, out);
      continue;
    }
    const begin = row * stride;
    for (let x = 0; x < width; x++) {
      const entry = table[bytes[begin + (columns[x] as number)] as number] as number;
      seen |= entry;
      picked[out + x] = entry;
    }
  }
  return seen & ~255;
}
