// How large an image may be: more pixels than this are refused before memory is taken for them.

import type { Size } from "@pinmem/core";
import { DataError } from "../files/data-error.js";

/** 100 megapixels: more than any camera of the data sets, little enough for a worker's memory. */
export const DEFAULT_MAX_PIXELS = 100_000_000;

/**
 * Of either side, as many as JPEG, GIF and WebP can have: decoders hold dozens of rows at once, so that a file of a hundred bytes
 * with one row of all the pixels would take gigabytes.
 */
const MOST_OF_A_SIDE = 65_535;

/** @throws DataError about the file where it has more pixels than the limit, or a side that is longer than any photograph's */
export function requirePixels(file: string, { width, height }: Size, maxPixels: number): void {
  const size = `is ${width}x${height} pixels`;
  if (width * height > maxPixels)
    throw new DataError(file, `${size}; the limit is ${maxPixels} pixels (\`maxPixels\`)`);
  if (Math.max(width, height) > MOST_OF_A_SIDE)
    throw new DataError(file, `${size}; no side may have more than ${MOST_OF_A_SIDE}: cut it into pieces`);
}
