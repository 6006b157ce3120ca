// Brush strokes on a picture as labels: a round brush along a line, later strokes over earlier ones.

import type { LabelMap, Size } from "@pinmem/core";
import { checkNumber, shown } from "./given.js";

/** A stroke of a round brush. */
export interface Stroke {
  /** Train id, or the name of a class. */
  readonly class: number | string;
  /** Pixels that the middle of the brush passes, straight from one to the next: [x, y]; (0, 0) is the first pixel's middle. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Of the brush, in pixels, at least 1. */
  readonly width: number;
}

/**
 * Train ids of a picture on which only the strokes are labeled.
 * @throws RangeError where a stroke names no class, or is none
 */
export function paint(
  strokes: readonly Stroke[],
  { width, height }: Size,
  names: readonly string[],
  ignoreIndex: number,
): LabelMap {
  const trainIds = new Uint8Array(width * height).fill(ignoreIndex);
  for (const stroke of strokes) {
    const trainId = classOf(stroke.class, names);
    const { points } = stroke;
    const isWide = (wide: number) => wide >= 1 && Number.isFinite(wide);
    checkNumber(stroke.width, isWide, "write: the width of a stroke must be a number of at least 1 pixel");
    if (points.length === 0 || !points.every(isPoint))
      throw new RangeError("write: a stroke needs at least one point of two numbers, [x, y]");
    points.forEach((point, at) => {
      line(
        { trainIds, width, height },
        { from: points[at - 1] ?? point, to: point, radius: stroke.width / 2 },
        trainId,
      );
    });
  }
  return { width, height, trainIds };
}

const isPoint = (point: unknown): boolean =>
  Array.isArray(point) && point.length >= 2 && point.every(Number.isFinite);

/**
 * A copy of strokes.
 * @throws RangeError where one has no points, or none that are lists
 */
export function ownStrokes(strokes: readonly Stroke[]): readonly Stroke[] {
  return strokes.map((stroke) => {
    const { points } = (stroke ?? {}) as Partial<Stroke>;
    if (Array.isArray(points))
      return { ...stroke, points: points.map((point) => (Array.isArray(point) ? [...point] : point)) };
    throw new RangeError(
      `write: a stroke is { class, points: [[x, y], …], width }, got ${points === undefined ? shown(stroke) : `points of ${shown(points)}`}`,
    );
  });
}

/** @throws RangeError where there is no such class */
export function classOf(wanted: number | string, names: readonly string[], what = "write"): number {
  const at = typeof wanted === "string" ? names.indexOf(wanted) : wanted;
  if (Number.isInteger(at) && at >= 0 && at < names.length) return at;
  throw new RangeError(
    `${what}: there is no class ${JSON.stringify(wanted)}; the model knows ${names.join(", ")}`,
  );
}

interface Line {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly radius: number;
}

/** Labels the pixels whose middle is not farther from a line than the radius. */
function line({ trainIds, width, height }: LabelMap, { from, to, radius }: Line, trainId: number): void {
  const [[x0, y0], [x1, y1]] = [from, to];
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = dx * dx + dy * dy;
  const [left, right] = span(x0, x1, radius, width);
  const [top, bottom] = span(y0, y1, radius, height);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square));
      if (Math.hypot(x - x0 - along * dx, y - y0 - along * dy) <= radius) trainIds[y * width + x] = trainId;
    }
  }
}

const span = (one: number, other: number, radius: number, size: number): [first: number, last: number] => [
  Math.max(0, Math.ceil(Math.min(one, other) - radius)),
  Math.min(size - 1, Math.floor(Math.max(one, other) + radius)),
];
