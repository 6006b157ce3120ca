// Where the tiles of a large image lie, and how much each counts where they overlap.
//
// Tiles are as large as the memory allows and overlap by a quarter. A tile counts fully in its middle, less and less towards
// an edge where another tile takes over, and not at all in its outermost pixels, for which it lacks surroundings. The
// weights of all tiles at a pixel sum to one.
//
// Sides are a multiple of the network's output stride plus one, where the image is larger: then the corners of the feature
// lie on the corners of the tile, and upsampling with aligned corners moves nothing. Otherwise what one tile sees near its
// right edge is up to a stride beside what the next one sees there, and seams show. Networks whose maps are patches take multiples of
// the patch: then tiles are cut between patches.

/** The tiles' places along one axis. */
export interface TileAxis {
  /** Pixels of a tile. */
  readonly tile: number;
  /** First pixel of each tile; the first is 0, the last tile ends with the image. */
  readonly starts: readonly number[];
  /** For each tile, the share that it has in each of its pixels. */
  readonly weights: readonly Float32Array[];
}

const OVERLAP = 1 / 4;
/** Share of a tile, at an edge inside the image, that does not count. */
const MARGIN = 1 / 32;

/**
 * @param size of the image on this axis
 * @param tile at most `size`
 * @param stride tiles start at multiples of it, but for the last one
 */
export function tileAxis(size: number, tile: number, stride: number): TileAxis {
  if (tile >= size) return { tile: size, starts: [0], weights: [new Float32Array(size).fill(1)] };
  const overlap = Math.floor(tile * OVERLAP);
  const last = size - tile;
  const count = Math.ceil(last / (tile - overlap)) + 1;
  const starts = Array.from({ length: count }, (_, at) =>
    at === count - 1 ? last : Math.floor((at * last) / (count - 1) / stride) * stride,
  );
  const margin = Math.floor(tile * MARGIN);
  const ramp = overlap - stride - 2 * margin;
  const weights = starts.map((_, at) =>
    Float32Array.from({ length: tile }, (_, pixel) => {
      const left = at === 0 ? size : pixel + 0.5 - margin;
      const right = at === count - 1 ? size : tile - pixel - 0.5 - margin;
      return Math.min(Math.max(Math.min(left, right) / Math.max(ramp, 1), 0), 1);
    }),
  );
  shareOut(size, starts, weights);
  return { tile, starts, weights };
}

/** Divides by the sum over all tiles at a pixel. */
function shareOut(size: number, starts: readonly number[], weights: readonly Float32Array[]): void {
  const sums = new Float64Array(size);
  for (const [at, start] of starts.entries()) {
    weights[at]?.forEach((weight, pixel) => {
      sums[start + pixel] = (sums[start + pixel] as number) + weight;
    });
  }
  for (const [at, start] of starts.entries()) {
    const own = weights[at] as Float32Array;
    own.forEach((weight, pixel) => {
      own[pixel] = weight / (sums[start + pixel] as number);
    });
  }
}
