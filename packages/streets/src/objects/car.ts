// Cars of several shapes: a body lofted through cross-sections, a glass house on top, four wheels. The origin is on the road
// under the middle; the car faces +z.

import type { Canvas } from "../canvas.js";
import type { Rgb } from "../color.js";
import { Plain } from "../surfaces/plain.js";
import { End, Glass, Sheet, Side, type SkinLook, Wheel } from "../surfaces/vehicle.js";
import { loft, type Section, wheel } from "./solids.js";

export type CarKind = "sedan" | "hatchback" | "estate" | "suv" | "van" | "compact";

interface Shape {
  readonly length: number;
  readonly width: number;
  readonly height: number;
  readonly belt: number;
  readonly bonnet: number;
  readonly boot: number;
  /** Horizontal run of windscreen and rear window. */
  readonly windscreen: number;
  readonly rearWindow: number;
}

const shapes: Readonly<Record<CarKind, Shape>> = {
  sedan: {
    length: 4.65,
    width: 1.82,
    height: 1.45,
    belt: 0.93,
    bonnet: 1.25,
    boot: 0.75,
    windscreen: 0.8,
    rearWindow: 0.65,
  },
  hatchback: {
    length: 4.05,
    width: 1.76,
    height: 1.49,
    belt: 0.95,
    bonnet: 0.98,
    boot: 0.14,
    windscreen: 0.8,
    rearWindow: 0.5,
  },
  estate: {
    length: 4.7,
    width: 1.82,
    height: 1.48,
    belt: 0.94,
    bonnet: 1.2,
    boot: 0.12,
    windscreen: 0.8,
    rearWindow: 0.55,
  },
  suv: {
    length: 4.6,
    width: 1.9,
    height: 1.73,
    belt: 1.1,
    bonnet: 1.1,
    boot: 0.12,
    windscreen: 0.65,
    rearWindow: 0.4,
  },
  van: {
    length: 5.0,
    width: 1.95,
    height: 2.0,
    belt: 1.16,
    bonnet: 0.75,
    boot: 0.08,
    windscreen: 0.85,
    rearWindow: 0.16,
  },
  compact: {
    length: 3.45,
    width: 1.6,
    height: 1.5,
    belt: 0.95,
    bonnet: 0.68,
    boot: 0.1,
    windscreen: 0.72,
    rearWindow: 0.4,
  },
};

export const carLength = (kind: CarKind): number => shapes[kind].length;

const tire: Rgb = [0.012, 0.012, 0.014];

export function drawCar(canvas: Canvas, kind: CarKind, skin: SkinLook, { taxi = false } = {}): void {
  const { length, width, height, belt, bonnet, boot, windscreen, rearWindow } = shapes[kind];
  const half = width / 2;
  const end = length / 2;
  const sill = 0.24;
  const radius = kind === "suv" || kind === "van" ? 0.35 : 0.31;
  const wheels = [-end + 0.78, end - 0.84];
  canvas.boxShadow(half * 0.95, end * 0.95, height * 0.92);
  canvas.contact(half + 0.22, end + 0.25, 0.9);

  const body: Section[] = [
    { z: -end, bottom: sill + 0.13, top: belt - 0.1, half: half - 0.12, halfTop: half - 0.16 },
    { z: -end + 0.14, bottom: sill, top: belt - 0.01, half: half - 0.02, halfTop: half - 0.07 },
    { z: -end + boot + rearWindow * 0.4, bottom: sill, top: belt + 0.02, half, halfTop: half - 0.05 },
    { z: end - bonnet, bottom: sill, top: belt, half, halfTop: half - 0.05 },
    { z: end - 0.26, bottom: sill, top: belt - 0.16, half: half - 0.03, halfTop: half - 0.1 },
    { z: end, bottom: sill + 0.1, top: belt - 0.27, half: half - 0.13, halfTop: half - 0.18 },
  ];
  const sheet = new Sheet(skin);
  const doors = kind === "van" ? [0.9, -0.2] : [end - bonnet - 0.55, (end - bonnet - end + boot) / 2 - 0.2];
  loft(canvas, body, {
    side: new Side(skin, {
      wheels,
      wheelRadius: radius,
      seams: doors,
      length,
      sill,
      top: belt,
      lampHeight: belt - 0.22,
    }),
    top: sheet,
    back: new End(skin, endLook(half - 0.14, sill + 0.1, belt - 0.1, belt - 0.24, 0.3, 0.2), false),
    front: new End(skin, endLook(half - 0.16, sill + 0.08, belt - 0.27, belt - 0.36, 0.36, 0.15), true),
  });

  // The glass house: windscreen, roof, rear window and sides.
  const roofHalf = half * (kind === "van" ? 0.82 : 0.72);
  const frontBase = end - bonnet + 0.05;
  const rearBase = -end + boot;
  const house: Section[] = [
    { z: rearBase, bottom: belt - 0.02, top: belt - 0.01, half: half - 0.09 },
    {
      z: rearBase + rearWindow,
      bottom: belt - 0.02,
      top: height - 0.02,
      half: half - 0.06,
      halfTop: roofHalf,
    },
    { z: frontBase - windscreen, bottom: belt - 0.02, top: height, half: half - 0.06, halfTop: roofHalf },
    { z: frontBase, bottom: belt - 0.02, top: belt - 0.01, half: half - 0.08 },
  ];
  const pillars = [
    rearBase + rearWindow * 0.62,
    (frontBase + rearBase) / 2 - 0.05,
    frontBase - windscreen * 0.72,
  ];
  const glass = new Glass(skin);
  loft(canvas, house, {
    side: new Glass(
      skin,
      kind === "van" ? [...pillars, rearBase + 1.1] : pillars,
      kind === "van" ? 0.2 : 0.055,
    ),
    top: sheet,
    back: undefined,
    front: undefined,
    tops: [glass, sheet, glass],
  });
  drawWheels(canvas, skin.label, half - 0.04, wheels, radius);
  if (taxi) {
    const sign = new Plain(skin.label, [0.8, 0.65, 0.1], { glow: skin.lamps * 2 });
    canvas.capsule([-0.2, height + 0.08, 0.1], 0.09, [0.2, height + 0.08, 0.1], 0.09, sign);
  }
  for (const side of [-1, 1]) {
    const mirror = side * (half + 0.08);
    canvas.capsule(
      [mirror - 0.04, belt + 0.06, frontBase - 0.5],
      0.075,
      [mirror + 0.04, belt + 0.06, frontBase - 0.5],
      0.075,
      sheet,
    );
  }
}

export const endLook = (
  halfWidth: number,
  sill: number,
  top: number,
  lampHeight: number,
  lampWidth: number,
  lampTall: number,
) => ({ halfWidth, sill, top, lampHeight, lampWidth, lampTall });

/** Wheels on both sides at the given places along the vehicle, with tires seen from behind and in front. */
export function drawWheels(
  canvas: Canvas,
  label: number,
  half: number,
  places: readonly number[],
  radius: number,
  rimSize = 0.66,
): void {
  const face = new Wheel(label, undefined, rimSize);
  const rubber = new Plain(label, tire, { twoSided: true });
  for (const z of places) {
    for (const side of [-1, 1]) {
      const outer = side * (half + 0.03);
      const inner = side * (half - 0.2);
      wheel(canvas, outer, z, radius, face);
      wheel(canvas, inner, z, radius, face);
      canvas.polygon(
        [
          [inner, 0, z - radius * 0.45, 0, 0],
          [inner, radius * 1.6, z - radius * 0.9, 0, 1],
          [outer, radius * 1.6, z - radius * 0.9, 1, 1],
          [outer, 0, z - radius * 0.45, 1, 0],
        ],
        rubber,
      );
      canvas.polygon(
        [
          [inner, 0, z + radius * 0.45, 0, 0],
          [inner, radius * 1.6, z + radius * 0.9, 0, 1],
          [outer, radius * 1.6, z + radius * 0.9, 1, 1],
          [outer, 0, z + radius * 0.45, 1, 0],
        ],
        rubber,
      );
    }
  }
}
