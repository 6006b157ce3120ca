// Wet streets: each pixel of the ground mirrors the column of the picture above the place where that column meets the
// ground. Right for what stands upright on the ground, which is nearly all there is in a street.

import { clamp } from "../arithmetic.js";
import type { Frame } from "../shading/frame.js";
import { clumps } from "../textures/noise.js";

export function reflectInWetGround({ width, height, color, scratch, wet }: Frame): void {
  scratch.set(color);
  // A ruffled surface smears the image up and down, more the farther below its object.
  for (let x = 0; x < width; x++) {
    let contact = 0;
    for (let y = 0; y < height; y++) {
      const amount = wet[y * width + x] as number;
      if (amount === 0) {
        contact = y;
        continue;
      }
      const below = y - contact;
      const ruffle = clumps.at((x * 300) / width, (y * 420) / height, 1.2) - 0.5;
      const source = contact - below * (1 + 0.25 * ruffle);
      const column = clamp(Math.round(x + ruffle * 0.012 * width), 0, width - 1);
      const spread = 0.12 * below + 0.4;
      let r = 0;
      let g = 0;
      let b = 0;
      for (let tap = -2; tap <= 2; tap++) {
        const row = clamp(Math.round(source + tap * spread), 0, contact);
        const at = 3 * (row * width + column);
        r += scratch[at] as number;
        g += scratch[at + 1] as number;
        b += scratch[at + 2] as number;
      }
      // Water mirrors more at grazing angles, far away.
      const grazing = 1 - (0.62 * y) / height;
      const share = amount * clamp(0.75 * grazing * grazing + 0.06, 0, 0.8);
      const at = 3 * (y * width + x);
      color[at] = (color[at] as number) * (1 - share) + (r / 5) * share;
      color[at + 1] = (color[at + 1] as number) * (1 - share) + (g / 5) * share;
      color[at + 2] = (color[at + 2] as number) * (1 - share) + (b / 5) * share;
    }
  }
}
