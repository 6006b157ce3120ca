// Read weights of one image as colors. Two scales, for two questions:
//
// - `contrast`, the official code's: at every pixel the smallest weight of all rows becomes 0 and the largest 1. It shows
//   which class a pixel reads most, however little more than the others. Laid over the image, 65 % color map.
// - `raw`: the weights as they are, from 0, so that a flat read looks flat: every row then has the weight 1/K.

import type { RgbImage } from "./resize.js";
import { viridis } from "./viridis.js";

export type HeatScale = "contrast" | "raw";

/** Share of the color map in pictures laid over the image. */
export const BLEND = 0.65;

/** At every pixel, weights of all rows moved and scaled to reach from 0 to 1; 0 where they are all the same. */
export function contrasted(weights: readonly Float32Array[]): Float32Array[] {
  const pixels = weights[0]?.length ?? 0;
  const scaled = weights.map(() => new Float32Array(pixels));
  for (let pixel = 0; pixel < pixels; pixel++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const row of weights) {
      const value = row[pixel] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (high <= low) continue;
    weights.forEach((row, at) => {
      (scaled[at] as Float32Array)[pixel] = ((row[pixel] as number) - low) / (high - low);
    });
  }
  return scaled;
}

/** The upper end of the raw scale: the largest weight in the image, and at least twice the flat one. */
export function rawLimit(weights: readonly Float32Array[]): number {
  let limit = 2 / weights.length;
  for (const row of weights) for (const value of row) if (value > limit) limit = value;
  return limit;
}

/** Values over a limit (0 to `limit`) in the color map, over a gray image where one is given. */
export function heatMap(
  values: Float32Array,
  { width, height, limit = 1 }: { readonly width: number; readonly height: number; readonly limit?: number },
  over?: Uint8Array,
): RgbImage {
  const pixels = new Uint8Array(values.length * 3);
  values.forEach((value, at) => {
    const color = viridis(value / limit);
    // Luma of ITU-R BT.601.
    const gray = over
      ? 0.299 * (over[3 * at] as number) +
        0.587 * (over[3 * at + 1] as number) +
        0.114 * (over[3 * at + 2] as number)
      : 0;
    color.forEach((channel, c) => {
      pixels[3 * at + c] = over ? Math.round(BLEND * channel + (1 - BLEND) * gray) : channel;
    });
  });
  return { width, height, pixels };
}
