// Fills convex polygons. Three things can be filled: an opaque primitive with an optional cutout, a see-through one
// (whose holes change the label but hide nothing), and a mark on the ground (a shadow).
//
// Coefficients of a polygon primitive: nearness, u * nearness and v * nearness, each as (a, b, c) of a*X + b*Y + c over
// screen coordinates X, Y (exact in perspective), and the unit normal in the world.

import { type Cutout, HOLE, OUTSIDE } from "../surface.js";
import { Bitmap, levelAt, OUTLINE } from "../textures/bitmap.js";
import { COEFFICIENTS, type Visibility } from "./visibility.js";

/** A polygon on the screen, at most as many corners as the arrays hold. */
export interface ScreenPolygon {
  readonly x: Float64Array;
  readonly y: Float64Array;
  count: number;
}

/** Draws a primitive whose coefficients are in place. */
export function fillPolygon(target: Visibility, primitive: number, polygon: ScreenPolygon): void {
  const surface = target.surfaces[primitive];
  if (surface === undefined) throw new Error(`internal: fillPolygon: no primitive ${primitive}`);
  const rows = traceSpans(target, polygon);
  const { width, nearness, primitive: owner, label: labels, coefficients } = target;
  const { cutout, label } = surface;
  const at = primitive * COEFFICIENTS;
  const ia = coefficients[at] as number;
  const ib = coefficients[at + 1] as number;
  const ic = coefficients[at + 2] as number;
  for (let row = rows.first; row <= rows.last; row++) {
    const start = firstSample(target.spanStart[row] as number);
    const end = Math.min(width, Math.ceil((target.spanEnd[row] as number) - 0.5));
    let near = ia * (start + 0.5) + ib * (row + 0.5) + ic;
    const rowStart = row * width;
    if (cutout !== undefined) {
      fillCutoutRow(target, primitive, cutout, label, row, start, end);
      continue;
    }
    for (let sample = rowStart + start; sample < rowStart + end; sample++) {
      if (near > (nearness[sample] as number)) {
        nearness[sample] = near;
        owner[sample] = primitive;
        labels[sample] = label;
      }
      near += ia;
    }
  }
}

function fillCutoutRow(
  target: Visibility,
  primitive: number,
  cutout: Cutout,
  label: number,
  row: number,
  start: number,
  end: number,
): void {
  const { nearness, primitive: owner, label: labels, coefficients } = target;
  const at = primitive * COEFFICIENTS;
  const ia = coefficients[at] as number;
  const ua = coefficients[at + 3] as number;
  const va = coefficients[at + 6] as number;
  const x = start + 0.5;
  const y = row + 0.5;
  let near = ia * x + (coefficients[at + 1] as number) * y + (coefficients[at + 2] as number);
  let u = ua * x + (coefficients[at + 4] as number) * y + (coefficients[at + 5] as number);
  let v = va * x + (coefficients[at + 7] as number) * y + (coefficients[at + 8] as number);
  const rowStart = row * target.width;
  if (cutout instanceof Bitmap && !cutout.seeThrough) {
    // Most cutouts are leaves, and most of these are many samples wide.
    const levels = cutout.solid;
    for (let sample = rowStart + start; sample < rowStart + end; sample++) {
      if (near > (nearness[sample] as number) && levelAt(levels, u / near, v / near) >= OUTLINE) {
        labels[sample] = label;
        nearness[sample] = near;
        owner[sample] = primitive;
      }
      near += ia;
      u += ua;
      v += va;
    }
    return;
  }
  for (let sample = rowStart + start; sample < rowStart + end; sample++) {
    if (near > (nearness[sample] as number)) {
      const inside = cutout.at(u / near, v / near);
      if (inside !== OUTSIDE) {
        labels[sample] = label;
        if (inside !== HOLE) {
          nearness[sample] = near;
          owner[sample] = primitive;
        }
      }
    }
    near += ia;
    u += ua;
    v += va;
  }
}

/** Where a mark lies on the ground and how strong it is there. */
export interface Mark {
  /** (a, b, c) of nearness, u * nearness and v * nearness, as for a primitive. */
  readonly coefficients: Float64Array;
  /** Strength from 0 to 255 at (u, v). */
  strength(u: number, v: number): number;
}

/** Raises `marks` (one byte a sample) to the mark's strength. */
export function fillMark(target: Visibility, marks: Uint8Array, mark: Mark, polygon: ScreenPolygon): void {
  const rows = traceSpans(target, polygon);
  const c = mark.coefficients;
  const ia = c[0] as number;
  const ua = c[3] as number;
  const va = c[6] as number;
  for (let row = rows.first; row <= rows.last; row++) {
    const start = firstSample(target.spanStart[row] as number);
    const end = Math.min(target.width, Math.ceil((target.spanEnd[row] as number) - 0.5));
    const x = start + 0.5;
    const y = row + 0.5;
    let near = ia * x + (c[1] as number) * y + (c[2] as number);
    let u = ua * x + (c[4] as number) * y + (c[5] as number);
    let v = va * x + (c[7] as number) * y + (c[8] as number);
    const rowStart = row * target.width;
    for (let sample = rowStart + start; sample < rowStart + end; sample++) {
      const strength = mark.strength(u / near, v / near);
      if (strength > (marks[sample] as number)) marks[sample] = strength;
      near += ia;
      u += ua;
      v += va;
    }
  }
}

const firstSample = (x: number): number => Math.max(0, Math.ceil(x - 0.5));

const tracedRows = { first: 0, last: -1 };

/** For each row of samples the polygon's extent, in `target.spanStart` and `spanEnd`; the rows it covers. */
function traceSpans(target: Visibility, { x, y, count }: ScreenPolygon): typeof tracedRows {
  const { spanStart, spanEnd, height } = target;
  let top = y[0] as number;
  let bottom = top;
  for (let k = 1; k < count; k++) {
    const value = y[k] as number;
    if (value < top) top = value;
    if (value > bottom) bottom = value;
  }
  tracedRows.first = Math.max(0, Math.ceil(top - 0.5));
  tracedRows.last = Math.min(height, Math.ceil(bottom - 0.5)) - 1;
  for (let row = tracedRows.first; row <= tracedRows.last; row++) {
    spanStart[row] = Number.POSITIVE_INFINITY;
    spanEnd[row] = Number.NEGATIVE_INFINITY;
  }
  for (let k = 0; k < count; k++) {
    const other = k + 1 === count ? 0 : k + 1;
    const downwards = (y[k] as number) < (y[other] as number);
    const from = downwards ? k : other;
    const to = downwards ? other : k;
    const x0 = x[from] as number;
    const y0 = y[from] as number;
    const y1 = y[to] as number;
    const slope = ((x[to] as number) - x0) / (y1 - y0);
    const first = Math.max(0, Math.ceil(y0 - 0.5));
    const last = Math.min(height, Math.ceil(y1 - 0.5)) - 1;
    for (let row = first; row <= last; row++) {
      const edge = x0 + (row + 0.5 - y0) * slope;
      if (edge < (spanStart[row] as number)) spanStart[row] = edge;
      if (edge > (spanEnd[row] as number)) spanEnd[row] = edge;
    }
  }
  return tracedRows;
}
