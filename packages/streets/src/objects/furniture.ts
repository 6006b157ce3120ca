// What stands along a street: lamps, traffic lights, signs, utility poles, bollards, bins and benches. The origin is at the
// foot; +z is the direction in which traffic on that side of the road drives, so faces are turned to -z.

import type { Canvas, Point } from "../canvas.js";
import type { Rgb } from "../color.js";
import { trainIds, UNLABELED } from "../surface.js";
import { Plain } from "../surfaces/plain.js";
import { SignalFace, SignFace, type SignKind } from "../surfaces/sign.js";
import { box } from "./solids.js";

const steel: Rgb = [0.2, 0.205, 0.21];
const back: Rgb = [0.22, 0.22, 0.22];

/** A lamp whose arm reaches over the road by `reach` (negative: to the left). Its light is drawn elsewhere. */
export function drawStreetLamp(
  canvas: Canvas,
  height: number,
  reach: number,
  color: Rgb,
  glow: number,
): void {
  const pole = new Plain(trainIds.pole, color);
  canvas.contact(0.25, 0.25, 0.5);
  canvas.capsuleShadow([0, 0, 0], [0, height, 0], 0.07);
  canvas.capsule([0, 0, 0], 0.1, [0, height, 0], 0.06, pole);
  canvas.capsule([0, 0, 0], 0.13, [0, 0.9, 0], 0.12, pole);
  const tip: Point = [reach, height + 0.35, 0];
  canvas.capsule([0, height, 0], 0.05, tip, 0.045, pole);
  const head = new Plain(trainIds.pole, [0.5, 0.5, 0.48], { glow });
  canvas.capsule([reach * 0.8, height + 0.26, 0], 0.08, tip, 0.1, head);
}

/** A traffic light on a pole; `arm` (meters, signed) carries another over the road. */
export function drawTrafficLight(
  canvas: Canvas,
  on: 0 | 1 | 2,
  arm: number,
  casing: Rgb,
  brightness: number,
): void {
  const pole = new Plain(trainIds.pole, steel);
  const height = arm === 0 ? 3.2 : 5.6;
  canvas.contact(0.25, 0.25, 0.5);
  canvas.capsuleShadow([0, 0, 0], [0, height, 0], 0.07);
  canvas.capsule([0, 0, 0], 0.08, [0, height, 0], 0.06, pole);
  drawSignal(canvas, [0, 2.75, -0.12], on, casing, brightness, 1);
  if (arm === 0) return;
  canvas.capsule([0, height - 0.1, 0], 0.06, [arm, height + 0.1, 0], 0.05, pole);
  drawSignal(canvas, [arm * 0.95, height - 0.35, -0.12], on, casing, brightness, 1.15);
  drawSignal(canvas, [arm * 0.5, height - 0.4, -0.12], on, casing, brightness, 1.15);
}

function drawSignal(
  canvas: Canvas,
  [x, y, z]: Point,
  on: 0 | 1 | 2,
  casing: Rgb,
  brightness: number,
  size: number,
): void {
  const half = 0.17 * size;
  const tall = 0.48 * size;
  const shell = new Plain(trainIds.trafficLight, casing);
  const face = new SignalFace(on, brightness, casing);
  canvas.polygon(
    [
      [x - half, y - tall, z, -1, -1],
      [x - half, y + tall, z, -1, 1],
      [x + half, y + tall, z, 1, 1],
      [x + half, y - tall, z, 1, -1],
    ],
    face,
  );
  const faces = { left: shell, right: shell, front: shell, top: shell };
  box(canvas, { x: [x - half, x + half], y: [y - tall, y + tall], z: [z, z + 0.3] }, faces);
}

export interface SignLook {
  readonly kind: SignKind;
  readonly seed: number;
  readonly guideColor: Rgb;
  readonly yellowWarnings: boolean;
}

/** A sign on a pole, perhaps with a second one below. */
export function drawSign(canvas: Canvas, look: SignLook, height: number, below: SignKind | undefined): void {
  const pole = new Plain(trainIds.pole, steel);
  canvas.capsuleShadow([0, 0, 0], [0, height, 0], 0.04);
  canvas.capsule([0, 0, 0], 0.04, [0, height + 0.35, 0], 0.04, pole);
  drawFace(canvas, [0, height, -0.06], look, look.kind === "panel" ? [0.32, 0.45] : [0.4, 0.4]);
  if (below)
    drawFace(
      canvas,
      [0, height - 0.75, -0.06],
      { ...look, kind: below },
      below === "panel" ? [0.3, 0.2] : [0.34, 0.34],
    );
}

function drawFace(
  canvas: Canvas,
  [x, y, z]: Point,
  look: SignLook,
  [half, tall]: readonly [number, number],
): void {
  const face = new SignFace(look.kind, look.seed, look.guideColor, look.yellowWarnings);
  canvas.polygon(
    [
      [x - half, y - tall, z, -1, -1],
      [x - half, y + tall, z, -1, 1],
      [x + half, y + tall, z, 1, 1],
      [x + half, y - tall, z, 1, -1],
    ],
    face,
  );
  const rear = new Plain(trainIds.trafficSign, back, face.cutout ? { cutout: face.cutout } : {});
  canvas.polygon(
    [
      [x + half, y - tall, z + 0.02, 1, -1],
      [x + half, y + tall, z + 0.02, 1, 1],
      [x - half, y + tall, z + 0.02, -1, 1],
      [x - half, y - tall, z + 0.02, -1, -1],
    ],
    rear,
  );
}

/** A gantry over the road from x0 to x1 with guide signs. */
export function drawGantry(canvas: Canvas, x0: number, x1: number, look: SignLook): void {
  const pole = new Plain(trainIds.pole, steel);
  for (const x of [x0, x1]) {
    canvas.capsule([x, 0, 0], 0.16, [x, 6.6, 0], 0.14, pole);
    canvas.capsuleShadow([x, 0, 0], [x, 6.6, 0], 0.16);
  }
  for (const y of [5.9, 6.6]) canvas.capsule([x0, y, 0], 0.09, [x1, y, 0], 0.09, pole);
  const width = (x1 - x0) / 3;
  for (let k = 0; k < 2; k++) {
    const center = x0 + (x1 - x0) * (0.32 + 0.36 * k);
    drawFace(canvas, [center, 6.4, -0.2], { ...look, kind: "guide", seed: look.seed + k }, [
      width * 0.42,
      1.05,
    ]);
  }
}

/** A pole for wires, with a cross-arm. */
export function drawUtilityPole(canvas: Canvas, height: number, color: Rgb): void {
  const wood = new Plain(trainIds.pole, color, { uneven: 0.5 });
  canvas.contact(0.3, 0.3, 0.5);
  canvas.capsuleShadow([0, 0, 0], [0, height, 0], 0.12);
  canvas.capsule([0, 0, 0], 0.16, [0, height, 0], 0.11, wood);
  canvas.capsule([-1, height - 0.5, 0], 0.06, [1, height - 0.5, 0], 0.06, wood);
}

/** A wire that hangs between two points of the world; to be drawn after everything else. The canvas must be unplaced. */
export function drawWire(canvas: Canvas, from: Point, to: Point, sag: number): void {
  const wire = new Plain(UNLABELED, [0.03, 0.03, 0.03]);
  const parts = 6;
  let last = from;
  for (let k = 1; k <= parts; k++) {
    const t = k / parts;
    const next: Point = [
      from[0] + (to[0] - from[0]) * t,
      from[1] + (to[1] - from[1]) * t - 4 * sag * t * (1 - t),
      from[2] + (to[2] - from[2]) * t,
    ];
    canvas.capsule(last, 0.014, next, 0.014, wire);
    last = next;
  }
}

export function drawBollard(canvas: Canvas, color: Rgb): void {
  const post = new Plain(trainIds.pole, color);
  canvas.capsule([0, 0, 0], 0.07, [0, 0.85, 0], 0.07, post);
  canvas.capsuleShadow([0, 0, 0], [0, 0.85, 0], 0.07);
  canvas.contact(0.2, 0.2, 0.5);
}

/** A litter bin: none of the 19 classes. */
export function drawBin(canvas: Canvas, color: Rgb): void {
  const body = new Plain(trainIds.ignored, color, { uneven: 0.2 });
  canvas.contact(0.4, 0.4, 0.6);
  canvas.capsule([0, 0.2, 0], 0.22, [0, 0.8, 0], 0.25, body);
}

/** A bench: none of the 19 classes. */
export function drawBench(canvas: Canvas, color: Rgb): void {
  const wood = new Plain(trainIds.ignored, color, { uneven: 0.4 });
  canvas.contact(0.4, 0.9, 0.5);
  const faces = { left: wood, right: wood, back: wood, front: wood, top: wood };
  box(canvas, { x: [-0.22, 0.22], y: [0.4, 0.47], z: [-0.85, 0.85] }, faces);
  box(canvas, { x: [0.18, 0.24], y: [0.5, 0.9], z: [-0.85, 0.85] }, faces);
  for (const z of [-0.7, 0.7]) canvas.capsule([0, 0, z], 0.04, [0, 0.42, z], 0.04, wood);
}
