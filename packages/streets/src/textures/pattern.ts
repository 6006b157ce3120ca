// Stripes and bars that are averaged over the width of a pixel exactly, so that windows, planks and road markings fade
// into their mean with distance instead of flickering.

import { clamp } from "../arithmetic.js";

/** The share of [x - width/2, x + width/2] that lies in [start, end]. */
export function bar(x: number, start: number, end: number, width: number): number {
  const half = width * 0.5 + 1e-6;
  const low = Math.max(x - half, start);
  const high = Math.min(x + half, end);
  return high > low ? (high - low) / (2 * half) : 0;
}

/** The share of [x - width/2, x + width/2] that lies in [start, end] + k * period for any integer k; 0 <= start <= end <= period. */
export function bars(x: number, period: number, start: number, end: number, width: number): number {
  const half = width * 0.5 + 1e-6;
  return (measure(x + half, period, start, end) - measure(x - half, period, start, end)) / (2 * half);
}

/** The length of the bars between 0 and x. */
function measure(x: number, period: number, start: number, end: number): number {
  const cell = Math.floor(x / period);
  return cell * (end - start) + clamp(x - cell * period - start, 0, end - start);
}

/** How visible detail of the given size is through a pixel of the given width: 1 near, 0 far. */
export const detail = (size: number, width: number): number => clamp(1.6 - width / size, 0, 1);
