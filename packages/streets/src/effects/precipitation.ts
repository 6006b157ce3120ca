// What falls between the camera and the street, and what has landed on the lens. Labels do not change: the data sets' do not
// either.

import type { Random } from "@pinmem/core";
import { clamp } from "../arithmetic.js";
import type { Frame } from "../shading/frame.js";

/** Mean light of the picture, which falling drops and flakes scatter. */
function meanLight({ color }: Frame): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < color.length; at += 3)
    for (let c = 0; c < 3; c++) sum[c] = (sum[c] as number) + (color[at + c] as number);
  const share = 3 / color.length;
  return [sum[0] * share, sum[1] * share, sum[2] * share];
}

/** Moves one pixel's light towards another. */
function tint(
  color: Float32Array,
  at: number,
  [r, g, b]: readonly [number, number, number],
  weight: number,
): void {
  color[at] = (color[at] as number) * (1 - weight) + r * weight;
  color[at + 1] = (color[at + 1] as number) * (1 - weight) + g * weight;
  color[at + 2] = (color[at + 2] as number) * (1 - weight) + b * weight;
}

/** Streaks of rain; `density` 1 is a downpour. */
export function addRain(frame: Frame, density: number, random: Random): void {
  const { width, height, color } = frame;
  const [r, g, b] = meanLight(frame);
  const light = [r * 1.3 + 0.05, g * 1.3 + 0.05, b * 1.3 + 0.055] as const;
  const slant = random.uniform(-0.22, 0.22);
  const streaks = Math.round(300 * density);
  for (let k = 0; k < streaks; k++) {
    const near = random.uniform();
    const length = height * (0.03 + 0.11 * near * near);
    const weight = (0.06 + 0.16 * near) * random.uniform(0.5, 1);
    const x0 = random.uniform(-0.1, 1.1) * width;
    const y0 = random.uniform(-0.1, 1) * height;
    for (let step = 0; step < length; step++) {
      const x = Math.round(x0 + slant * step);
      const y = Math.round(y0 + step);
      if (x >= 0 && x < width && y >= 0 && y < height) tint(color, 3 * (y * width + x), light, weight);
    }
  }
}

/** Flakes, from specks far away to soft discs before the lens. */
export function addSnowfall(frame: Frame, density: number, random: Random): void {
  const { width, height, color } = frame;
  const [r, g, b] = meanLight(frame);
  const bright = Math.max(r, g, b) * 1.25 + 0.15;
  const light = [bright, bright, bright * 1.02] as const;
  const flakes = Math.round(420 * density);
  for (let k = 0; k < flakes; k++) {
    const near = random.uniform();
    const radius = (height / 128) * (0.5 + 2.2 * near * near * near * near);
    const weight = clamp(0.85 - 0.5 * near * near, 0.2, 1) * random.uniform(0.4, 1);
    addDisc(frame, random.uniform() * width, random.uniform() * height, radius, (at, inside) =>
      tint(color, at, light, weight * inside),
    );
  }
}

/** Drops on the windscreen: each shows the scene upside down, blurred, with a bright lower edge. */
export function addDrops(frame: Frame, density: number, random: Random): void {
  const { width, height, color, scratch } = frame;
  scratch.set(color);
  const drops = Math.round(26 * density);
  for (let k = 0; k < drops; k++) {
    const cx = random.uniform() * width;
    const cy = random.uniform() * height;
    const radius = (height / 128) * (1.2 + 3.8 * random.uniform() * random.uniform());
    addDisc(frame, cx, cy, radius, (at, inside, dx, dy) => {
      const sx = clamp(Math.round(cx - dx * 5), 0, width - 1);
      const sy = clamp(Math.round(cy - dy * 7), 0, height - 1);
      const from = 3 * (sy * width + sx);
      const edge = 1 + 0.35 * (dy / radius);
      const light = [
        (scratch[from] as number) * edge,
        (scratch[from + 1] as number) * edge,
        (scratch[from + 2] as number) * edge,
      ] as const;
      tint(color, at, light, 0.75 * inside);
    });
  }
}

function addDisc(
  { width, height }: Frame,
  cx: number,
  cy: number,
  radius: number,
  visit: (at: number, inside: number, dx: number, dy: number) => void,
): void {
  const reach = Math.ceil(radius + 0.5);
  const x0 = Math.max(0, Math.floor(cx - reach));
  const x1 = Math.min(width - 1, Math.ceil(cx + reach));
  const y0 = Math.max(0, Math.floor(cy - reach));
  const y1 = Math.min(height - 1, Math.ceil(cy + reach));
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const dx = x - cx;
      const dy = y - cy;
      const inside = clamp(radius - Math.sqrt(dx * dx + dy * dy) + 0.5, 0, 1);
      if (inside > 0) visit(3 * (y * width + x), inside, dx, dy);
    }
  }
}
