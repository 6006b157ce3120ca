// The own vehicle's bonnet at the lower edge of the picture, as many real data sets show it: labeled 255, none of the classes.

import { IGNORE_INDEX, type Random } from "@pinmem/core";
import { smoothstep } from "../arithmetic.js";
import type { Rgb } from "../color.js";
import type { Frame } from "../shading/frame.js";

export function drawBonnet(frame: Frame, paint: Rgb, light: Rgb, random: Random): void {
  const { width, height, color, label, wet } = frame;
  const rise = random.uniform(0.07, 0.13);
  const flatness = random.uniform(2.2, 4);
  const skew = random.uniform(-0.06, 0.06);
  for (let y = Math.floor(height * (1 - rise - 0.02)); y < height; y++) {
    for (let x = 0; x < width; x++) {
      const across = (2 * (x + 0.5)) / width - 1 + skew;
      let bend = across * across;
      if (flatness > 3) bend *= across * across;
      const edge = height * (1 - rise * (1 - 0.75 * bend));
      const inside = y + 0.5 - edge;
      if (inside < -0.5) continue;
      const pixel = y * width + x;
      const cover = Math.min(1, inside + 0.5);
      const depth = inside / (height * rise);
      // The bonnet mirrors the bright sky towards its edge.
      const sheen =
        0.25 +
        0.5 * (1 - smoothstep(0, 0.9, depth)) +
        0.2 * (1 - smoothstep(0, 0.25, Math.abs(Math.abs(across) - 0.45)));
      for (let c = 0; c < 3; c++) {
        const shade = ((paint[c] as number) * 0.7 + 0.16 * sheen) * (light[c] as number);
        const at = 3 * pixel + c;
        color[at] = (color[at] as number) * (1 - cover) + shade * cover;
      }
      if (cover >= 0.5) {
        label[pixel] = IGNORE_INDEX;
        wet[pixel] = 0;
      }
    }
  }
}
