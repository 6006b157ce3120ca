// Draws the ground: carriageway with its markings, kerbs, sidewalks, verges and medians, and streets that cross.

import type { Random } from "../../random.js";
import type { Canvas, Corner } from "../canvas.js";
import { upright } from "../objects/solids.js";
import { type Surface, trainIds } from "../surface.js";
import { Kerb, Paving, Terrain } from "../surfaces/ground.js";
import { type Arrow, type Field, type Line, Markings, type Paint } from "../surfaces/markings.js";
import { Road } from "../surfaces/road.js";
import type { Course } from "./course.js";
import type { Crossing, Edge, StreetPlan } from "./plan.js";
import { sampleFrom } from "./sampling.js";
import type { Style } from "./style.js";

/** Height of sidewalks above the road, metres. */
export const KERB = 0.13;

const CROSS_STREET = 90;
const CORNER = 3;
const steps = [-6, -2, 2, 6, 10, 15, 20, 26, 33, 41, 50, 62, 78, 98, 125, 160, 210, 300];

/** Draws all ground in sight, and returns the surface of what lies beyond. */
export function drawGround(canvas: Canvas, plan: StreetPlan, style: Style, random: Random): Surface {
  const { course, left, right, crossings } = plan;
  canvas.place(0, 0, 0);
  const road = planRoad(plan, style, random);
  const seed = random.randint(0, 65536);
  const beyond = new Terrain(style.grass, style.earth, bareness(style, random), style.texture);
  const kerb = new Kerb(
    style.kerb,
    style.domain.road.stripedKerbs
      ? [
          [0.6, 0.55, 0.05],
          [0.03, 0.03, 0.03],
        ]
      : undefined,
  );
  const bounds = [
    ...steps,
    ...crossings.flatMap(({ start, end }) => [start - CORNER, start, end, end + CORNER]),
  ];
  bounds.sort((a, b) => a - b);
  for (let k = 0; k + 1 < bounds.length; k++) {
    const a = bounds[k] as number;
    const b = bounds[k + 1] as number;
    if (b - a < 1e-6) continue;
    const crossing = crossings.some(({ start, end }) => a >= start && b <= end);
    const from = crossing ? left.kerb - CROSS_STREET : left.kerb;
    const to = crossing ? right.kerb + CROSS_STREET : right.kerb;
    drawStrip(canvas, course, a, b, from, to, 0, road);
    if (crossing) continue;
    const corner = crossings.some(({ start, end }) => a >= start - CORNER && b <= end + CORNER);
    for (const edge of [left, right]) {
      if (edge.sidewalk > 0) drawSidewalk(canvas, plan, style, edge, a, b, corner, seed, kerb, beyond);
    }
    if (plan.median) drawMedian(canvas, course, a, b, plan.median, kerb, beyond, style, seed);
  }
  for (const crossing of crossings) drawCornerKerbs(canvas, plan, crossing, kerb);
  return beyond;
}

function bareness(style: Style, random: Random): number {
  return style.domain.road.dust[1] > 0.3 ? random.uniform(0.5, 1) : random.uniform(0.05, 0.4);
}

/** A level strip between two places along the street. */
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

/** An upright strip along the street, facing the side given. */
function drawFace(
  canvas: Canvas,
  course: Course,
  a: number,
  b: number,
  t: number,
  top: number,
  facing: 1 | -1,
  surface: Surface,
): void {
  const corners: Corner[] =
    facing > 0
      ? upright(course.x(a) + t, a, course.x(b) + t, b, 0, top, a, b)
      : upright(course.x(b) + t, b, course.x(a) + t, a, 0, top, b, a);
  canvas.polygon(corners, surface);
}

function drawSidewalk(
  canvas: Canvas,
  { course }: StreetPlan,
  style: Style,
  edge: Edge,
  a: number,
  b: number,
  corner: boolean,
  seed: number,
  kerb: Surface,
  grass: Surface,
): void {
  const { side, kerb: at, verge, front } = edge;
  const paved = at + side * verge;
  const paving = new Paving(course, style.paving, style.slab, style.texture, seed);
  const stone = new Paving(course, style.kerb, 0, style.texture, seed);
  const span = (p: number, q: number, surface: Surface) =>
    drawStrip(canvas, course, a, b, Math.min(p, q), Math.max(p, q), KERB, surface);
  const inner = at + side * 0.16;
  span(at, inner, stone);
  if (verge > 0) span(inner, paved, corner ? paving : grass);
  span(verge > 0 ? paved : inner, corner ? front + side * CROSS_STREET : front, paving);
  drawFace(canvas, course, a, b, at, KERB, side > 0 ? -1 : 1, kerb);
}

function drawMedian(
  canvas: Canvas,
  course: Course,
  a: number,
  b: number,
  [from, to]: readonly [number, number],
  kerb: Surface,
  grass: Surface,
  style: Style,
  seed: number,
): void {
  const surface = to - from > 1.4 ? grass : new Paving(course, style.paving, 0, style.texture, seed);
  drawStrip(canvas, course, a, b, from, to, KERB, surface);
  drawFace(canvas, course, a, b, from, KERB, -1, kerb);
  drawFace(canvas, course, a, b, to, KERB, 1, kerb);
}

/** The kerbs that face the camera across a side street. */
function drawCornerKerbs(
  canvas: Canvas,
  { course, left, right, median }: StreetPlan,
  { end }: Crossing,
  kerb: Surface,
): void {
  const x = course.x(end);
  const spans: [number, number][] = [];
  if (left.sidewalk > 0) spans.push([left.kerb - CROSS_STREET, left.kerb]);
  if (right.sidewalk > 0) spans.push([right.kerb, right.kerb + CROSS_STREET]);
  if (median) spans.push([median[0], median[1]]);
  for (const [from, to] of spans)
    canvas.polygon(upright(x + from, end, x + to, end, 0, KERB, from, to), kerb);
}

function planRoad(plan: StreetPlan, style: Style, random: Random): Road {
  const { road, weather } = style.domain;
  const wear = sampleFrom(random, road.paintWear);
  const look = {
    asphalt: style.asphalt,
    texture: style.texture,
    patches: sampleFrom(random, road.patches),
    dust: sampleFrom(random, road.dust),
    dustColor: style.earth,
    snow: sampleFrom(random, weather.snowOnRoad),
    cobbles: random.bernoulli(road.cobbles),
  };
  const section = {
    left: plan.left.kerb,
    right: plan.right.kerb,
    lanes: [...plan.own, ...plan.oncoming],
    rails: plan.tracks.flatMap((track) => [track - 0.72, track + 0.72]),
  };
  const markings = {
    lines: planLines(plan, road.centerLine, random),
    fields: planFields(plan),
    arrows: planArrows(plan, random),
    gaps: plan.crossings.map(({ start, end }) => [start - 5, end + 5] as const),
  };
  const seed = random.randint(0, 65536);
  return new Road(plan.course, look, section, new Markings(markings, wear, seed & 255), seed);
}

function planLines(plan: StreetPlan, center: Paint, random: Random): Line[] {
  const { side, laneWidth, own, oncoming, left, right, median, tracks } = plan;
  const lines: Line[] = [];
  const solid = (t: number, paint: Paint, width = 0.12) => lines.push({ t, width, dash: 1, gap: 0, paint });
  const dashed = (t: number, paint: Paint, width = 0.12) => lines.push({ t, width, dash: 3, gap: 5, paint });
  const half = laneWidth / 2;
  for (let k = 0; k + 1 < own.length; k++) dashed((own[k] as number) + side * half, "white");
  for (let k = 0; k + 1 < oncoming.length; k++) dashed((oncoming[k] as number) - side * half, "white");
  const inner = (own[0] as number) - side * half;
  if (oncoming.length > 0) {
    if (median || tracks.length > 0) {
      solid(inner + side * 0.08, center);
      solid((oncoming[0] as number) + side * half - side * 0.08, center);
    } else if (random.bernoulli(own.length > 1 ? 0.85 : 0.35)) {
      solid(inner - 0.12, center, 0.11);
      solid(inner + 0.12, center, 0.11);
    } else dashed(inner, center, 0.14);
  }
  if (plan.bicycleLane !== undefined) {
    solid(plan.bicycleLane - 0.8, "white", 0.14);
    if (random.bernoulli()) solid(plan.bicycleLane + 0.8, "white", 0.1);
  }
  const painted = random.bernoulli(0.6);
  for (const edge of [left, right]) {
    if (edge.parking) {
      if (painted) dashed(edge.kerb - edge.side * 2.2, "white", 0.1);
    } else if (painted) solid(edge.kerb - edge.side * 0.28, "white", 0.1);
  }
  return lines;
}

function planFields(plan: StreetPlan): Field[] {
  const { left, right, side, own, laneWidth } = plan;
  const fields: Field[] = [];
  const width = right.kerb - left.kerb - 0.8;
  const zebra = (s: number) => fields.push({ s, length: 3, t: left.kerb + 0.4, width, bars: 1 });
  const inner = (own[0] as number) - (side * laneWidth) / 2;
  const outer = (own[own.length - 1] as number) + (side * laneWidth) / 2;
  const stop = (s: number) =>
    fields.push({
      s,
      length: 0.45,
      t: Math.min(inner, outer),
      width: Math.abs(outer - inner),
      bars: 0,
    });
  for (const crossing of plan.crossings) {
    if (crossing.zebra) {
      zebra(crossing.start - 3.8);
      zebra(crossing.end + 0.8);
    }
    if (crossing.signals || !crossing.zebra) stop(crossing.start - (crossing.zebra ? 5 : 1.2));
  }
  if (plan.zebra !== undefined) zebra(plan.zebra);
  return fields;
}

function planArrows({ crossings, own }: StreetPlan, random: Random): Arrow[] {
  if (own.length < 2 || !random.bernoulli(0.6)) return [];
  return crossings.flatMap(({ start }) => own.map((t) => ({ s: start - 12, t })));
}

/** The class of what carries the yards between sidewalk and houses. */
export const yardLabel = (paved: boolean): number => (paved ? trainIds.sidewalk : trainIds.terrain);
