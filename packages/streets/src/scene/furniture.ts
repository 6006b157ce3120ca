// Sets up what stands along the street: rows of trees, lamps, poles and wires, signs, traffic lights, clutter.

import type { Random } from "@pinmem/core";
import type { Canvas, Point } from "../canvas.js";
import { scaled } from "../color.js";
import {
  drawBench,
  drawBin,
  drawBollard,
  drawGantry,
  drawSign,
  drawStreetLamp,
  drawTrafficLight,
  drawUtilityPole,
  type SignLook,
} from "../objects/furniture.js";
import { drawTree } from "../objects/tree.js";
import type { Lamp } from "../shading/lamps.js";
import type { SignKind } from "../surfaces/sign.js";
import { CURB } from "./ground.js";
import { type Edge, onCrossing, type StreetPlan } from "./plan.js";
import { placeAlong } from "./roadside.js";
import { sampleByWeight, sampleColor, sampleCount, sampleFrom } from "./sampling.js";
import type { Style } from "./style.js";

/** Lamps farther away than this light nothing that is seen, meters. */
const LAMP_REACH = 75;

export interface Wire {
  readonly from: Point;
  readonly to: Point;
  readonly sag: number;
}

/** Draws all furniture but the wires, which it returns; the lamps that shine are added to `lamps`. */
export function drawFurniture(
  canvas: Canvas,
  plan: StreetPlan,
  style: Style,
  lamps: Lamp[],
  random: Random,
): Wire[] {
  const wires: Wire[] = [];
  for (const edge of [plan.left, plan.right]) {
    drawTreeRow(canvas, plan, style, edge, random);
    drawClutter(canvas, plan, style, edge, random);
  }
  drawLamps(canvas, plan, style, lamps, random);
  drawSignals(canvas, plan, style, random);
  drawSigns(canvas, plan, style, random);
  if (random.bernoulli(style.domain.furniture.utilityPoles)) drawPoles(canvas, plan, style, wires, random);
  drawTramWires(plan, wires);
  return wires;
}

const footOf = (edge: Edge): number => (edge.sidewalk > 0 ? CURB : 0);

function drawTreeRow(canvas: Canvas, plan: StreetPlan, style: Style, edge: Edge, random: Random): void {
  const { roadside, palettes } = style.domain;
  if (edge.sidewalk + edge.verge < 2 || !random.bernoulli(roadside.treeRows)) return;
  const spacing = sampleFrom(random, roadside.treeSpacing);
  const t = edge.curb + edge.side * (edge.verge > 0 ? edge.verge / 2 : 0.9);
  for (let s = random.uniform(1, spacing); s < 120; s += spacing * random.uniform(0.9, 1.1)) {
    if (onCrossing(plan, s, 5)) continue;
    const look = {
      kind: style.rowTree,
      height: style.rowHeight * random.uniform(0.85, 1.1),
      leaves: scaled(style.rowLeaves, random.uniform(0.85, 1.15)),
      bark: sampleColor(random, palettes.bark),
      texture: style.texture,
    };
    drawTree(canvas, [plan.course.x(s) + t, CURB, s], look, random);
  }
}

function drawLamps(canvas: Canvas, plan: StreetPlan, style: Style, lamps: Lamp[], random: Random): void {
  const { furniture, light } = style.domain;
  const spacing = sampleFrom(random, furniture.lampSpacing);
  const height = sampleFrom(random, furniture.lampHeight);
  const both = random.bernoulli(0.6);
  const reach = random.uniform(0.8, 2.4);
  let edge = random.bernoulli() ? plan.left : plan.right;
  for (let s = random.uniform(2, spacing); s < 130; s += both ? spacing / 2 : spacing) {
    if (both) edge = edge === plan.left ? plan.right : plan.left;
    if (onCrossing(plan, s, 1)) continue;
    const t = edge.curb + edge.side * 0.55;
    placeAlong(canvas, plan, s, t, footOf(edge));
    drawStreetLamp(canvas, height, -edge.side * reach, style.pole, light.streetLamps > 0 ? 14 : 0);
    if (light.streetLamps > 0 && s < LAMP_REACH) {
      lamps.push({
        x: plan.course.x(s) + t - edge.side * reach,
        y: height + 0.2,
        z: s,
        color: scaled(light.lampColor, light.streetLamps * height),
      });
    }
  }
}

function drawSignals(canvas: Canvas, plan: StreetPlan, style: Style, random: Random): void {
  const { furniture } = style.domain;
  const night = style.domain.light.streetLamps > 0;
  const place = (s: number, edge: Edge, on: 0 | 1 | 2) => {
    const roadWidth = plan.right.curb - plan.left.curb;
    const arm =
      furniture.signalArms && edge.side === plan.side ? -edge.side * Math.min(7, roadWidth * 0.55) : 0;
    placeAlong(canvas, plan, s, edge.curb + edge.side * 0.5, footOf(edge));
    drawTrafficLight(canvas, on, arm, furniture.signalCasing, night ? 6 : 2.2);
  };
  for (const crossing of plan.crossings) {
    if (!crossing.signals) continue;
    const on = random.choice([0, 0, 1, 2, 2] as const);
    const ownEdge = plan.side > 0 ? plan.right : plan.left;
    const farEdge = plan.side > 0 ? plan.left : plan.right;
    const beyond = furniture.signalArms ? crossing.end + 1.2 : crossing.start - 1;
    place(beyond, ownEdge, on);
    if (random.bernoulli(0.7)) place(beyond, farEdge, on);
  }
  if (plan.zebra !== undefined && random.bernoulli(0.5)) {
    for (const edge of [plan.left, plan.right]) place(plan.zebra - 0.6, edge, random.choice([0, 2] as const));
  }
}

function drawSigns(canvas: Canvas, plan: StreetPlan, style: Style, random: Random): void {
  const { furniture } = style.domain;
  const lookOf = (kind: SignKind): SignLook => ({
    kind,
    seed: random.randint(0, 256),
    guideColor: furniture.guideColor,
    yellowWarnings: furniture.yellowWarnings,
  });
  for (let k = sampleCount(random, furniture.signs); k > 0; k--) {
    const s = 6 + 65 * random.uniform() * random.uniform(0.3, 1);
    if (onCrossing(plan, s, 0.5)) continue;
    const own = random.bernoulli(0.72);
    const edge = plan.side > 0 === own ? plan.right : plan.left;
    placeAlong(canvas, plan, s, edge.curb + edge.side * random.uniform(0.4, 0.8), footOf(edge), own ? 1 : -1);
    const below = random.bernoulli(0.3)
      ? random.bernoulli()
        ? "panel"
        : sampleByWeight(random, furniture.signKinds)
      : undefined;
    drawSign(canvas, lookOf(sampleByWeight(random, furniture.signKinds)), random.uniform(2.2, 2.8), below);
  }
  if (random.bernoulli(furniture.gantries)) {
    placeAlong(canvas, plan, random.uniform(22, 55), 0, 0);
    drawGantry(canvas, plan.left.curb - 0.6, plan.right.curb + 0.6, lookOf("guide"));
  }
}

/** The wires over the tracks. */
function drawTramWires({ course, tracks }: StreetPlan, wires: Wire[]): void {
  for (const track of tracks) {
    for (let s = -4; s < 76; s += 20) {
      const at = (z: number): Point => [course.x(z) + track, 5.2, z];
      wires.push({ from: at(s), to: at(s + 20), sag: 0.1 });
    }
  }
}

function drawPoles(canvas: Canvas, plan: StreetPlan, style: Style, wires: Wire[], random: Random): void {
  const edge = random.bernoulli() ? plan.left : plan.right;
  const spacing = random.uniform(18, 32);
  const height = random.uniform(7, 9.5);
  const color = sampleColor(random, style.domain.palettes.bark);
  const t = edge.curb + edge.side * 0.8;
  const tops: Point[] = [];
  for (let s = random.uniform(3, spacing) - spacing; s < 120; s += spacing) {
    tops.push([plan.course.x(s) + t, footOf(edge) + height - 0.45, s]);
    if (onCrossing(plan, s, 1)) continue;
    placeAlong(canvas, plan, s, t, footOf(edge));
    drawUtilityPole(canvas, height, color);
  }
  for (let k = 0; k + 1 < tops.length && k < 4; k++) {
    const from = tops[k] as Point;
    const to = tops[k + 1] as Point;
    const sag = random.uniform(0.3, 0.8);
    for (const x of [-0.9, 0.9])
      wires.push({ from: [from[0] + x, from[1], from[2]], to: [to[0] + x, to[1], to[2]], sag });
  }
}

function drawClutter(canvas: Canvas, plan: StreetPlan, style: Style, edge: Edge, random: Random): void {
  const { furniture, palettes } = style.domain;
  if (edge.sidewalk < 1.2) return;
  const paved = edge.curb + edge.side * edge.verge;
  for (let k = sampleCount(random, furniture.clutter); k > 0; k--) {
    const s = random.uniform(4, 50);
    if (onCrossing(plan, s, 2)) continue;
    placeAlong(canvas, plan, s, paved + edge.side * random.uniform(0.5, 0.9), CURB, edge.side);
    if (random.bernoulli(0.65)) drawBin(canvas, sampleColor(random, palettes.accents));
    else drawBench(canvas, sampleColor(random, palettes.bark));
  }
  if (!random.bernoulli(furniture.bollards)) return;
  const spacing = random.uniform(1.6, 3);
  for (let s = random.uniform(3, 8); s < 40; s += spacing) {
    if (onCrossing(plan, s, 0.5)) continue;
    placeAlong(canvas, plan, s, edge.curb + edge.side * 0.35, CURB);
    drawBollard(canvas, style.pole);
  }
}
