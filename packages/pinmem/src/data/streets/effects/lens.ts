// What a lens does: it blurs a little, and bends red and blue light differently towards the edges.

import { exponential } from "../arithmetic.js";
import type { Frame } from "../shading/frame.js";

/** A Gaussian blur; `deviation` in pixels. */
export function blur({ width, height, color, scratch }: Frame, deviation: number): void {
  if (deviation < 0.2) return;
  const radius = Math.ceil(2.5 * deviation);
  const kernel = new Float64Array(radius + 1);
  let total = 0;
  for (let k = 0; k <= radius; k++) {
    const weight = exponential((-k * k) / (2 * deviation * deviation));
    kernel[k] = weight;
    total += k === 0 ? weight : 2 * weight;
  }
  for (let k = 0; k <= radius; k++) kernel[k] = (kernel[k] as number) / total;
  convolve(color, scratch, kernel, height, width, 3 * width, 3);
  convolve(scratch, color, kernel, width, height, 3, 3 * width);
}

function convolve(
  from: Float32Array,
  to: Float32Array,
  kernel: Float64Array,
  lines: number,
  length: number,
  lineStep: number,
  step: number,
): void {
  const radius = kernel.length - 1;
  for (let line = 0; line < lines; line++) {
    for (let k = 0; k < length; k++) {
      const at = line * lineStep + k * step;
      const inside = k >= radius && k < length - radius;
      for (let c = 0; c < 3; c++) {
        let sum = (from[at + c] as number) * (kernel[0] as number);
        for (let tap = 1; tap <= radius; tap++) {
          const before = inside || k >= tap ? at - tap * step : line * lineStep;
          const after = inside || k + tap < length ? at + tap * step : line * lineStep + (length - 1) * step;
          sum += ((from[before + c] as number) + (from[after + c] as number)) * (kernel[tap] as number);
        }
        to[at + c] = sum;
      }
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
