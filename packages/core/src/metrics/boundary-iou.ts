// Boundary IoU for semantic segmentation (Cheng et al., CVPR 2021): of each class only the pixels near its boundary count, in
// the label and in the prediction, so that thin and small things weigh more than the inside of large ones. Counts are added
// over a whole data set, as for IoU.
//
// A pixel is at its class's boundary when the square of (2 d + 1)^2 pixels around it is not all of that class or leaves the
// image: what d erosions with a 3 x 3 square take away. d = dilation * the image's diagonal, rounded, at least 1. Cheng et al.
// take 0.02, and 0.005 where images are as large as those of Cityscapes.
// Ignored pixels are taken out of the prediction too, so that their rim is boundary on both sides.
//
// Both passes run along rows, then along columns, with lengths of runs: the time does not depend on d.

import { IGNORE_INDEX } from "../labels/label-space.js";
import type { Size } from "../raster/resize.js";
import { meanOf } from "./mean-iou.js";

/**
 * Counts of boundary pixels by class, over any number of images, from which boundary IoU follows.
 * Source: Cheng et al., "Boundary IoU", CVPR 2021.
 * @throws RangeError where classes or dilation are out of range
 */
export class BoundaryCounts {
  /** Boundary pixels by class: of labels, of predictions, and those that are both. */
  readonly truth: Float64Array;
  readonly prediction: Float64Array;
  readonly both: Float64Array;

  constructor(
    readonly classes: number,
    readonly dilation: number,
  ) {
    if (!(dilation > 0 && dilation < 1)) {
      throw new RangeError(
        `BoundaryCounts: dilation is ${dilation}, but must be a share of the diagonal, such as 0.02`,
      );
    }
    this.truth = new Float64Array(classes);
    this.prediction = new Float64Array(classes);
    this.both = new Float64Array(classes);
  }

  /** Adds train ids of one image, H x W each. */
  add(prediction: Uint8Array, label: Uint8Array, size: Size): void {
    const distance = boundaryDistance(size, this.dilation);
    const predicted = prediction.map((id, at) => (label[at] === IGNORE_INDEX ? IGNORE_INDEX : id));
    const atTruth = boundary(label, size, distance);
    const atPrediction = boundary(predicted, size, distance);
    for (let at = 0; at < label.length; at++) {
      const id = label[at] as number;
      if (id === IGNORE_INDEX) continue;
      const other = predicted[at] as number;
      if (atTruth[at]) this.truth[id] = (this.truth[id] as number) + 1;
      if (atPrediction[at]) this.prediction[other] = (this.prediction[other] as number) + 1;
      if (atTruth[at] && atPrediction[at] && id === other) this.both[id] = (this.both[id] as number) + 1;
    }
  }

  /** By train id, 0 to 1; null for classes without boundary in labels and predictions. */
  classIoU(): (number | null)[] {
    return Array.from(this.both, (both, id) => {
      const union = (this.truth[id] as number) + (this.prediction[id] as number) - both;
      return union > 0 ? both / union : null;
    });
  }

  meanIoU(): number | null {
    return meanOf(this.classIoU());
  }
}

/** d in pixels. */
export const boundaryDistance = ({ width, height }: Size, dilation: number): number =>
  Math.max(1, Math.round(dilation * Math.hypot(width, height)));

/** 1 where a pixel is at the boundary of its own value, 0 inside. */
export function boundary(ids: Uint8Array, { width, height }: Size, distance: number): Uint8Array {
  // Whether the values are the same for `distance` pixels to the left and to the right.
  const even = new Uint8Array(ids.length);
  for (let row = 0; row < height; row++) {
    const end = (row + 1) * width;
    for (let start = row * width; start < end; ) {
      let next = start + 1;
      while (next < end && ids[next] === ids[start]) next++;
      if (next - start > 2 * distance) even.fill(1, start + distance, next - distance);
      start = next;
    }
  }
  // Of those, the ones that go on for `distance` pixels up and down; a run is counted when it ends.
  const edge = new Uint8Array(ids.length).fill(1);
  const run = new Int32Array(width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      if (!even[at]) run[column] = 0;
      else if (row > 0 && ids[at] === ids[at - width]) run[column] = (run[column] as number) + 1;
      else run[column] = 1;
      if ((run[column] as number) > 2 * distance) edge[at - distance * width] = 0;
    }
  }
  return edge;
}
