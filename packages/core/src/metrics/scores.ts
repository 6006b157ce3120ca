// Accuracies, beside the benchmark's mean IoU (mean-iou.ts): shares of pixels that were found. All from a confusion matrix.

import type { ConfusionMatrix } from "./confusion-matrix.js";
import { classIoU, meanIoU, meanOf } from "./mean-iou.js";

export interface Scores {
  /** Mean over the classes that occur or were predicted; null where no pixel is labeled. From 0 to 1, as all of these. */
  readonly meanIoU: number | null;
  /** By train id; null for classes that neither occur nor were predicted. */
  readonly classIoU: readonly (number | null)[];
  /** Share of all labeled pixels that got their class. */
  readonly pixelAccuracy: number | null;
  /** Of each class's pixels the share that got it; null for classes that do not occur. */
  readonly classAccuracy: readonly (number | null)[];
  /** Mean over the classes that occur. */
  readonly meanAccuracy: number | null;
}

/** The scores that follow from counts, each from 0 to 1; null where nothing was counted. */
export function scoresOf(matrix: ConfusionMatrix): Scores {
  const { counts, classes } = matrix;
  const found = Array.from({ length: classes }, (_, id) => counts[id * (classes + 1)] as number);
  const there = Array.from({ length: classes }, (_, id) =>
    counts.subarray(id * classes, (id + 1) * classes).reduce(add, 0),
  );
  const all = there.reduce(add, 0);
  const classAccuracy = found.map((pixels, id) => {
    const of = there[id] as number;
    return of > 0 ? pixels / of : null;
  });
  return {
    meanIoU: meanIoU(matrix),
    classIoU: classIoU(matrix),
    pixelAccuracy: all > 0 ? found.reduce(add, 0) / all : null,
    classAccuracy,
    meanAccuracy: meanOf(classAccuracy),
  };
}

const add = (a: number, b: number): number => a + b;
