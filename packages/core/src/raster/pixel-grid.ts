// Pixels picked from a label by rows and columns: what nearest resizing, cropping and mirroring come down to.

import { kernelsFor } from "./kernels.js";

/** Which rows and columns of an image are shown, in the order in which they are shown. */
export interface PixelGrid {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/** An image whose samples may have any depth, channels interleaved, row by row. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly samples: Uint8Array | Uint16Array;
}

/** The samples of the grid's pixels, all channels. */
export function pickSamples<T extends Samples>(image: T, { rows, columns }: PixelGrid): T {
  const { channels, samples } = image;
  const length = rows.length * columns.length * channels;
  const picked = samples instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
  let out = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * image.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) picked[out++] = samples[from + channel] as number;
    }
  }
  return { ...image, width: columns.length, height: rows.length, samples: picked };
}

/**
 * One byte for each pixel of the grid, looked up in a table of 256, row by row; and the table's entries met, combined by
 * "or". The bytes hold until the next call.
 */
export function pickThrough(
  table: Uint16Array,
  bytes: Uint8Array,
  stride: number,
  { rows, columns }: PixelGrid,
): { readonly picked: Uint8Array; readonly seen: number } {
  const count = rows.length * columns.length;
  const source = 512 + 4 * (rows.length + columns.length);
  const target = source + bytes.length;
  const { kernels, buffer } = kernelsFor(target + count);
  new Uint16Array(buffer, 0, 256).set(table);
  new Int32Array(buffer, 512, rows.length).set(rows);
  const columnsAt = 512 + 4 * rows.length;
  new Int32Array(buffer, columnsAt, columns.length).set(columns);
  new Uint8Array(buffer, source, bytes.length).set(bytes);
  const seen = kernels.pickThrough(source, stride, 512, rows.length, columnsAt, columns.length, 0, target);
  return { picked: new Uint8Array(buffer, target, count), seen };
}
