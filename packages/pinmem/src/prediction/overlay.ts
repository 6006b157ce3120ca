// What people look at: the photograph with the classes' colors laid over it, and the classes' colors alone.

import type { LabelSpace, RgbImage } from "@pinmem/core";

export interface OverlayOptions {
  /** Share of the colors, 0 to 1; the rest is the photograph. Default 0.5. */
  readonly opacity?: number;
}

/** The photograph (H x W x 3) with each pixel tinted by its class (H x W train ids). */
export function overlay(
  { width, height, pixels }: RgbImage,
  trainIds: Uint8Array,
  space: LabelSpace,
  { opacity = 0.5 }: OverlayOptions = {},
): RgbImage {
  const share = Math.round(opacity * 256);
  const tints = colorTable(space).map((value) => value * share);
  const blended = new Uint8Array(pixels.length);
  for (let at = 0, from = 0; at < trainIds.length; at++) {
    const tint = (trainIds[at] as number) * 3;
    for (let channel = 0; channel < 3; channel++, from++) {
      const mixed = (pixels[from] as number) * (256 - share) + (tints[tint + channel] as number);
      blended[from] = (mixed + 128) >> 8;
    }
  }
  return { width, height, pixels: blended };
}

/** Red, green, blue of all 256 train ids; black for those that are no class. */
function colorTable({ classes }: LabelSpace): Uint32Array {
  const table = new Uint32Array(256 * 3);
  classes.forEach(({ color }, at) => {
    table.set(color, at * 3);
  });
  return table;
}
