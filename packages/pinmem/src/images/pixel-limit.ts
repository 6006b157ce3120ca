// Images that are too large are refused before memory is taken for them.

import { LONGEST_SIDE, type Size } from "@pinmem/core";
import { DataError } from "../files/data-error.js";

/** @throws DataError about the file where it has more pixels than the limit, or a side that is longer than any photograph's */
export function requirePixels(file: string, { width, height }: Size, maxPixels: number): void {
  const size = `is ${width}x${height} pixels`;
  if (width * height > maxPixels)
    throw new DataError(file, `${size}; the limit is ${maxPixels} pixels (\`maxPixels\`)`);
  if (Math.max(width, height) > LONGEST_SIDE)
    throw new DataError(file, `${size}; no side may have more than ${LONGEST_SIDE}: cut it into pieces`);
}
