// A part of an image, as tiles are cut from it.

import type { RgbImage, Window } from "./resize.js";

/** The pixels of a window that lies inside the image, as an image of their own. */
export function cutWindow(image: RgbImage, { left, top, width, height }: Window): RgbImage {
  const pixels = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const begin = ((top + row) * image.width + left) * 3;
    pixels.set(image.pixels.subarray(begin, begin + width * 3), row * width * 3);
  }
  return { width, height, pixels };
}
