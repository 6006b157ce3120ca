// The glow around lights: what is brighter than white spreads over its surroundings, in three widths.

import type { Frame } from "../shading/frame.js";

const SHRINK = 4;
const THRESHOLD = 1.1;

export function addBloom({ width, height, color }: Frame, strength: number): void {
  const columns = Math.ceil(width / SHRINK);
  const rows = Math.ceil(height / SHRINK);
  const small = new Float32Array(3 * columns * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 3 * (y * width + x);
      const to = 3 * (Math.floor(y / SHRINK) * columns + Math.floor(x / SHRINK));
      for (let c = 0; c < 3; c++) {
        const excess = (color[from + c] as number) - THRESHOLD;
        if (excess > 0) small[to + c] = (small[to + c] as number) + Math.min(excess, 20) / (SHRINK * SHRINK);
      }
    }
  }
  const scratch = new Float32Array(small.length);
  const radius = Math.max(1, Math.round(height / SHRINK / 24));
  let gain = strength;
  for (let pass = 0; pass < 3; pass++) {
    blurBox(small, scratch, columns, rows, radius * (pass + 1));
    spread(color, width, height, small, columns, rows, gain);
    gain *= 0.7;
  }
}

/** A box blur along rows, then columns. */
function blurBox(
  values: Float32Array,
  scratch: Float32Array,
  columns: number,
  rows: number,
  radius: number,
): void {
  slide(values, scratch, rows, columns, 3 * columns, 3, radius);
  slide(scratch, values, columns, rows, 3, 3 * columns, radius);
}

function slide(
  from: Float32Array,
  to: Float32Array,
  lines: number,
  length: number,
  lineStep: number,
  step: number,
  radius: number,
): void {
  const share = 1 / (2 * radius + 1);
  for (let line = 0; line < lines; line++) {
    for (let c = 0; c < 3; c++) {
      const start = line * lineStep + c;
      let sum = 0;
      for (let k = -radius; k <= radius; k++) {
        if (k >= 0 && k < length) sum += from[start + k * step] as number;
      }
      for (let k = 0; k < length; k++) {
        to[start + k * step] = sum * share;
        const out = k - radius;
        const next = k + radius + 1;
        if (out >= 0) sum -= from[start + out * step] as number;
        if (next < length) sum += from[start + next * step] as number;
      }
    }
  }
}

/** Adds the small picture to the large one, interpolated. */
function spread(
  color: Float32Array,
  width: number,
  height: number,
  small: Float32Array,
  columns: number,
  rows: number,
  gain: number,
): void {
  for (let y = 0; y < height; y++) {
    const sy = Math.min(rows - 1.001, Math.max(0, (y + 0.5) / SHRINK - 0.5));
    const y0 = Math.floor(sy);
    const fy = sy - y0;
    for (let x = 0; x < width; x++) {
      const sx = Math.min(columns - 1.001, Math.max(0, (x + 0.5) / SHRINK - 0.5));
      const x0 = Math.floor(sx);
      const fx = sx - x0;
      const at = 3 * (y0 * columns + x0);
      const below = at + 3 * columns;
      const to = 3 * (y * width + x);
      for (let c = 0; c < 3; c++) {
        const upper = (small[at + c] as number) * (1 - fx) + (small[at + 3 + c] as number) * fx;
        const lower = (small[below + c] as number) * (1 - fx) + (small[below + 3 + c] as number) * fx;
        color[to + c] = (color[to + c] as number) + gain * (upper + (lower - upper) * fy);
      }
    }
  }
}
