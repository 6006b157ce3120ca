// Train ids as a picture for people.

import type { LabelSpace } from "@pinmem/core";

/**
 * A label in the colors of its space: red, green and blue of each pixel; ignored pixels are black.
 * @param trainIds one for each pixel, row by row
 */
export function colorLabel(space: LabelSpace, trainIds: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(trainIds.length * 3);
  trainIds.forEach((trainId, at) => {
    const color = space.classes[trainId]?.color;
    if (color) pixels.set(color, at * 3);
  });
  return pixels;
}
