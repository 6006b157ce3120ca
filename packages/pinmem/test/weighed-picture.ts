import { ConfusionMatrix } from "@pinmem/core";
import type { WeighedPicture } from "../src/adaptation/fit-weight.js";

/** A picture of two classes: how many of 1000 pixels of each are right, by weight. */
export const weighedPicture = (
  kind: string,
  right: readonly number[],
  weights: readonly number[],
): WeighedPicture => ({
  kind,
  trials: right.map((count, at) => {
    const matrix = new ConfusionMatrix(2);
    matrix.counts.set([count, 1000 - count, 1000 - count, count]);
    return { weight: weights[at] as number, matrix };
  }),
});
