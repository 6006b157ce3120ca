// Samples of a domain's statistics: numbers, names and colors for one scene.

import type { Random } from "@pinmem/core";
import { blend, type Rgb } from "../color.js";
import type { Palette, Range, Weights } from "../domain.js";

export const sampleFrom = (random: Random, [low, high]: Range): number => random.uniform(low, high);

/** A whole number from the range, both ends included. */
export const sampleCount = (random: Random, [low, high]: Range): number =>
  Math.floor(random.uniform(low, high + 1));

/** A name by its weight. */
export function sampleByWeight<Name extends string>(random: Random, weights: Weights<Name>): Name {
  const entries = Object.entries(weights) as [Name, number][];
  let total = 0;
  for (const [, weight] of entries) total += weight;
  let at = random.uniform(0, total);
  for (const [name, weight] of entries) {
    at -= weight;
    if (at < 0) return name;
  }
  const last = entries[entries.length - 1];
  if (last === undefined) throw new Error("internal: sampleByWeight: there are no weights");
  return last[0];
}

/** A color between the first and the last of a palette. */
export const sampleBetween = (random: Random, palette: Palette): Rgb =>
  blend(palette[0] as Rgb, palette[palette.length - 1] as Rgb, random.uniform());

/** One of a palette's colors, a little lighter or darker. */
export function sampleColor(random: Random, palette: Palette, spread = 0.12): Rgb {
  const [r, g, b] = random.choice(palette);
  const gain = random.uniform(1 - spread, 1 + spread);
  return [r * gain, g * gain, b * gain];
}
