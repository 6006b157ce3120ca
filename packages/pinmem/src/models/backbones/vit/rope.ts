// Rotary position embeddings of DINOv3: queries and keys of patches are turned by angles that say where a patch lies in the picture,
// y first, whatever its size. Cls and registers stay as they are.
//
// As the reference does, coordinates, 2 pi times them, and the inverse frequencies are rounded to single precision whatever the
// network's.
// Source: Su et al., "RoFormer", 2021; Siméoni et al., "DINOv3", 2025, section 3.

import { type Device, type DType, fromTypedArray, scope, type Tensor } from "@pinmem/torch";

/** Cosines and signed sines of every token (N, D). */
export interface Rope {
  readonly cos_ND: Tensor;
  /** Negative in the first half of a head, so that `rotate` is two products and a sum. */
  readonly sin_ND: Tensor;
}

export interface RopeOptions {
  readonly grid: readonly [height: number, width: number];
  /** Tokens before the patches, which are not turned. */
  readonly special: number;
  readonly headWidth: number;
  readonly theta: number;
  readonly dtype: DType;
  readonly device: Device;
}

/** 1 / theta^(4 j / D) for each of D / 4 angles. */
export const inverseFrequencies = (headWidth: number, theta: number): number[] =>
  Array.from({ length: headWidth / 4 }, (_, j) =>
    Math.fround(1 / Math.fround(theta ** Math.fround((4 * j) / headWidth))),
  );

/** 2 pi times the coordinate of each of n patches along a side, from -1 to 1 at the picture's borders. */
const turns = (n: number): number[] =>
  Array.from({ length: n }, (_, k) => {
    const coordinate = Math.fround(Math.fround(2 * Math.fround(Math.fround(k + 0.5) / n)) - 1);
    return Math.fround(2 * Math.PI * coordinate);
  });

/** Angles of patches (h w, D): those of y, of x, and the same again. */
export function ropeAngles(
  [height, width]: RopeOptions["grid"],
  headWidth: number,
  theta: number,
  round: (angle: number) => number,
): Float64Array {
  const frequencies = inverseFrequencies(headWidth, theta);
  const quarter = headWidth / 4;
  const [ys, xs] = [turns(height), turns(width)];
  const angles = new Float64Array(height * width * headWidth);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = (y * width + x) * headWidth;
      for (const [j, frequency] of frequencies.entries()) {
        const vertical = round((ys[y] as number) * frequency);
        const horizontal = round((xs[x] as number) * frequency);
        for (const half of [0, 2 * quarter]) {
          angles[row + half + j] = vertical;
          angles[row + half + quarter + j] = horizontal;
        }
      }
    }
  }
  return angles;
}

/** The turns of all tokens for a grid of patches. */
export function createRope({ grid, special, headWidth, theta, dtype, device }: RopeOptions): Rope {
  const angles = ropeAngles(grid, headWidth, theta, dtype === "float64" ? (angle) => angle : Math.fround);
  const patches = grid[0] * grid[1];
  const shape = [special + patches, headWidth];
  const cos = new Float64Array((shape[0] as number) * headWidth).fill(1);
  const sin = new Float64Array(cos.length);
  const start = special * headWidth;
  for (const [i, angle] of angles.entries()) {
    cos[start + i] = Math.cos(angle);
    sin[start + i] = i % headWidth < headWidth / 2 ? -Math.sin(angle) : Math.sin(angle);
  }
  const onDevice = (values: Float64Array): Tensor =>
    scope(() => fromTypedArray(values, shape, { copy: false }).to({ dtype, device }));
  return { cos_ND: onDevice(cos), sin_ND: onDevice(sin) };
}

/** Queries or keys (B, heads, N, D), turned: the first half of a head with the second. */
export const rotate = (x: Tensor, { cos_ND, sin_ND }: Rope): Tensor =>
  scope(() => {
    const swapped = x.roll(x.size(-1) / 2, -1);
    return x.mul(cos_ND.to(x.dtype)).addcmul(swapped, sin_ND.to(x.dtype));
  });
