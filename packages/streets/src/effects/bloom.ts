// The glow around lights: what is brighter than white spreads over its surroundings, in three widths.

import type { Frame } from "../shading/frame.js";

const SHRINK = 4;
const THRESHOLD = 1.1;

export function addBloom({ width, height, color }: Frame, strength: number): void {
  const columns = Math.ceil(width / SHRINK);
  const rows = Math.ceil(height / SHRINK);
  const small = gatherBright(color, width, height, columns, rows);
  const sum = new Float32Array(small.length);
  const scratch = new Float32Array(small.length);
  const radius = Math.max(1, Math.round(height / SHRINK / 24));
  let gain = strength;
  for (let pass = 0; pass < 3; pass++) {
    blurBox(small, scratch, columns, rows, radius * (pass + 1));
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + gain * (small[at] as number);
    gain *= 0.7;
  }
  spread(color, width, height, sum, columns, rows);
}

/** What exceeds the threshold, a quarter as large. */
function gatherBright(
  color: Float32Array,
  width: number,
  height: number,
  columns: number,
  rows: number,
): Float32Array {
  const small = new Float32Array(3 * columns * rows);
  const share = 1 / (SHRINK * SHRINK);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / SHRINK) * columns;
    for (let x = 0; x < width; x++) {
      const from = 3 * (y * width + x);
      const r = (color[from] as number) - THRESHOLD;
      const g = (color[from + 1] as number) - THRESHOLD;
      const b = (color[from + 2] as number) - THRESHOLD;
      if (r <= 0 && g <= 0 && b <= 0) continue;
      const to = 3 * (row + Math.floor(x / SHRINK));
      if (r > 0) small[to] = (small[to] as number) + Math.min(r, 20) * share;
      if (g > 0) small[to + 1] = (small[to + 1] as number) + Math.min(g, 20) * share;
      if (b > 0) small[to + 2] = (small[to + 2] as number) + Math.min(b, 20) * share;
    }
  }
  return small;
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
): void {
  const line = new Float32Array(3 * columns);
  for (let y = 0; y < height; y++) {
    const sy = Math.min(rows - 1.001, Math.max(0, (y + 0.5) / SHRINK - 0.5));
    const y0 = Math.floor(sy);
    const fy = sy - y0;
    const above = 3 * y0 * columns;
    const below = above + 3 * columns;
    let any = 0;
    for (let k = 0; k < line.length; k++) {
      const upper = small[above + k] as number;
      line[k] = upper + ((small[below + k] as number) - upper) * fy;
      any += line[k] as number;
    }
    if (any <= 0) continue;
    for (let x = 0; x < width; x++) {
      const sx = Math.min(columns - 1.001, Math.max(0, (x + 0.5) / SHRINK - 0.5));
      const x0 = Math.floor(sx);
      const fx = sx - x0;
      const at = 3 * x0;
      const to = 3 * (y * width + x);
      color[to] = (color[to] as number) + (line[at] as number) * (1 - fx) + (line[at + 3] as number) * fx;
      color[to + 1] =
        (color[to + 1] as number) + (line[at + 1] as number) * (1 - fx) + (line[at + 4] as number) * fx;
      color[to + 2] =
        (color[to + 2] as number) + (line[at + 2] as number) * (1 - fx) + (line[at + 5] as number) * fx;
    }
  }
}
