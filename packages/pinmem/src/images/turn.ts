// Turns pixels upright by their EXIF orientation, and finds in the file the part that will be a window of the upright image,
// so that of turned photographs, too, only what a crop needs is decoded.

import type { RgbImage, Size, Window } from "@pinmem/core";

/** From 5 on width and height change places. */
export const swapsSides = (orientation: number): boolean => orientation >= 5;

/** Which of the upright image's sides run against the file's: [columns, rows] of the file, for orientations 1 … 8. */
const mirrored = [
  [false, false],
  [true, false],
  [true, true],
  [false, true],
  [false, false],
  [false, true],
  [true, true],
  [true, false],
] as const;

const mirrorsOf = (orientation: number) => mirrored[orientation - 1] ?? mirrored[0];

/** The window of the stored image that holds a window of the upright one; `stored` is the size in the file. */
export function storedWindow(window: Window, stored: Size, orientation: number): Window {
  const { left, top, width, height } = swapsSides(orientation)
    ? { left: window.top, top: window.left, width: window.height, height: window.width }
    : window;
  const [mirrorX, mirrorY] = mirrorsOf(orientation);
  return {
    left: mirrorX ? stored.width - left - width : left,
    top: mirrorY ? stored.height - top - height : top,
    width,
    height,
  };
}

/** The stored pixels upright. */
export function turnUpright(stored: RgbImage, orientation: number): RgbImage {
  if (orientation === 1) return stored;
  const swap = swapsSides(orientation);
  const [mirrorX, mirrorY] = mirrorsOf(orientation);
  const [width, height] = swap ? [stored.height, stored.width] : [stored.width, stored.height];
  const row = 3 * stored.width;
  const stepX = mirrorX ? -3 : 3;
  const stepY = mirrorY ? -row : row;
  const first = (mirrorX ? row - 3 : 0) + (mirrorY ? row * (stored.height - 1) : 0);
  const [across, down] = swap ? [stepY, stepX] : [stepX, stepY];
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = first + y * down; x < width; x++, from += across, to += 3) {
      pixels[to] = stored.pixels[from] as number;
      pixels[to + 1] = stored.pixels[from + 1] as number;
      pixels[to + 2] = stored.pixels[from + 2] as number;
    }
  }
  return { width, height, pixels };
}
