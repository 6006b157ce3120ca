// How much of each cell of a feature belongs to each class, from labels at the picture's resolution: what a memory is written
// with. Cells and pixels lie on one another with aligned corners, as features are upsampled: the first cell's center is the
// first pixel's, the last cell's the last one's.
//
// Two ways, and one of both. `sampledShares` looks at the four pixels around a cell's center, as training does and adaptation with pictures that
// are labeled all over (bilinear interpolation of the one-hot labels). `areaShares` measures what part of the cell's area is
// labeled: a brush stroke thinner than a cell counts wherever it passes, not only where it meets a center; the cells it passes are
// others' for the most part, so that `strokeShares` asks the area only of what the centers miss.
// Shapes: K classes, H W of the labels, h w of the feature.

import type { Size } from "./resize.js";

/** Train ids of a picture, row by row; values of K or more are not labeled. */
export interface LabelMap extends Size {
  readonly trainIds: Uint8Array;
}

/** Shares (K, h, w) by bilinear interpolation at the centers of the cells. */
export function sampledShares(labels: LabelMap, feature: Size, classes: number): Float64Array {
  return sharesOf(
    labels,
    feature,
    classes,
    centersOf(labels.height, feature.height),
    centersOf(labels.width, feature.width),
  );
}

/** Shares (K, h, w) by area: what part of each cell, as far as it lies on the picture, has the class. */
export function areaShares(labels: LabelMap, feature: Size, classes: number): Float64Array {
  return sharesOf(
    labels,
    feature,
    classes,
    extentsOf(labels.height, feature.height),
    extentsOf(labels.width, feature.width),
  );
}

/** As `sampledShares`; of classes that meet no center, in strokes that lie between them, as `areaShares`. */
export function strokeShares(labels: LabelMap, feature: Size, classes: number): Float64Array {
  const shares = sampledShares(labels, feature, classes);
  const cells = feature.width * feature.height;
  const there = new Set(labels.trainIds);
  const lost = Array.from({ length: classes }, (_, k) => k).filter(
    (k) => there.has(k) && shares.subarray(k * cells, (k + 1) * cells).every((share) => share === 0),
  );
  if (lost.length === 0) return shares;
  const byArea = areaShares(labels, feature, classes);
  for (const k of lost) shares.set(byArea.subarray(k * cells, (k + 1) * cells), k * cells);
  return shares;
}

/** Whether labels are strokes, which leave most of a picture open, or say what most of it is. */
export function areStrokes(trainIds: Uint8Array, classes: number): boolean {
  const labeled = trainIds.reduce((count, id) => count + Number(id < classes), 0);
  return 2 * labeled < trainIds.length;
}

/** For each cell of an axis, the pixels that say something of it, and how much; they sum to one. */
type Axis = readonly { readonly first: number; readonly weights: readonly number[] }[];

function sharesOf(
  { width, height, trainIds }: LabelMap,
  feature: Size,
  classes: number,
  rows: Axis,
  columns: Axis,
): Float64Array {
  const cells = feature.width * feature.height;
  const shares = new Float64Array(classes * cells);
  const isLabeled = Array.from({ length: height }, (_, y) => hasLabel(trainIds, y * width, width, classes));
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as Axis[number];
    for (let down = 0; down < row.weights.length; down++) {
      const y = row.first + down;
      // Of a few strokes, nearly all rows are empty.
      if (!isLabeled[y]) continue;
      const ofRow = row.weights[down] as number;
      for (let j = 0; j < columns.length; j++) {
        const { first, weights } = columns[j] as Axis[number];
        for (let across = 0; across < weights.length; across++) {
          const label = trainIds[y * width + first + across] as number;
          if (label >= classes) continue;
          const at = label * cells + i * feature.width + j;
          shares[at] = (shares[at] as number) + ofRow * (weights[across] as number);
        }
      }
    }
  }
  return shares;
}

function hasLabel(trainIds: Uint8Array, begin: number, count: number, classes: number): boolean {
  for (let at = begin; at < begin + count; at++) if ((trainIds[at] as number) < classes) return true;
  return false;
}

function centersOf(from: number, to: number): Axis {
  // Positions are i (from-1) / (to-1), split exactly: a rounded one could give a class that is not there a tiny share.
  const divisor = Math.max(1, to - 1);
  return Array.from({ length: to }, (_, i) => {
    const numerator = to > 1 ? i * (from - 1) : 0;
    const first = Math.floor(numerator / divisor);
    const fraction = (numerator % divisor) / divisor;
    return { first, weights: fraction === 0 ? [1] : [1 - fraction, fraction] };
  });
}

function extentsOf(from: number, to: number): Axis {
  // A single cell is all of the axis. Pixel y reaches from y to y + 1; its center is y + 0.5.
  const step = to > 1 ? (from - 1) / (to - 1) : from;
  return Array.from({ length: to }, (_, i) => {
    if (to === 1 || step === 0) return { first: 0, weights: Array.from({ length: from }, () => 1 / from) };
    const begin = Math.max(0, (i - 0.5) * step + 0.5);
    const end = Math.min(from, (i + 0.5) * step + 0.5);
    const first = Math.floor(begin);
    const count = Math.max(1, Math.ceil(end) - first);
    const weights = Array.from({ length: count }, (_, at) => {
      const pixel = first + at;
      return (Math.min(end, pixel + 1) - Math.max(begin, pixel)) / (end - begin);
    });
    return { first, weights };
  });
}
