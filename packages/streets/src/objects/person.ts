// People: rods and spheres in the pose of someone who walks, stands or sits. Faces +z; the origin is between the feet.

import { cosine, sine } from "../arithmetic.js";
import type { Canvas, Point } from "../canvas.js";
import type { Rgb } from "../color.js";
import { Plain } from "../surfaces/plain.js";

export interface PersonLook {
  readonly label: number;
  /** Meters. */
  readonly height: number;
  /** 1 for the average build. */
  readonly build: number;
  readonly skin: Rgb;
  readonly hair: Rgb;
  readonly top: Rgb;
  readonly legs: Rgb;
  readonly shoes: Rgb;
  /** A coat or a skirt hangs from the hips: its share of the leg's length, 0 for none. */
  readonly skirt: number;
  readonly bag: "none" | "backpack" | "handbag";
  readonly umbrella: Rgb | undefined;
  readonly hat: boolean;
}

/** Walks with the given phase of the step (radians) and stride (0: stands). */
export function drawPerson(canvas: Canvas, look: PersonLook, phase: number, stride: number): void {
  const { height: h, build } = look;
  const top = new Plain(look.label, look.top, { uneven: 0.25 });
  const legs = new Plain(look.label, look.legs, { uneven: 0.15 });
  const shoes = new Plain(look.label, look.shoes);
  const skin = new Plain(look.label, look.skin);
  const hip = 0.52 * h;
  const shoulder = 0.815 * h;
  const girth = 0.1 * h * build;
  canvas.contact(0.36, 0.3, 0.6);
  canvas.capsuleShadow([0, 0, 0], [0, h * 0.95, 0], girth * 1.5);
  const sway = sine(phase) * stride;
  for (const side of [-1, 1]) {
    const swing = side * sway;
    const x = side * 0.05 * h;
    const lift = Math.max(0, -side * cosine(phase)) * 0.06 * stride * h;
    const knee: Point = [x, 0.28 * h + lift * 0.5, swing * 0.11 * h + lift * 0.7];
    const ankle: Point = [x, 0.05 * h + lift, swing * 0.21 * h];
    canvas.capsule([x, hip, 0], 0.052 * h * build, knee, 0.04 * h, legs);
    canvas.capsule(knee, 0.04 * h, ankle, 0.028 * h, legs);
    canvas.capsule(
      [x, ankle[1] - 0.018 * h, ankle[2]],
      0.03 * h,
      [x, ankle[1] - 0.022 * h, ankle[2] + 0.08 * h],
      0.024 * h,
      shoes,
    );
    const elbow: Point = [side * (girth + 0.055 * h), 0.645 * h, -swing * 0.07 * h];
    const held = look.umbrella !== undefined && side === 1;
    const hand: Point = held
      ? [side * girth, 0.74 * h, 0.12 * h]
      : [side * (girth + 0.05 * h), 0.5 * h, -swing * 0.12 * h + 0.04 * h];
    canvas.capsule([side * (girth + 0.025 * h), shoulder - 0.02 * h, 0], 0.034 * h, elbow, 0.03 * h, top);
    canvas.capsule(elbow, 0.03 * h, hand, 0.024 * h, top);
    canvas.capsule(hand, 0.027 * h, hand, 0.027 * h, skin);
    canvas.capsule(
      [side * 0.035 * h, hip, 0],
      girth * 0.72,
      [side * (girth - 0.045 * h), shoulder - 0.035 * h, 0],
      girth * 0.62,
      top,
    );
  }
  if (look.skirt > 0) {
    const hem = hip - look.skirt * 0.45 * h;
    canvas.capsule(
      [0, hip + 0.05 * h, 0],
      girth * 0.85,
      [0, hem, 0],
      girth * 1.15,
      look.skirt > 0.6 ? legs : top,
    );
  }
  drawHead(canvas, look, [0, shoulder, 0], skin);
  if (look.bag === "backpack") {
    const bag = new Plain(look.label, look.shoes, { uneven: 0.3 });
    canvas.capsule([0, 0.6 * h, -girth * 1.2], girth * 0.7, [0, 0.75 * h, -girth * 1.2], girth * 0.7, bag);
  } else if (look.bag === "handbag") {
    const bag = new Plain(look.label, look.hair, { uneven: 0.3 });
    canvas.capsule([girth + 0.09 * h, 0.42 * h, 0], 0.05 * h, [girth + 0.09 * h, 0.46 * h, 0], 0.06 * h, bag);
  }
  if (look.umbrella !== undefined) drawUmbrella(canvas, look, look.umbrella);
}

/** Neck, head and hair over the given point between the shoulders. */
export function drawHead(canvas: Canvas, look: PersonLook, [x, y, z]: Point, skin: Plain): void {
  const h = look.height;
  const hair = new Plain(look.label, look.hair, look.hat ? { exposed: true } : {});
  canvas.capsule([x, y - 0.01 * h, z], 0.034 * h, [x, y + 0.05 * h, z], 0.032 * h, skin);
  canvas.capsule(
    [x, y + 0.095 * h, z + 0.006 * h],
    0.05 * h,
    [x, y + 0.13 * h, z + 0.006 * h],
    0.056 * h,
    skin,
  );
  canvas.capsule(
    [x, y + 0.12 * h, z - 0.022 * h],
    0.056 * h,
    [x, y + 0.15 * h, z - 0.008 * h],
    0.06 * h,
    hair,
  );
}

function drawUmbrella(canvas: Canvas, look: PersonLook, color: Rgb): void {
  const cloth = new Plain(look.label, color, { twoSided: true, exposed: true });
  const apex: Point = [0.1, look.height + 0.32, 0.12];
  const ribs = 8;
  for (let k = 0; k < ribs; k++) {
    const a = (k / ribs) * 6.283185307179586;
    const b = ((k + 1) / ribs) * 6.283185307179586;
    canvas.polygon(
      [
        [apex[0], apex[1], apex[2], 0, 0],
        [apex[0] + 0.55 * cosine(a), apex[1] - 0.24, apex[2] + 0.55 * sine(a), 0, 1],
        [apex[0] + 0.55 * cosine(b), apex[1] - 0.24, apex[2] + 0.55 * sine(b), 1, 1],
      ],
      cloth,
    );
  }
  const stick = new Plain(look.label, [0.05, 0.05, 0.05]);
  canvas.capsule([0.1, look.height * 0.72, 0.12], 0.012, apex, 0.012, stick);
}
