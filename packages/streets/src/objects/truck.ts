// Trucks: a cab and, apart from it, a load: box, container, tarpaulin, tipper or the open bed of a pickup. Faces +z.

import type { Canvas } from "../canvas.js";
import type { Rgb } from "../color.js";
import { Plain } from "../surfaces/plain.js";
import { End, Glass, Sheet, Side, type SkinLook } from "../surfaces/vehicle.js";
import { drawWheels, endLook } from "./car.js";
import { box, loft } from "./solids.js";

export type TruckKind = "box" | "container" | "tipper" | "pickup";

export const truckLength = (kind: TruckKind): number =>
  ({ box: 7.5, container: 11, tipper: 8, pickup: 5.4 })[kind];

const chassis: Rgb = [0.02, 0.02, 0.022];

export function drawTruck(canvas: Canvas, kind: TruckKind, skin: SkinLook, load: Rgb): void {
  if (kind === "pickup") {
    drawPickup(canvas, skin);
    return;
  }
  const end = truckLength(kind) / 2;
  const half = kind === "box" ? 1.1 : 1.24;
  const cabHeight = kind === "box" ? 2.45 : 2.95;
  const cabLength = kind === "box" ? 1.75 : 2.1;
  const loadHeight = kind === "tipper" ? 2.5 : kind === "box" ? 3.1 : 3.85;
  const cabBack = end - cabLength;
  const radius = kind === "box" ? 0.42 : 0.5;
  const wheels = kind === "box" ? [-end + 1.6, end - 1] : [-end + 1.1, -end + 2.3, end - 1.3];
  canvas.boxShadow(half, end, loadHeight * 0.97);
  canvas.contact(half + 0.3, end + 0.3, 0.92);

  const sill = 0.45;
  const belt = cabHeight * 0.56;
  const side = new Side(skin, {
    wheels: [end - (kind === "box" ? 1 : 1.3)],
    wheelRadius: radius,
    seams: [cabBack + 0.25],
    length: 2 * end,
    sill,
    top: belt,
    lampHeight: 0.8,
  });
  const sheet = new Sheet(skin);
  const front = new End(skin, endLook(half, sill, belt, 0.85, 0.42, 0.24), true);
  loft(
    canvas,
    [
      { z: cabBack, bottom: sill, top: belt, half },
      { z: end - 0.06, bottom: sill, top: belt, half },
      { z: end, bottom: sill, top: belt, half: half - 0.08 },
    ],
    { side, top: sheet, front, back: undefined },
  );
  const glass = new Glass(skin);
  loft(
    canvas,
    [
      { z: cabBack, bottom: belt, top: cabHeight, half, halfTop: half - 0.08 },
      { z: end - 0.34, bottom: belt, top: cabHeight, half, halfTop: half - 0.08 },
      { z: end, bottom: belt, top: belt + 0.02, half: half - 0.08 },
    ],
    {
      side: new Glass(skin, [cabBack + 0.35, end - 0.3], kind === "box" ? 0.25 : 0.4),
      top: sheet,
      tops: [sheet, glass],
      front: undefined,
      back: new Sheet(skin, 0.5),
    },
  );

  const loadSkin: SkinLook = { ...skin, paint: load, gloss: 0.03 };
  const walls = new Sheet(loadSkin);
  const shaded = new Sheet(loadSkin, 0.85);
  const floor = kind === "tipper" ? 1.1 : 0.95;
  const under = new Plain(skin.label, chassis);
  const extent = { x: [-half, half], z: [-end, cabBack - 0.12] } as const;
  const back = new End(loadSkin, endLook(half, sill, loadHeight, 0.75, 0.3, 0.2), false);
  box(canvas, { ...extent, y: [sill, floor] }, { left: under, right: under, back, front: under });
  const ribbed = kind === "container" || kind === "tipper";
  const flank = ribbed ? new Plain(skin.label, load, { uneven: 0.25 }) : walls;
  box(
    canvas,
    { ...extent, y: [floor, loadHeight] },
    { left: flank, right: flank, back: shaded, front: shaded, top: kind === "tipper" ? under : walls },
  );
  const trim = new Plain(skin.label, [load[0] * 0.55, load[1] * 0.55, load[2] * 0.55]);
  if (ribbed) {
    const ribs = kind === "tipper" ? 5 : 9;
    for (let k = 0; k <= ribs; k++) {
      const z = -end + ((cabBack - 0.12 + end) * k) / ribs;
      for (const x of [-half, half]) canvas.capsule([x, floor, z], 0.05, [x, loadHeight, z], 0.05, trim);
    }
  }
  for (const x of [-half, 0, half]) canvas.capsule([x, floor, -end], 0.04, [x, loadHeight, -end], 0.04, trim);
  drawWheels(canvas, skin.label, half - 0.08, wheels, radius, 0.55);
}

function drawPickup(canvas: Canvas, skin: SkinLook): void {
  const end = 2.7;
  const half = 0.95;
  const belt = 1.12;
  const sill = 0.36;
  const wheels = [-end + 1.1, end - 0.95];
  canvas.boxShadow(half, end, 1.5);
  canvas.contact(half + 0.22, end + 0.25, 0.9);
  const sheet = new Sheet(skin);
  const side = new Side(skin, {
    wheels,
    wheelRadius: 0.38,
    seams: [0.1, 1.1],
    length: 2 * end,
    sill,
    top: belt,
    lampHeight: 0.9,
  });
  loft(
    canvas,
    [
      { z: -end, bottom: sill + 0.1, top: belt, half: half - 0.03 },
      { z: -0.55, bottom: sill, top: belt, half },
      { z: 1.3, bottom: sill, top: belt, half },
      { z: end - 0.15, bottom: sill, top: belt - 0.12, half: half - 0.03 },
      { z: end, bottom: sill + 0.08, top: belt - 0.2, half: half - 0.1 },
    ],
    {
      side,
      top: sheet,
      tops: [new Plain(skin.label, chassis)],
      back: new End(skin, endLook(half - 0.03, sill + 0.1, belt, 0.85, 0.16, 0.36), false),
      front: new End(skin, endLook(half - 0.1, sill + 0.08, belt - 0.2, 0.76, 0.34, 0.2), true),
    },
  );
  const glass = new Glass(skin);
  loft(
    canvas,
    [
      { z: -0.55, bottom: belt, top: belt + 0.02, half: half - 0.06 },
      { z: -0.4, bottom: belt, top: 1.76, half: half - 0.06, halfTop: half - 0.2 },
      { z: 0.65, bottom: belt, top: 1.78, half: half - 0.06, halfTop: half - 0.2 },
      { z: 1.4, bottom: belt, top: belt + 0.02, half: half - 0.08 },
    ],
    {
      side: new Glass(skin, [-0.35, 0.25, 0.85], 0.06),
      top: sheet,
      tops: [glass, sheet, glass],
      back: undefined,
      front: undefined,
    },
  );
  drawWheels(canvas, skin.label, half - 0.04, wheels, 0.38);
}
