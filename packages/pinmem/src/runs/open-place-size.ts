// How much larger or smaller than the crops of its training a picture may be before a network sees everything in it in sizes that
// it does not know.

import type { Size } from "@pinmem/core";

/** From so many times on. */
export const MOST_TIMES = 10;

/** How many times as large as a crop, by their longer sides. */
export const timesTheCrop = (picture: Size, crop: Size): number =>
  Math.max(picture.width, picture.height) / Math.max(crop.width, crop.height);

/** As large, in crops, as pictures are in usual trainings. */
const USUAL_TIMES = 3;

/** A height at which such a picture has a size that the network knows. */
export const fittingHeight = (picture: Size, crop: Size): number =>
  Math.max(16, Math.round((picture.height * USUAL_TIMES) / timesTheCrop(picture, crop)));

/** Of a picture that the network sees at a height; its own where none is given. */
export const sizeSeen = ({ width, height }: Size, seen: number | undefined): Size =>
  seen === undefined
    ? { width, height }
    : { width: Math.max(1, Math.trunc((width / height) * seen)), height: seen };
