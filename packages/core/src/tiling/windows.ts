// Where the windows of a sliding evaluation lie: one after the other with some overlap, the last one of a row or column moved
// back so that it ends with the image. As the official code's eval.py places them.

/**
 * First pixels of the windows on one axis.
 * @param size of the image on this axis
 * @param crop of a window; one as large as the image or larger covers it alone
 * @param overlap share of a window that the next one repeats
 */
export function windowStarts(size: number, crop: number, overlap: number): number[] {
  if (crop >= size) return [0];
  const stride = Math.max(1, Math.ceil(crop * (1 - overlap)));
  const windows = Math.ceil((size - crop) / stride) + 1;
  return Array.from({ length: windows }, (_, at) => Math.min(at * stride, size - crop));
}
