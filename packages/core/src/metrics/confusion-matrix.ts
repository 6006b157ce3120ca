// How often each class was taken for each: all that scores of segmentation are made of. Counted over whole data sets, pixel
// by pixel; ignored pixels do not count. Rows are true classes, columns predicted ones.

import { IGNORE_INDEX } from "../labels/label-space.js";

/**
 * Labeled pixels by class and predicted class, over any number of images.
 * @throws RangeError where there are not from 1 to 255 classes
 */
export class ConfusionMatrix {
  /** K x K, row-major. Exact up to 2^53 pixels. */
  readonly counts: Float64Array;

  constructor(readonly classes: number) {
    if (!Number.isInteger(classes) || classes < 1 || classes > IGNORE_INDEX) {
      throw new RangeError(`ConfusionMatrix: classes is ${classes}, but must be from 1 to ${IGNORE_INDEX}`);
    }
    this.counts = new Float64Array(classes * classes);
  }

  /**
   * Adds the pixels of predicted and true train ids, as many of each.
   * @throws RangeError where lengths differ or a value is no class; nothing is counted then
   */
  add(prediction: Uint8Array, label: Uint8Array): void {
    const { classes } = this;
    if (prediction.length !== label.length) {
      throw new RangeError(
        `ConfusionMatrix.add: ${prediction.length} predicted pixels do not fit ${label.length} labeled ones`,
      );
    }
    const joint = new Uint32Array(256 * 256);
    for (let at = 0; at < label.length; at++) {
      const cell = ((label[at] as number) << 8) | (prediction[at] as number);
      joint[cell] = (joint[cell] as number) + 1;
    }
    for (const [cell, count] of joint.entries()) {
      const [row, column] = [cell >> 8, cell & 255];
      if (count === 0 || (column < classes && (row < classes || row === IGNORE_INDEX))) continue;
      const [what, value] = column < classes ? ["label", row] : ["prediction", column];
      throw new RangeError(
        `ConfusionMatrix.add: a ${what} is ${value}, but there are classes 0 to ${classes - 1}`,
      );
    }
    for (let cell = 0; cell < classes * classes; cell++) {
      const [row, column] = [Math.floor(cell / classes), cell % classes];
      this.counts[cell] = this.#at(cell) + (joint[(row << 8) | column] as number);
    }
  }

  /** Adds the counts of another matrix. */
  merge(other: ConfusionMatrix): void {
    if (other.classes !== this.classes) {
      throw new RangeError(`ConfusionMatrix.merge: ${other.classes} classes do not fit ${this.classes}`);
    }
    for (let at = 0; at < this.counts.length; at++) this.counts[at] = this.#at(at) + other.#at(at);
  }

  #at(position: number): number {
    return this.counts[position] as number;
  }
}
