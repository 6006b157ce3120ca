// Noise that looks like the stains, clumps and clouds of the real world: fractal value noise in tiles that repeat, made
// once, with smaller copies of each tile (mip levels), so that looking at it from afar averages instead of glittering.

import { hashUnit, mix } from "../arithmetic.js";

const SIZE = 256;
const MASK = SIZE - 1;
const LEVELS = 7;

/** Positions are looked up in steps of a 256th of a texel; values are whole numbers up to WHITE. */
const FRACTION = 8;
const WHITE = 255 << (2 * FRACTION);

interface NoiseOptions {
  readonly seed: number;
  /** Cells of the first octave along a side; each further octave halves the cell and has `gain` times its weight. */
  readonly coarsest: number;
  readonly octaves: number;
  readonly gain: number;
}

/** A tile of SIZE x SIZE values in [0, 1] with mean one half, made when it is first looked at. */
export class NoiseTile {
  readonly #options: NoiseOptions;
  #levels: readonly Uint8Array[] = [];

  constructor(options: NoiseOptions) {
    this.#options = options;
  }

  #make(): readonly Uint8Array[] {
    const levels = [fractal(this.#options)];
    for (let level = 1; level < LEVELS; level++) levels.push(halve(levels[level - 1] as Float32Array));
    this.#levels = levels.map((texels) => Uint8Array.from(texels, (value) => Math.round(255 * value)));
    return this.#levels;
  }

  /** The value at (x, y), in texels, averaged over about `footprint` texels; the tile repeats for ever. */
  at(x: number, y: number, footprint: number): number {
    return this.#lookUp((x * 256) | 0, (y * 256) | 0, (footprint * 0.72) | 0) / WHITE;
  }

  /** Whole numbers in and out: V8 would put every fraction that crosses a call on the heap. */
  #lookUp(x: number, y: number, width: number): number {
    const level = width < 1 ? 0 : Math.min(LEVELS - 1, 32 - Math.clz32(width));
    const texels = this.#levels[level] ?? (this.#make()[level] as Uint8Array);
    const mask = MASK >> level;
    const shift = 8 - level;
    const sx = x >> level;
    const sy = y >> level;
    const fx = sx & 255;
    const fy = sy & 255;
    const left = (sx >> FRACTION) & mask;
    const right = (left + 1) & mask;
    const row0 = ((sy >> FRACTION) & mask) << shift;
    const row1 = (((sy >> FRACTION) + 1) & mask) << shift;
    const a = texels[row0 + left] as number;
    const b = texels[row0 + right] as number;
    const c = texels[row1 + left] as number;
    const d = texels[row1 + right] as number;
    const upper = (a << FRACTION) + (b - a) * fx;
    const lower = (c << FRACTION) + (d - c) * fx;
    return (upper << FRACTION) + (lower - upper) * fy;
  }
}

function fractal({ seed, coarsest, octaves, gain }: NoiseOptions): Float32Array {
  const texels = new Float32Array(SIZE * SIZE);
  let cells = coarsest;
  let weight = 1;
  for (let octave = 0; octave < octaves && cells <= SIZE; octave++) {
    addOctave(texels, seed + octave * 7919, cells, weight);
    cells *= 2;
    weight *= gain;
  }
  return stretch(texels);
}

function addOctave(texels: Float32Array, seed: number, cells: number, weight: number): void {
  const lattice = Float32Array.from({ length: cells * cells }, (_, at) => hashUnit(seed, at));
  const step = SIZE / cells;
  for (let y = 0; y < SIZE; y++) {
    const y0 = Math.floor(y / step);
    const ty = fade(y / step - y0);
    const row0 = y0 * cells;
    const row1 = ((y0 + 1) % cells) * cells;
    for (let x = 0; x < SIZE; x++) {
      const x0 = Math.floor(x / step);
      const x1 = (x0 + 1) % cells;
      const tx = fade(x / step - x0);
      const upper = mix(lattice[row0 + x0] as number, lattice[row0 + x1] as number, tx);
      const lower = mix(lattice[row1 + x0] as number, lattice[row1 + x1] as number, tx);
      const at = y * SIZE + x;
      texels[at] = (texels[at] as number) + weight * mix(upper, lower, ty);
    }
  }
}

const fade = (t: number): number => t * t * (3 - 2 * t);

/** Scales to mean one half and four standard deviations across the range, cut at its ends. */
function stretch(texels: Float32Array): Float32Array {
  let sum = 0;
  let squares = 0;
  for (const value of texels) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / texels.length;
  const deviation = Math.sqrt(squares / texels.length - mean * mean);
  return texels.map((value) => Math.min(1, Math.max(0, 0.5 + (value - mean) / (4 * deviation))));
}

function halve(texels: Float32Array): Float32Array {
  const size = Math.round(Math.sqrt(texels.length));
  const half = size / 2;
  const result = new Float32Array(half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const at = 2 * y * size + 2 * x;
      const sum =
        (texels[at] as number) +
        (texels[at + 1] as number) +
        (texels[at + size] as number) +
        (texels[at + size + 1] as number);
      result[y * half + x] = sum / 4;
    }
  }
  return result;
}

/** Soft shapes of all sizes: clouds, stains, terrain. */
export const clouds = new NoiseTile({ seed: 1, coarsest: 4, octaves: 7, gain: 0.55 });
/** Middling clumps: leaves, plaster, dirt. */
export const clumps = new NoiseTile({ seed: 2, coarsest: 16, octaves: 5, gain: 0.75 });
/** Fine grain: asphalt, gravel, grass. */
export const grain = new NoiseTile({ seed: 3, coarsest: 64, octaves: 3, gain: 1 });
