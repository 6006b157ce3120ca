// Draws the ground: carriageway, curbs, sidewalks, verges and medians, and the streets that cross.

import type { Random } from "@pinmem/core";
import type { Canvas } from "../canvas.js";
import type { Rgb } from "../color.js";
import { upright } from "../objects/solids.js";
import type { Surface } from "../surface.js";
import { Curb, Paving, Terrain } from "../surfaces/ground.js";
import type { Course } from "./course.js";
import type { Edge, StreetPlan } from "./plan.js";
import { planRoad } from "./road.js";
import type { Style } from "./style.js";

/** Height of sidewalks above the road, meters. */
export const CURB = 0.13;

/** How far streets that cross are drawn to each side, and the paved part of the corners beside them. */
const CROSS_STREET = 90;
const CORNER = 3;
const CURBSTONE = 0.16;
/** Bounds of the straight pieces of which a bent street is made, meters ahead. */
const steps = [-6, -2, 2, 6, 10, 15, 20, 26, 33, 41, 50, 62, 78, 98, 125, 160, 210, 300];
const stripes: readonly [Rgb, Rgb] = [
  [0.6, 0.55, 0.05],
  [0.03, 0.03, 0.03],
];

interface Materials {
  readonly road: Surface;
  readonly face: Surface;
  readonly stone: Surface;
  readonly paving: Surface;
  readonly island: Surface;
  readonly grass: Surface;
}

/** A piece of the street from `a` to `b` meters ahead; a corner lies beside a street that crosses. */
interface Piece {
  readonly a: number;
  readonly b: number;
  readonly corner: boolean;
}

/** Draws all ground in sight, and returns the surface of what lies beyond. */
export function drawGround(canvas: Canvas, plan: StreetPlan, style: Style, random: Random): Surface {
  canvas.place(0, 0, 0);
  const materials = chooseMaterials(plan, style, random);
  const { left, right, crossings } = plan;
  const bounds = [
    ...steps,
    ...crossings.flatMap(({ start, end }) => [start - CORNER, start, end, end + CORNER]),
  ];
  bounds.sort((p, q) => p - q);
  for (let k = 0; k + 1 < bounds.length; k++) {
    const a = bounds[k] as number;
    const b = bounds[k + 1] as number;
    if (b - a < 1e-6) continue;
    if (crossings.some(({ start, end }) => a >= start && b <= end)) {
      drawStrip(
        canvas,
        plan.course,
        a,
        b,
        left.curb - CROSS_STREET,
        right.curb + CROSS_STREET,
        0,
        materials.road,
      );
      continue;
    }
    const corner = crossings.some(({ start, end }) => a >= start - CORNER && b <= end + CORNER);
    drawStrip(canvas, plan.course, a, b, left.curb, right.curb, 0, materials.road);
    for (const edge of [left, right]) drawSidewalk(canvas, plan, edge, { a, b, corner }, materials);
    drawMedian(canvas, plan, { a, b, corner }, materials);
  }
  for (const { end } of crossings) drawCornerCurbs(canvas, plan, end, materials.face);
  return materials.grass;
}

function chooseMaterials(plan: StreetPlan, style: Style, random: Random): Materials {
  const { course, median } = plan;
  const { paving, slab, texture, curb, grass, earth } = style;
  const { dust, stripedCurbs } = style.domain.road;
  const road = planRoad(plan, style, random);
  const seed = random.randint(0, 65536);
  // Where the roads are dusty, little grows beside them.
  const bareness = dust[1] > 0.3 ? random.uniform(0.5, 1) : random.uniform(0.05, 0.4);
  const turf = new Terrain(grass, earth, bareness, texture);
  return {
    road,
    face: new Curb(curb, stripedCurbs ? stripes : undefined),
    stone: new Paving(course, curb, 0, texture, seed),
    paving: new Paving(course, paving, slab, texture, seed),
    island: median && median[1] - median[0] > 1.4 ? turf : new Paving(course, paving, 0, texture, seed),
    grass: turf,
  };
}

/** A level strip between two places along the street, at the height y. */
export function drawStrip(
  canvas: Canvas,
  course: Course,
  a: number,
  b: number,
  from: number,
  to: number,
  y: number,
  surface: Surface,
): void {
  const xa = course.x(a);
  const xb = course.x(b);
  canvas.polygon(
    [
      [xa + from, y, a, xa + from, a],
      [xb + from, y, b, xb + from, b],
      [xb + to, y, b, xb + to, b],
      [xa + to, y, a, xa + to, a],
    ],
    surface,
  );
}

/** The upright face of a curb at t, turned to the left (-1) or right (1). */
function drawFace(
  canvas: Canvas,
  course: Course,
  { a, b }: Piece,
  t: number,
  facing: 1 | -1,
  face: Surface,
): void {
  const [near, far] = facing > 0 ? [a, b] : [b, a];
  canvas.polygon(upright(course.x(near) + t, near, course.x(far) + t, far, 0, CURB, near, far), face);
}

function drawSidewalk(
  canvas: Canvas,
  { course }: StreetPlan,
  edge: Edge,
  piece: Piece,
  materials: Materials,
): void {
  const { side, curb, verge, sidewalk, front } = edge;
  if (sidewalk === 0) return;
  const { a, b, corner } = piece;
  const span = (p: number, q: number, surface: Surface) =>
    drawStrip(canvas, course, a, b, Math.min(p, q), Math.max(p, q), CURB, surface);
  const inner = curb + side * CURBSTONE;
  const paved = verge > 0 ? curb + side * verge : inner;
  span(curb, inner, materials.stone);
  if (verge > 0) span(inner, paved, corner ? materials.paving : materials.grass);
  span(paved, corner ? front + side * CROSS_STREET : front, materials.paving);
  drawFace(canvas, course, piece, curb, side > 0 ? -1 : 1, materials.face);
}

function drawMedian(
  canvas: Canvas,
  { course, median }: StreetPlan,
  piece: Piece,
  { island, face }: Materials,
): void {
  if (median === undefined) return;
  drawStrip(canvas, course, piece.a, piece.b, median[0], median[1], CURB, island);
  drawFace(canvas, course, piece, median[0], -1, face);
  drawFace(canvas, course, piece, median[1], 1, face);
}

/** The curbs that face the camera across a side street, whose far side is at s. */
function drawCornerCurbs(
  canvas: Canvas,
  { course, left, right, median }: StreetPlan,
  s: number,
  face: Surface,
): void {
  const x = course.x(s);
  const spans: (readonly [number, number])[] = [];
  if (left.sidewalk > 0) spans.push([left.curb - CROSS_STREET, left.curb]);
  if (right.sidewalk > 0) spans.push([right.curb, right.curb + CROSS_STREET]);
  if (median) spans.push(median);
  for (const [from, to] of spans) canvas.polygon(upright(x + from, s, x + to, s, 0, CURB, from, to), face);
}
