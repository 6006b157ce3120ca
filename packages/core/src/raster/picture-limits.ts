// How large a picture may be that is decoded for somebody: more is refused before memory is taken for it, by programs and in
// pages alike.

/** 100 megapixels: more than any camera of the data sets, little enough for a worker's memory. */
export const MOST_PIXELS = 100_000_000;

/**
 * Of either side, as many as JPEG, GIF and WebP can have: decoders hold dozens of rows at once, so that a file of a hundred bytes
 * with one row of all the pixels would take gigabytes.
 */
export const LONGEST_SIDE = 65_535;
