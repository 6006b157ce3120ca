// The marks that JPEG leaves: blocks of 8x8 pixels go through the cosine transform, are rounded as JPEG's example tables
// (ITU T.81, annex K) say for the quality, and come back. Not a file format: only its loss.

import { clamp, cosine } from "../arithmetic.js";

// biome-ignore format: a table
const lumaTable = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
// biome-ignore format: a table
const chromaTable = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99,
];

/** basis[frequency * 8 + position] */
const basis = Float64Array.from({ length: 64 }, (_, k) => {
  const frequency = k >> 3;
  const position = k & 7;
  const scale = frequency === 0 ? Math.SQRT1_2 / 2 : 0.5;
  return scale * cosine(((2 * position + 1) * frequency * Math.PI) / 16);
});

const block = new Float64Array(64);
const half = new Float64Array(64);

export function compress(image: Uint8Array, width: number, height: number, quality: number): void {
  if (quality <= 0) return;
  const factor = quality < 50 ? 50 / quality : 2 - quality / 50;
  const scale = (table: readonly number[]) =>
    Float64Array.from(table, (entry) => clamp(Math.floor(entry * factor + 0.5), 1, 255));
  const luma = scale(lumaTable);
  const chroma = scale(chromaTable);
  const planes = toYcc(image, width, height);
  roundPlane(planes.y, width, height, luma);
  const halfWidth = Math.ceil(width / 2);
  const halfHeight = Math.ceil(height / 2);
  roundPlane(planes.cb, halfWidth, halfHeight, chroma);
  roundPlane(planes.cr, halfWidth, halfHeight, chroma);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const luminance = (planes.y[y * width + x] as number) + 128;
      const small = (y >> 1) * halfWidth + (x >> 1);
      const cb = planes.cb[small] as number;
      const cr = planes.cr[small] as number;
      const at = 3 * (y * width + x);
      image[at] = clamp(luminance + 1.402 * cr + 0.5, 0, 255);
      image[at + 1] = clamp(luminance - 0.344136 * cb - 0.714136 * cr + 0.5, 0, 255);
      image[at + 2] = clamp(luminance + 1.772 * cb + 0.5, 0, 255);
    }
  }
}

interface Planes {
  readonly y: Float32Array;
  readonly cb: Float32Array;
  readonly cr: Float32Array;
}

/** Brightness at full, color at half the resolution; centered on zero. */
function toYcc(image: Uint8Array, width: number, height: number): Planes {
  const halfWidth = Math.ceil(width / 2);
  const halfHeight = Math.ceil(height / 2);
  const y = new Float32Array(width * height);
  const cb = new Float32Array(halfWidth * halfHeight);
  const cr = new Float32Array(halfWidth * halfHeight);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = 3 * (row * width + column);
      const r = image[at] as number;
      const g = image[at + 1] as number;
      const b = image[at + 2] as number;
      y[row * width + column] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
      const small = (row >> 1) * halfWidth + (column >> 1);
      const wide = column === width - 1 && (column & 1) === 0 ? 2 : 1;
      const tall = row === height - 1 && (row & 1) === 0 ? 2 : 1;
      const share = 0.25 * wide * tall;
      cb[small] = (cb[small] as number) + share * (-0.168736 * r - 0.331264 * g + 0.5 * b);
      cr[small] = (cr[small] as number) + share * (0.5 * r - 0.418688 * g - 0.081312 * b);
    }
  }
  return { y, cb, cr };
}

function roundPlane(plane: Float32Array, width: number, height: number, table: Float64Array): void {
  for (let y = 0; y < height; y += 8) {
    for (let x = 0; x < width; x += 8) {
      for (let k = 0; k < 64; k++) {
        const row = Math.min(height - 1, y + (k >> 3));
        const column = Math.min(width - 1, x + (k & 7));
        block[k] = plane[row * width + column] as number;
      }
      transform();
      for (let k = 0; k < 64; k++) {
        const step = table[k] as number;
        block[k] = Math.floor((block[k] as number) / step + 0.5) * step;
      }
      invert();
      for (let k = 0; k < 64; k++) {
        const row = y + (k >> 3);
        const column = x + (k & 7);
        if (row < height && column < width) plane[row * width + column] = block[k] as number;
      }
    }
  }
}

/** The two-dimensional cosine transform of `block`, in place: rows, then columns. */
function transform(): void {
  for (let row = 0; row < 8; row++) transformLine(block, half, 8 * row, row);
  for (let column = 0; column < 8; column++) transformLine(half, block, 8 * column, column);
}

/**
 * Eight numbers of `from`, and their transform spread over `to`: writing rows as columns twice leaves them as they were.
 * The cosines are symmetric for even frequencies and antisymmetric for odd ones, which halves the work.
 */
function transformLine(from: Float64Array, to: Float64Array, start: number, first: number): void {
  const x0 = from[start] as number;
  const x1 = from[start + 1] as number;
  const x2 = from[start + 2] as number;
  const x3 = from[start + 3] as number;
  const x4 = from[start + 4] as number;
  const x5 = from[start + 5] as number;
  const x6 = from[start + 6] as number;
  const x7 = from[start + 7] as number;
  for (let frequency = 0; frequency < 8; frequency++) {
    const row = 8 * frequency;
    const a = basis[row] as number;
    const b = basis[row + 1] as number;
    const c = basis[row + 2] as number;
    const d = basis[row + 3] as number;
    to[first + row] =
      frequency & 1
        ? a * (x0 - x7) + b * (x1 - x6) + c * (x2 - x5) + d * (x3 - x4)
        : a * (x0 + x7) + b * (x1 + x6) + c * (x2 + x5) + d * (x3 + x4);
  }
}

/** The inverse transform of `block`, in place. After rounding most coefficients are zero and cost nothing. */
function invert(): void {
  half.fill(0);
  for (let k = 0; k < 64; k++) {
    const coefficient = block[k] as number;
    if (coefficient === 0) continue;
    const row = k & ~7;
    const frequency = 8 * (k & 7);
    for (let x = 0; x < 8; x++)
      half[row + x] = (half[row + x] as number) + coefficient * (basis[frequency + x] as number);
  }
  block.fill(0);
  for (let k = 0; k < 64; k++) {
    const value = half[k] as number;
    if (value === 0) continue;
    const frequency = k & ~7;
    const column = k & 7;
    for (let y = 0; y < 8; y++) {
      const at = 8 * y + column;
      block[at] = (block[at] as number) + value * (basis[frequency + y] as number);
    }
  }
}
