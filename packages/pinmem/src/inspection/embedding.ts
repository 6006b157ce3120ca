// Features and memory rows in the plane, neighbors near each other: t-SNE (van der Maaten and Hinton, JMLR 2008), exact,
// by druidjs. Distances between far points, and sizes of groups, mean nothing in such a picture.

export interface EmbeddingOptions {
  /** The same seed and vectors give the same points. Default 0. */
  readonly seed?: number;
  /** About how many neighbors count. Default 50 as in the official code, or a third of the vectors where there are few. */
  readonly perplexity?: number;
  /** Default 1000. */
  readonly iterations?: number;
}

export type Point = readonly [x: number, y: number];

/** Fewer have no neighborhoods to speak of. */
export const FEWEST_VECTORS = 4;

/**
 * Points for vectors of one length, in their order, within the unit square.
 * @throws RangeError for fewer than four vectors
 */
export async function embed(
  vectors: readonly Float64Array[],
  { seed = 0, perplexity = 50, iterations = 1000 }: EmbeddingOptions = {},
): Promise<Point[]> {
  if (vectors.length < FEWEST_VECTORS) {
    throw new RangeError(
      `embed: ${vectors.length} vectors cannot be embedded; give at least ${FEWEST_VECTORS}`,
    );
  }
  const { TSNE } = await import("@saehrimnir/druidjs");
  const options = { seed, perplexity: Math.min(perplexity, (vectors.length - 1) / 3), d: 2 };
  const method = new TSNE(vectors as Float64Array[], options);
  return withinSquare(method.transform(iterations) as ArrayLike<number>[]);
}

/** Moved and scaled, in both directions alike, to fill the unit square from its middle. */
function withinSquare(points: readonly ArrayLike<number>[]): Point[] {
  const range = (axis: 0 | 1): [middle: number, size: number] => {
    const values = points.map((point) => point[axis] as number);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [(low + high) / 2, high - low];
  };
  const [[x0, width], [y0, height]] = [range(0), range(1)];
  const size = Math.max(width, height) || 1;
  return points.map(({ 0: x = 0, 1: y = 0 }) => [(x - x0) / size + 0.5, (y - y0) / size + 0.5]);
}
