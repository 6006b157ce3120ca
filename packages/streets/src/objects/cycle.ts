// Bicycles, motorcycles and scooters, with or without someone on them. They face +z; the origin is between the wheels.

import { cosine, sine } from "../arithmetic.js";
import type { Canvas, Point } from "../canvas.js";
import type { Rgb } from "../color.js";
import { Surface, trainIds } from "../surface.js";
import { Plain } from "../surfaces/plain.js";
import { Wheel } from "../surfaces/vehicle.js";
import { spokedWheel } from "../textures/cutouts.js";
import { drawHead, type PersonLook } from "./person.js";
import { wheel } from "./solids.js";

const rubber: Rgb = [0.015, 0.015, 0.016];
const metal: Rgb = [0.22, 0.22, 0.24];

class SpokedWheel extends Surface {
  constructor() {
    super(trainIds.bicycle, { cutout: spokedWheel, twoSided: true });
  }

  paint(f: { setColor(color: Rgb): void; u: number; v: number; exposed: number }): void {
    f.setColor(f.u * f.u + f.v * f.v > 0.72 ? rubber : metal);
    f.exposed = 0;
  }
}

export function drawBicycle(canvas: Canvas, color: Rgb): void {
  const label = trainIds.bicycle;
  const frame = new Plain(label, color, { mirror: 0.05 });
  const dark = new Plain(label, rubber);
  const spokes = new SpokedWheel();
  const radius = 0.34;
  const rear = -0.53;
  const front = 0.55;
  canvas.contact(0.2, 0.95, 0.35);
  canvas.capsuleShadow([0, 0.2, rear - 0.3], [0, 0.5, front + 0.3], 0.12);
  wheel(canvas, 0, rear, radius, spokes);
  wheel(canvas, 0, front, radius, spokes);
  const crank: Point = [0, 0.29, -0.05];
  const saddle: Point = [0, 0.84, -0.22];
  const head: Point = [0, 0.82, 0.36];
  const tubes: [Point, Point][] = [
    [crank, saddle],
    [crank, [0, 0.66, 0.41]],
    [[0, 0.72, -0.18], head],
    [[0, radius, rear], crank],
    [
      [0, radius, rear],
      [0, 0.7, -0.17],
    ],
    [
      [0, radius, front],
      [0, 0.95, 0.33],
    ],
  ];
  for (const [from, to] of tubes) canvas.capsule(from, 0.022, to, 0.022, frame);
  canvas.capsule([0, 0.88, -0.34], 0.05, [0, 0.89, -0.1], 0.03, dark);
  canvas.capsule([-0.27, 1.0, 0.28], 0.02, [0.27, 1.0, 0.28], 0.02, dark);
  canvas.capsule([-0.08, 0.2, 0.02], 0.025, [0.08, 0.38, -0.1], 0.025, dark);
}

export interface MotorcycleLook {
  readonly color: Rgb;
  /** A scooter has a step-through body and small wheels. */
  readonly scooter: boolean;
  readonly lamps: number;
}

export function drawMotorcycle(canvas: Canvas, { color, scooter, lamps }: MotorcycleLook): void {
  const label = trainIds.motorcycle;
  const paint = new Plain(label, color, { mirror: 0.14 });
  const dark = new Plain(label, rubber, { mirror: 0.03 });
  const chrome = new Plain(label, metal, { mirror: 0.25 });
  const radius = scooter ? 0.24 : 0.31;
  const rear = scooter ? -0.6 : -0.66;
  const front = scooter ? 0.62 : 0.72;
  canvas.contact(0.35, 1.15, 0.75);
  canvas.capsuleShadow([0, 0.2, rear - 0.3], [0, 0.7, front + 0.3], 0.25);
  const disc = new Wheel(label, metal, 0.6);
  for (const z of [rear, front]) {
    for (const x of [-0.06, 0.06]) wheel(canvas, x, z, radius, disc);
    canvas.capsule([0, radius, z - radius + 0.07], 0.07, [0, radius, z + radius - 0.07], 0.07, dark);
  }
  canvas.capsule([0, radius, front], 0.045, [0, 0.98, front - 0.3], 0.04, chrome);
  canvas.capsule([-0.36, 1.02, front - 0.38], 0.025, [0.36, 1.02, front - 0.38], 0.025, dark);
  canvas.capsule(
    [0, 0.86, front - 0.2],
    0.09,
    [0, 0.9, front - 0.16],
    0.09,
    new Plain(label, [0.6, 0.6, 0.58], { glow: lamps * 5 }),
  );
  if (scooter) {
    canvas.capsule([0, 0.35, front - 0.15], 0.16, [0, 0.85, front - 0.3], 0.13, paint);
    canvas.capsule([0, 0.28, 0.35], 0.13, [0, 0.28, -0.2], 0.15, paint);
    canvas.capsule([0, 0.5, -0.25], 0.2, [0, 0.58, rear - 0.1], 0.16, paint);
  } else {
    canvas.capsule([0, 0.42, -0.15], 0.17, [0, 0.45, 0.2], 0.18, chrome);
    canvas.capsule([0, 0.76, 0.02], 0.14, [0, 0.82, 0.28], 0.15, paint);
    canvas.capsule([0, 0.68, rear - 0.12], 0.08, [0, 0.66, -0.2], 0.12, paint);
    canvas.capsule([0.16, 0.36, rear - 0.2], 0.05, [0.14, 0.34, 0], 0.045, chrome);
  }
  canvas.capsule([0, 0.78, -0.52], 0.09, [0, 0.78, 0], 0.09, dark);
  canvas.capsule(
    [0, 0.7, rear - 0.24],
    0.05,
    [0, 0.7, rear - 0.22],
    0.05,
    new Plain(label, [0.5, 0.02, 0.02], { glow: lamps * 0.9 }),
  );
  canvas.capsule([0, 0.42, rear - radius], 0.06, [0, 0.62, rear - 0.2], 0.08, dark);
}

/** Someone riding: `pedals` is the angle of the cranks, or undefined on a motorcycle. */
export function drawRider(canvas: Canvas, look: PersonLook, pedals: number | undefined): void {
  const h = look.height;
  const top = new Plain(look.label, look.top, { uneven: 0.25 });
  const legs = new Plain(look.label, look.legs, { uneven: 0.15 });
  const shoes = new Plain(look.label, look.shoes);
  const skin = new Plain(look.label, look.skin);
  const cycling = pedals !== undefined;
  const seat: Point = cycling ? [0, 0.98, -0.2] : [0, 0.92, -0.25];
  const neck: Point = cycling ? [0, seat[1] + 0.3 * h, 0.06] : [0, seat[1] + 0.31 * h, -0.12];
  const grip = cycling ? [0.25, 1.02, 0.3] : [0.34, 1.04, 0.36];
  canvas.capsuleShadow([0, 0.8, -0.1], [0, neck[1] + 0.2, 0], 0.2);
  const girth = 0.1 * h * look.build;
  for (const side of [-1, 1]) {
    const angle = cycling ? pedals + (side > 0 ? Math.PI : 0) : 0;
    const foot: Point = cycling
      ? [side * 0.1, 0.29 + 0.16 * sine(angle), -0.03 + 0.16 * cosine(angle)]
      : [side * 0.19, 0.3, 0.12];
    const hip: Point = [side * 0.08, seat[1], seat[2]];
    const knee: Point = cycling
      ? [side * 0.12, (hip[1] + foot[1]) / 2 + 0.12, (hip[2] + foot[2]) / 2 + 0.3]
      : [side * 0.24, 0.78, 0.24];
    canvas.capsule(hip, 0.055 * h, knee, 0.042 * h, legs);
    canvas.capsule(knee, 0.042 * h, foot, 0.03 * h, legs);
    canvas.capsule(foot, 0.032 * h, [foot[0], foot[1] - 0.01, foot[2] + 0.12], 0.026 * h, shoes);
    const shoulder: Point = [side * (girth + 0.02 * h), neck[1] - 0.03 * h, neck[2]];
    const hand: Point = [side * (grip[0] as number), grip[1] as number, grip[2] as number];
    const elbow: Point = [
      side * (girth + 0.075 * h),
      (shoulder[1] + hand[1]) / 2 - 0.05,
      (shoulder[2] + hand[2]) / 2 - 0.02,
    ];
    canvas.capsule(shoulder, 0.036 * h, elbow, 0.03 * h, top);
    canvas.capsule(elbow, 0.03 * h, hand, 0.026 * h, top);
    canvas.capsule(
      [side * 0.04 * h, seat[1] + 0.02, seat[2]],
      girth * 0.75,
      [side * (girth - 0.045 * h), neck[1] - 0.04 * h, neck[2]],
      girth * 0.68,
      top,
    );
  }
  drawHead(canvas, look, neck, skin);
  if (look.bag === "backpack") {
    const bag = new Plain(look.label, look.shoes, { uneven: 0.3 });
    canvas.capsule(
      [0, seat[1] + 0.18, seat[2] - 0.2],
      girth * 0.75,
      [0, neck[1] - 0.1, neck[2] - 0.22],
      girth * 0.75,
      bag,
    );
  }
}
