// What a program labels of a picture: strokes, or labels of all of it. Taken as they are at the call, which may have to wait for its
// turn while a brush goes on.

import { areStrokes, type Size } from "@pinmem/core";
import type { ExportedModel } from "@pinmem/core/formats";
import { shown } from "./given.js";
import type { Labeled } from "./runner.js";
import { ownStrokes, paint, type Stroke } from "./strokes.js";

/** Labels of all of a picture. */
export interface PictureLabels {
  /** Train id of each pixel, row by row; `description.labels.ignoreIndex` (255): not labeled. */
  readonly labels: Uint8Array;
}

/**
 * A copy.
 * @throws RangeError where it is neither strokes nor labels, or a label is no train id
 */
export function ownLabeled(
  labeled: readonly Stroke[] | PictureLabels,
  { classes, ignoreIndex }: ExportedModel["labels"],
): readonly Stroke[] | PictureLabels {
  if (Array.isArray(labeled)) return ownStrokes(labeled);
  const { labels } = (labeled ?? {}) as Partial<PictureLabels>;
  if (!Array.isArray(labels) && !(ArrayBuffer.isView(labels) && "find" in labels)) {
    const got = labels === undefined ? shown(labeled) : `{ labels } of ${shown(labels)}`;
    throw new RangeError(
      `write: needs strokes, [{ class, points: [[x, y], …], width }], or { labels } with a train id for each pixel in a Uint8Array, got ${got}`,
    );
  }
  const isTrainId = (label: number) => Number.isInteger(label) && label >= 0 && label < classes.length;
  const wrong = labels.findIndex((label) => label !== ignoreIndex && !isTrainId(label));
  if (wrong >= 0) {
    throw new RangeError(
      `write: there is no class ${shown(labels[wrong])}; labels are train ids below ${classes.length}, or ${ignoreIndex}`,
    );
  }
  return { labels: Uint8Array.from(labels) };
}

/** @throws RangeError where it does not fit the picture, or a stroke is none */
export function labeledCells(
  labeled: readonly Stroke[] | PictureLabels,
  size: Size,
  { classes, ignoreIndex }: ExportedModel["labels"],
): Labeled {
  if (!("labels" in labeled)) {
    const names = classes.map(({ name }) => name);
    return { labels: paint(labeled, size, names, ignoreIndex), shares: "area" };
  }
  const { labels } = labeled;
  if (labels.length === size.width * size.height) {
    const shares = areStrokes(labels, classes.length) ? "strokes" : "sampled";
    return { labels: { ...size, trainIds: labels }, shares };
  }
  throw new RangeError(
    `write: got ${labels.length} labels, but the picture has ${size.width}x${size.height} pixels`,
  );
}
