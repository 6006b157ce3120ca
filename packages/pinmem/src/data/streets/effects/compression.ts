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
  return scale * cosine(((2 * position + 1) * frequency * 3.141592653589793) / 16);
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

/** Brightness at full, colour at half the resolution; centred on zero. */
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
      transform(false);
      for (let k = 0; k < 64; k++) {
        const step = table[k] as number;
        block[k] = Math.floor((block[k] as number) / step + 0.5) * step;
      }
      transform(true);
      for (let k = 0; k < 64; k++) {
        const row = y + (k >> 3);
        const column = x + (k & 7);
        if (row < height && column < width) plane[row * width + column] = block[k] as number;
      }
    }
  }
}

/** The two-dimensional cosine transform of `block`, in place, or its inverse. */
function transform(inverse: boolean): void {
  const byOut = inverse ? 1 : 8;
  const byIn = inverse ? 8 : 1;
  for (let row = 0; row < 8; row++) {
    for (let out = 0; out < 8; out++) {
      let sum = 0;
      for (let k = 0; k < 8; k++)
        sum += (block[row * 8 + k] as number) * (basis[out * byOut + k * byIn] as number);
      half[row * 8 + out] = sum;
    }
  }
  for (let column = 0; column < 8; column++) {
    for (let out = 0; out < 8; out++) {
      let sum = 0;
      for (let k = 0; k < 8; k++)
        sum += (half[k * 8 + column] as number) * (basis[out * byOut + k * byIn] as number);
      block[out * 8 + column] = sum;
    }
  }
}
