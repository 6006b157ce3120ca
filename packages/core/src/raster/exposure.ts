// A picture as another exposure would have shown it. A network that was trained by day knows what is in the shadows of a picture at
// dusk once they are lifted, and batch norm, which scales and shifts, lifts no shadows.

import type { RgbImage } from "./resize.js";

/** The exponent of a gamma curve over values from 0 to 1: below 1 brighter, 1 as it is, above 1 darker. */
export type Exposure = number;

/** A picture under an exposure; the picture itself under 1. */
export function exposed(image: RgbImage, exposure: Exposure): RgbImage {
  if (exposure === 1) return image;
  const { width, height, pixels } = image;
  const curve = Uint8Array.from({ length: 256 }, (_, byte) => Math.round(255 * (byte / 255) ** exposure));
  return { width, height, pixels: pixels.map((byte) => curve[byte] as number) };
}
