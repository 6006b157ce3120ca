// Pictures of the sources in another frame: less of the scene, or nearer. Light, air and camera are the same, only content differs,
// so that the trained statistics should stay: what is fitted must tell this from a shift.

import type { RgbImage } from "@pinmem/core";

/** Parts of a picture: left, top, right and bottom, as shares of its width and height. */
const frames = {
  "upper half": [0, 0, 1, 0.5],
  "lower half": [0, 0.5, 1, 1],
  "left part": [0, 0.25, 0.5, 0.75],
  middle: [0.3, 0.3, 0.7, 0.7],
} as const;

export type FramingKind = keyof typeof frames;
export const framingKinds = Object.keys(frames) as readonly FramingKind[];

export interface Labeled {
  readonly image: RgbImage;
  /** Train ids, one for each pixel. */
  readonly label: Uint8Array;
}

/** A picture and its label in another frame. */
export function framed({ image, label }: Labeled, kind: FramingKind): Labeled {
  const [left, top, right, bottom] = frames[kind];
  const [x, y] = [Math.floor(left * image.width), Math.floor(top * image.height)];
  const width = Math.max(1, Math.round(right * image.width) - x);
  const height = Math.max(1, Math.round(bottom * image.height) - y);
  const rows = Array.from({ length: height }, (_, row) => (y + row) * image.width + x);
  const part = (bytes: Uint8Array, channels: number): Uint8Array => {
    const result = new Uint8Array(width * height * channels);
    for (const [row, start] of rows.entries())
      result.set(bytes.subarray(start * channels, (start + width) * channels), row * width * channels);
    return result;
  };
  return { image: { width, height, pixels: part(image.pixels, 3) }, label: part(label, 1) };
}
