// Outlines too intricate for a formula: sampled once on a small grid and interpolated, so that they stay smooth when near.

import { clamp, hashUnit } from "../arithmetic.js";
import { type Cutout, HOLE, OUTSIDE, SOLID } from "../surface.js";

export const BITMAP_SIZE = 96;

/** The level at the outline; higher is inside. */
export const OUTLINE = 128;

/** Single leaves at the edge: what to add to the level, in a tile over u and v. */
const LEAVES = 64;
const leaves = Int8Array.from({ length: LEAVES * LEAVES }, (_, k) => Math.floor(76 * hashUnit(k, 5)) - 38);

/** A function over u, v from -1 to 1 that is positive inside, about as large as the distance from the outline. */
type Inside = (u: number, v: number) => number;

export class Bitmap implements Cutout {
  readonly seeThrough: boolean;
  readonly #inside: Inside;
  readonly #outline: Inside | undefined;
  #solid: Uint8Array | undefined;
  #around: Uint8Array | undefined;

  /** `outline`: around what is solid and its holes, where it has any. */
  constructor(inside: Inside, outline?: Inside) {
    this.#inside = inside;
    this.#outline = outline;
    this.seeThrough = outline !== undefined;
  }

  /** Levels of what is solid; made when first looked at. */
  get solid(): Uint8Array {
    this.#solid ??= sample(this.#inside);
    return this.#solid;
  }

  at(u: number, v: number): typeof OUTSIDE | typeof HOLE | typeof SOLID {
    if (levelAt(this.solid, u, v) >= OUTLINE) return SOLID;
    if (this.#outline === undefined) return OUTSIDE;
    this.#around ??= sample(this.#outline);
    return levelAt(this.#around, u, v) >= OUTLINE ? HOLE : OUTSIDE;
  }
}

function sample(inside: Inside): Uint8Array {
  const levels = new Uint8Array(BITMAP_SIZE * BITMAP_SIZE);
  const coordinate = (cell: number) => (2 * cell) / (BITMAP_SIZE - 1) - 1;
  for (let row = 0; row < BITMAP_SIZE; row++) {
    for (let column = 0; column < BITMAP_SIZE; column++) {
      const border = row === 0 || column === 0 || row === BITMAP_SIZE - 1 || column === BITMAP_SIZE - 1;
      const level = border ? -1 : inside(coordinate(column), coordinate(row));
      levels[row * BITMAP_SIZE + column] = clamp(OUTLINE + 127 * level, 0, 255);
    }
  }
  return levels;
}

/** The interpolated level at (u, v), roughened by leaves; 0 beyond the edges. */
export function levelAt(levels: Uint8Array, u: number, v: number): number {
  const x = (u + 1) * ((BITMAP_SIZE - 1) / 2);
  const y = (v + 1) * ((BITMAP_SIZE - 1) / 2);
  if (!(x >= 0 && y >= 0 && x < BITMAP_SIZE - 1 && y < BITMAP_SIZE - 1)) return 0;
  const column = x | 0;
  const row = y | 0;
  const fx = x - column;
  const fy = y - row;
  const at = row * BITMAP_SIZE + column;
  const a = levels[at] as number;
  const b = levels[at + 1] as number;
  const c = levels[at + BITMAP_SIZE] as number;
  const d = levels[at + BITMAP_SIZE + 1] as number;
  const upper = a + (b - a) * fx;
  const leaf = leaves[(((y * 0.97) & (LEAVES - 1)) << 6) | ((x * 1.03) & (LEAVES - 1))] as number;
  return upper + (c + (d - c) * fx - upper) * fy + leaf;
}
