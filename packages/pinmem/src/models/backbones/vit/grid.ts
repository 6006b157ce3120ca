// Pictures of any size before networks that cut them into patches: filled up to whole patches at the bottom and at the right, with
// zeros, which in a normalized picture is the mean color.

import type { Tensor } from "@pinmem/torch";

/** The next multiple of `grid`. */
export const upTo = (size: number, grid: number): number => Math.ceil(size / grid) * grid;

/** The same picture (B, 3, H, W) where its sides are multiples of `grid`, else a larger one. */
export function padToGrid(image: Tensor, grid: number): Tensor {
  const [bottom, right] = [2, 3].map((dim) => upTo(image.size(dim), grid) - image.size(dim)) as [
    number,
    number,
  ];
  return bottom === 0 && right === 0 ? image : image.constantPadNd([0, right, 0, bottom]);
}
