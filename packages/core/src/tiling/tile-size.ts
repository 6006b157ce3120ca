// How large the tiles of a large image are: as large as the memory allows. Where they lie, and how much each counts, is
// told by tile-axis.ts.

import type { Size } from "../raster/resize.js";
import { forwardBytes, hasPatches, type MemoryUse, SCORE_COPIES } from "./memory-estimate.js";

/** In output strides; smaller tiles see too little. */
const LEAST_STRIDES = 16;

/**
 * The size of the tiles, that of the image where it fits in one piece.
 * @param budget bytes for the network's computation
 * @throws RangeError where not even small tiles fit
 */
export function tileSize(image: Size, budget: number, use: MemoryUse): Size {
  if (forwardBytes(image, use) <= budget) return { width: image.width, height: image.height };
  const { outputStride: stride } = use;
  // Whole patches, or corners that lie on corners (tile-axis.ts).
  const corner = hasPatches(use.backbone) ? 0 : 1;
  const longest = Math.max(image.width, image.height);
  const least = Math.min(LEAST_STRIDES, Math.ceil(longest / stride)) * stride + corner;
  for (let side = Math.ceil(longest / stride) * stride + corner; side >= least; side -= stride) {
    const tile = { width: Math.min(side, image.width), height: Math.min(side, image.height) };
    if (tiledBytes(tile, image, use) <= budget) return tile;
  }
  const smallest = { width: Math.min(least, image.width), height: Math.min(least, image.height) };
  const needed = Math.ceil(tiledBytes(smallest, image, use) / 2 ** 20);
  throw new RangeError(
    `an image of ${image.width}x${image.height} pixels needs at least ${needed} MiB with this network, but the memory budget is ` +
      `${Math.floor(budget / 2 ** 20)} MiB; allow more (option memory)`,
  );
}

/** A tile in the network, and the scores of a row of tiles. */
const tiledBytes = (tile: Size, image: Size, use: MemoryUse): number =>
  forwardBytes(tile, use) + 4 * use.classes * SCORE_COPIES * image.width * tile.height;
