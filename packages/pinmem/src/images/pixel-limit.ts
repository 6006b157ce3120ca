// How large an image may be: more pixels than this are refused before memory is taken for them.

import type { Size } from "@pinmem/core";
import { DataError } from "../files/data-error.js";

/** 100 megapixels: more than any camera of the data sets, little enough for a worker's memory. */
export const DEFAULT_MAX_PIXELS = 100_000_000;

/** @throws DataError about the file where it has more pixels than the limit */
export function requirePixels(file: string, { width, height }: Size, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw new DataError(file, `is ${width}x${height} pixels; the limit is ${maxPixels} pixels (\`maxPixels\`)`);
}
