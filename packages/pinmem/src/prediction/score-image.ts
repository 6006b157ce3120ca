// The scores of a whole image, row of tiles by row of tiles: whoever takes them gets rows that are finished, so that the
// scores of a large image never lie in memory all at once.
// Shapes: K classes, H W of the image, h w of a tile.

import { setImmediate as nextTurn } from "node:timers/promises";
import { cutWindow, type RgbImage, type Size, tileAxis } from "@pinmem/core";
import { fromTypedArray, keep, noGrad, scope, type Tensor, zeros } from "@pinmem/torch";

/** Scores (1, K, h, w) of an image: logits or probabilities. Runs without gradients, in a scope. */
export type Scorer = (image: RgbImage) => Tensor;

export interface ScoreOptions {
  /** As `tileSize` gives it. */
  readonly tile: Size;
  /** Ratio of the image's resolution to the feature's. */
  readonly outputStride: number;
  /** Takes the scores (1, K, rows, W) of finished rows, from top to bottom; they are freed after it. */
  readonly finish: (scores_1KrW: Tensor, top: number) => void;
}

/** Gives the event loop a turn after each tile, so that files are read and written meanwhile and signals arrive. */
export async function scoreImage(
  score: Scorer,
  image: RgbImage,
  { tile, outputStride, finish }: ScoreOptions,
): Promise<void> {
  const rows = tileAxis(image.height, tile.height, outputStride);
  const columns = tileAxis(image.width, tile.width, outputStride);
  if (rows.starts.length === 1 && columns.starts.length === 1) {
    withoutGradients(() => finish(score(image), 0));
    return;
  }
  let band: Tensor | undefined;
  try {
    for (const [row, top] of rows.starts.entries()) {
      for (const [column, left] of columns.starts.entries()) {
        withoutGradients(() => {
          const scores = score(cutWindow(image, { left, top, width: columns.tile, height: rows.tile }));
          band ??= keep(zeros([1, scores.size(1), rows.tile, image.width], { device: scores.device }));
          const across = weightTensor(columns.weights[column], [1, 1, 1, columns.tile], scores);
          const down = weightTensor(rows.weights[row], [1, 1, rows.tile, 1], scores);
          band.narrow(3, left, columns.tile).add_(scores.mul(across).mul_(down));
        });
        await nextTurn();
      }
      const finished = (rows.starts[row + 1] ?? image.height) - top;
      withoutGradients(() => finish((band as Tensor).narrow(2, 0, finished), top));
      if (row < rows.starts.length - 1) moveUp(band as Tensor, finished);
    }
  } finally {
    band?.dispose();
  }
}

/** Drops the first rows and appends as many of zeros. */
function moveUp(band: Tensor, rows: number): void {
  withoutGradients(() => {
    const height = band.size(2);
    band.narrow(2, 0, height - rows).copy_(band.narrow(2, rows, height - rows).clone());
    band.narrow(2, height - rows, rows).zero_();
  });
}

const withoutGradients = (body: () => void): void => noGrad(() => scope(body));

const weightTensor = (weights: Float32Array | undefined, shape: number[], { device }: Tensor): Tensor =>
  fromTypedArray(weights as Float32Array, shape, { device });
