// What a lens does: it blurs a little, and bends red and blue light differently towards the edges.

import { exponential } from "../arithmetic.js";
import type { Frame } from "../shading/frame.js";

/** A Gaussian blur; `deviation` in pixels. */
export function blur({ width, height, color, scratch }: Frame, wanted: number): void {
  const deviation = Math.min(wanted, Math.min(width, height) / 8);
  if (deviation < 0.2) return;
  const radius = Math.ceil(2 * deviation);
  const kernel = new Float64Array(radius + 1);
  let total = 0;
  for (let k = 0; k <= radius; k++) {
    const weight = exponential((-k * k) / (2 * deviation * deviation));
    kernel[k] = weight;
    total += k === 0 ? weight : 2 * weight;
  }
  for (let k = 0; k <= radius; k++) kernel[k] = (kernel[k] as number) / total;
  for (let y = 0; y < height; y++) convolve(color, scratch, kernel, 3 * y * width, 3 * width, 3);
  for (let y = 0; y < height; y++) convolveRows(scratch, color, kernel, y, height, 3 * width);
}

/** One row along itself; beyond its ends it goes on as it ends. */
function convolve(
  from: Float32Array,
  to: Float32Array,
  kernel: Float64Array,
  start: number,
  length: number,
  step: number,
): void {
  const center = kernel[0] as number;
  const end = start + length;
  for (let at = start; at < end; at++) to[at] = (from[at] as number) * center;
  for (let tap = 1; tap < kernel.length; tap++) {
    const weight = kernel[tap] as number;
    const reach = tap * step;
    for (let at = start + reach; at < end - reach; at++) {
      to[at] = (to[at] as number) + ((from[at - reach] as number) + (from[at + reach] as number)) * weight;
    }
    for (let k = 0; k < reach; k++) {
      const first = start + k;
      const last = end - 1 - k;
      const channel = k % step;
      to[first] =
        (to[first] as number) +
        ((from[start + channel] as number) + (from[first + reach] as number)) * weight;
      to[last] =
        (to[last] as number) +
        ((from[end - 1 - channel] as number) + (from[last - reach] as number)) * weight;
    }
  }
}

/** Row y of the picture across its neighbors above and below. */
function convolveRows(
  from: Float32Array,
  to: Float32Array,
  kernel: Float64Array,
  y: number,
  height: number,
  length: number,
): void {
  const start = y * length;
  const center = kernel[0] as number;
  for (let at = start; at < start + length; at++) to[at] = (from[at] as number) * center;
  for (let tap = 1; tap < kernel.length; tap++) {
    const weight = kernel[tap] as number;
    const above = Math.max(0, y - tap) * length;
    const below = Math.min(height - 1, y + tap) * length;
    for (let k = 0; k < length; k++) {
      to[start + k] =
        (to[start + k] as number) + ((from[above + k] as number) + (from[below + k] as number)) * weight;
    }
  }
}

/** Magnifies red by `amount` and shrinks blue by it, across the width. */
export function fringe({ width, height, color, scratch }: Frame, amount: number): void {
  if (amount <= 0) return;
  scratch.set(color);
  const center = (width - 1) / 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 3 * (y * width + x);
      for (const [channel, gain] of shifts) {
        const source = Math.min(width - 1.001, Math.max(0, center + (x - center) * (1 + gain * amount)));
        const left = Math.floor(source);
        const part = source - left;
        const from = 3 * (y * width + left) + channel;
        color[at + channel] = (scratch[from] as number) * (1 - part) + (scratch[from + 3] as number) * part;
      }
    }
  }
}

const shifts: readonly (readonly [channel: number, gain: number])[] = [
  [0, -1],
  [2, 1],
];
