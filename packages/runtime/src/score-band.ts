// The scores of a row of tiles: each tile adds its own, weighted, and rows that no later tile sees are decided. As
// `pinmem predict` does it, in single precision.
// Shapes: K classes, W width of the picture, H height of a tile.

import { certainty, inByte } from "./confidence.js";
import type { Piece } from "./pieces.js";

export class ScoreBand {
  readonly #scores: Float32Array;

  constructor(
    readonly classes: number,
    readonly width: number,
    readonly height: number,
  ) {
    this.#scores = new Float32Array(classes * width * height);
  }

  /** Adds the logits (K, h, w) of a tile. */
  add(logits: Float32Array, { left, width, height, down, across }: Piece): void {
    const scores = this.#scores;
    for (let k = 0, from = 0; k < this.classes; k++) {
      for (let row = 0; row < height; row++) {
        const ofRow = down[row] as number;
        let to = (k * this.height + row) * this.width + left;
        for (let column = 0; column < width; column++, from++, to++) {
          const weighted = Math.fround((logits[from] as number) * (across[column] as number)) * ofRow;
          scores[to] = (scores[to] as number) + Math.fround(weighted);
        }
      }
    }
  }

  /** The class with the largest score in each pixel of the first rows, of equal ones the first; then moves up by them. */
  finish(rows: number, labels: Uint8Array, confidence: Uint8Array | null = null): void {
    const area = this.width * this.height;
    const scores = this.#scores;
    for (let at = 0; at < rows * this.width; at++) {
      let best = 0;
      for (let k = 1; k < this.classes; k++) {
        if ((scores[at + k * area] as number) > (scores[at + best * area] as number)) best = k;
      }
      labels[at] = best;
      if (confidence)
        confidence[at] = inByte(certainty(scores, { at, step: area, classes: this.classes, best }));
    }
    const moved = rows * this.width;
    for (let k = 0; k < this.classes; k++) {
      const plane = scores.subarray(k * area, (k + 1) * area);
      plane.copyWithin(0, moved);
      plane.fill(0, area - moved);
    }
  }
}
