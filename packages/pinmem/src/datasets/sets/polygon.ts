// Fills polygons into a label image, as annotation tools draw them: even-odd inside, and the outline belongs to it.
//
// Follows the rules of Pillow's ImageDraw.polygon (vertices cut to whole pixels, a span per row from one crossing edge
// to the next, ends rounded), with which the public codes of Cityscapes and IDD rasterize. Pillow's treatment of corners
// changed between its versions; the test says how far we agree with version 9.4.

import type { LabelImage, Size } from "@pinmem/core";

export type Point = readonly [x: number, y: number];

/** Sets every pixel of the polygon to `label`; parts outside of the image are left out. */
export function fillPolygon(image: LabelImage, polygon: readonly Point[], label: number): void {
  const points = polygon.map(([x, y]): Point => [Math.trunc(x), Math.trunc(y)]);
  const edges = points.map((point, at) => edgeBetween(point, points[(at + 1) % points.length] ?? point));
  const { top, bottom } = rowsOf(points, image.height);
  for (let y = top; y <= bottom; y++) {
    const crossings: number[] = [];
    for (const edge of edges) {
      if (y < edge.top || y > edge.bottom) continue;
      if (edge.top === edge.bottom) {
        fillSpan(image, y, edge.left, edge.right, label);
        continue;
      }
      const x = edge.x + (y - edge.y) * edge.slope;
      fillSpan(image, y, roundUp(x), roundDown(x), label);
      if (y < edge.bottom) crossings.push(x);
    }
    crossings.sort((a, b) => a - b);
    for (let at = 1; at < crossings.length; at += 2) {
      fillSpan(image, y, roundUp(crossings[at - 1] ?? 0), roundDown(crossings[at] ?? 0), label);
    }
  }
}

/**
 * How much there is to do for a polygon, in edges that are looked at in a row; a hundred pixels that are filled take as long.
 * Edges that lie in a row are filled each by itself.
 */
export function workOf(polygon: readonly Point[], { width, height }: Size): number {
  const { top, bottom } = rowsOf(polygon, height);
  const level = polygon.filter(
    ([, y], at) => Math.trunc(y) === Math.trunc((polygon[at + 1] ?? polygon[0] ?? [0, y])[1]),
  ).length;
  const rows = Math.max(Math.floor(bottom) - Math.floor(top) + 1, 0);
  return rows * polygon.length + ((rows + level) * width) / 100;
}

/** The rows of the image that points reach. */
function rowsOf(points: readonly Point[], height: number): { top: number; bottom: number } {
  let [top, bottom] = [Number.POSITIVE_INFINITY, -1];
  for (const [, y] of points) {
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { top: Math.max(top, 0), bottom: Math.min(bottom, height - 1) };
}

interface Edge {
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Pixels to the right for each row down. */
  readonly slope: number;
}

function edgeBetween([x, y]: Point, [toX, toY]: Point): Edge {
  return {
    x,
    y,
    left: Math.min(x, toX),
    right: Math.max(x, toX),
    top: Math.min(y, toY),
    bottom: Math.max(y, toY),
    slope: y === toY ? 0 : Math.fround((toX - x) / (toY - y)),
  };
}

/** Where a span begins and ends: halves belong to the pixel inside. */
const roundUp = (x: number) => Math.floor(x + 0.5);
const roundDown = (x: number) => Math.ceil(x - 0.5);

function fillSpan({ width, labels }: LabelImage, y: number, from: number, to: number, label: number): void {
  const left = Math.max(from, 0);
  const right = Math.min(to, width - 1);
  if (left <= right) labels.fill(label, y * width + left, y * width + right + 1);
}
