// How often each class was taken for each: all that scores of segmentation are made of. Counted over whole data sets, pixel
// by pixel; ignored pixels do not count. Rows are true classes, columns predicted ones.

import { noGrad, scope, type Tensor, TorchError } from "@pinmem/torch";
import { IGNORED } from "../data/label-space.js";

export class ConfusionMatrix {
  /** K x K, row-major. Exact up to 2^53 pixels. */
  readonly counts: Float64Array;

  constructor(readonly classes: number) {
    if (!Number.isInteger(classes) || classes < 1 || classes > IGNORED) {
      throw new RangeError(`ConfusionMatrix: classes is ${classes}, but must be from 1 to ${IGNORED}`);
    }
    this.counts = new Float64Array(classes * classes);
  }

  /**
   * Adds the pixels of predicted and true train ids, of the same shape, int64, on any device.
   * @throws TorchError where shapes differ or a value is no class
   */
  add(prediction: Tensor, label: Tensor): void {
    const { classes } = this;
    const fail = (argument: string, message: string) =>
      new TorchError(`argument '${argument}' ${message}`, { operator: "ConfusionMatrix.add", argument });
    if (prediction.shape.join() !== label.shape.join()) {
      throw fail("label", `must have the shape of the prediction, ${prediction}, got ${label}`);
    }
    const joint = scope(() =>
      noGrad(() => {
        // One row more than there are classes takes the ignored pixels.
        const row = label.flatten().maskedFill(label.flatten().eq(IGNORED), classes);
        checkRange(row, classes, () => fail("label", `may hold 0 to ${classes - 1} and ${IGNORED}`));
        const column = prediction.flatten();
        checkRange(column, classes - 1, () => fail("prediction", `may hold 0 to ${classes - 1}`));
        return row
          .mul(classes)
          .add(column)
          .bincount({ minlength: (classes + 1) * classes })
          .toTypedArray() as BigInt64Array;
      }),
    );
    for (let at = 0; at < this.counts.length; at++) this.counts[at] = this.at(at) + Number(joint[at]);
  }

  /**
   * The same for train ids as bytes.
   * @throws RangeError where lengths differ or a value is no class; nothing is counted then
   */
  addBytes(prediction: Uint8Array, label: Uint8Array): void {
    const { classes } = this;
    if (prediction.length !== label.length) {
      throw new RangeError(
        `ConfusionMatrix.addBytes: ${prediction.length} predicted pixels do not fit ${label.length} labelled ones`,
      );
    }
    const joint = new Uint32Array(256 * 256);
    for (let at = 0; at < label.length; at++) {
      const cell = ((label[at] as number) << 8) | (prediction[at] as number);
      joint[cell] = (joint[cell] as number) + 1;
    }
    for (const [cell, count] of joint.entries()) {
      const [row, column] = [cell >> 8, cell & 255];
      if (count === 0 || (column < classes && (row < classes || row === IGNORED))) continue;
      const [what, value] = column < classes ? ["label", row] : ["prediction", column];
      throw new RangeError(
        `ConfusionMatrix.addBytes: a ${what} is ${value}, but there are classes 0 to ${classes - 1}`,
      );
    }
    for (let cell = 0; cell < classes * classes; cell++) {
      const [row, column] = [Math.floor(cell / classes), cell % classes];
      this.counts[cell] = this.at(cell) + (joint[(row << 8) | column] as number);
    }
  }

  /** Adds the counts of another matrix. */
  merge(other: ConfusionMatrix): void {
    if (other.classes !== this.classes) {
      throw new RangeError(`ConfusionMatrix.merge: ${other.classes} classes do not fit ${this.classes}`);
    }
    for (let at = 0; at < this.counts.length; at++) this.counts[at] = this.at(at) + other.at(at);
  }

  private at(position: number): number {
    return this.counts[position] as number;
  }
}

function checkRange(values: Tensor, largest: number, error: () => Error): void {
  if (values.numel === 0) return;
  if (values.min().toNumber() < 0 || values.max().toNumber() > largest) throw error();
}
