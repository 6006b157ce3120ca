// Colors of the renderer: linear light, three numbers from 0 to 1 (more than 1 for what shines). Palettes are written as
// people see colors, in sRGB hexadecimal, and become linear here once.

import { power } from "./arithmetic.js";

/** Linear red, green, blue. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** The sRGB transfer function's inverse: a display value in [0, 1] to linear light. */
export const toLinear = (display: number): number =>
  display <= 0.04045 ? display / 12.92 : power((display + 0.055) / 1.055, 2.4);

/** The sRGB transfer function: linear light in [0, 1] to a display value. */
export const toDisplay = (linear: number): number =>
  linear <= 0.0031308 ? linear * 12.92 : 1.055 * power(linear, 1 / 2.4) - 0.055;

/** `hex("#rrggbb")` or `hex("#rrggbb", gain)`: the color in linear light, times a gain for light sources. */
export function hex(code: string, gain = 1): Rgb {
  if (!/^#[0-9a-f]{6}$/i.test(code)) throw new Error(`internal: hex: "${code}" is not of the form #rrggbb`);
  const channel = (at: number) => toLinear(Number.parseInt(code.slice(at, at + 2), 16) / 255) * gain;
  return [channel(1), channel(3), channel(5)];
}

/** A list of colors, separated by spaces. */
export const palette = (codes: string): readonly Rgb[] =>
  codes
    .trim()
    .split(/\s+/)
    .map((code) => hex(code));

export const scaled = (color: Rgb, gain: number): Rgb => [color[0] * gain, color[1] * gain, color[2] * gain];

export const blend = (a: Rgb, b: Rgb, weight: number): Rgb => [
  a[0] + (b[0] - a[0]) * weight,
  a[1] + (b[1] - a[1]) * weight,
  a[2] + (b[2] - a[2]) * weight,
];

export const luminance = (r: number, g: number, b: number): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
