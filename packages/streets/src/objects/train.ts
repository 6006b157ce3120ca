// Trams and trains: several cars with tapered ends, a band of windows, a pantograph. Faces +z; the origin is under the front.

import type { Canvas } from "../canvas.js";
import type { Rgb } from "../color.js";
import { Plain } from "../surfaces/plain.js";
import { End, Glass, Sheet, Side, type SkinLook } from "../surfaces/vehicle.js";
import { endLook } from "./car.js";
import { box, loft } from "./solids.js";

const CAR = 9.5;
const GAP = 0.5;

export const trainLength = (cars: number): number => cars * CAR + (cars - 1) * GAP;

const bellows: Rgb = [0.03, 0.03, 0.03];
const metal: Rgb = [0.12, 0.12, 0.13];

/** `cars` lie behind the origin, along the object's own straight axis. */
export function drawTrain(canvas: Canvas, skin: SkinLook, cars: number, inside: number): void {
  const half = 1.2;
  const sill = 0.28;
  const belt = 1.25;
  const lintel = 2.45;
  const height = 3.25;
  const total = trainLength(cars);
  canvas.contact(half + 0.3, 0.1, 0);
  const sheet = new Sheet(skin);
  const roof = new Sheet(skin, 0.6);
  const side = new Side(skin, {
    wheels: [],
    wheelRadius: 0.3,
    seams: [],
    length: 4 * total,
    sill,
    top: belt,
    lampHeight: -9,
  });
  const front = new End(skin, endLook(half - 0.35, sill, belt, 0.85, 0.3, 0.18), true);
  const back = new End(skin, endLook(half - 0.35, sill, belt, 0.85, 0.3, 0.18), false);
  const dark = new Plain(skin.label, bellows);
  for (let car = 0; car < cars; car++) {
    const to = -car * (CAR + GAP);
    const from = to - CAR;
    const first = car === 0;
    const last = car === cars - 1;
    const noseTo = first ? half - 0.35 : half;
    const noseFrom = last ? half - 0.35 : half;
    const stations = [
      { z: from, half: noseFrom },
      { z: from + 1.1, half },
      { z: to - 1.1, half },
      { z: to, half: noseTo },
    ];
    const layer = (bottom: number, top: number) => stations.map((station) => ({ ...station, bottom, top }));
    const pillars = Array.from({ length: 6 }, (_, k) => from + 0.6 + (k * (CAR - 1.2)) / 5);
    const windows = new Glass(skin, pillars, 0.09, inside);
    const screen = new Glass(skin, [-half, half], 0.1, inside * 0.5);
    loft(canvas, layer(sill, belt), {
      side,
      top: sheet,
      front: first ? front : dark,
      back: last ? back : dark,
    });
    loft(canvas, layer(belt, lintel), {
      side: windows,
      top: sheet,
      front: first ? screen : dark,
      back: last ? screen : dark,
    });
    loft(canvas, layer(lintel, height), { side: sheet, top: roof, front: sheet, back: sheet });
    box(
      canvas,
      { x: [-0.8, 0.8], y: [height, height + 0.3], z: [from + 2, to - 3] },
      { left: roof, right: roof, front: roof, back: roof, top: roof },
    );
    if (!last) {
      box(
        canvas,
        { x: [-half + 0.15, half - 0.15], y: [sill, height - 0.2], z: [from - GAP, from] },
        { left: dark, right: dark, top: dark },
      );
    }
  }
  const arm = new Plain(skin.label, metal);
  canvas.capsule([0, height + 0.2, -4], 0.04, [0, height + 0.9, -3], 0.04, arm);
  canvas.capsule([0, height + 0.9, -3], 0.04, [0, height + 1.5, -4], 0.04, arm);
  canvas.capsule([-0.7, height + 1.5, -4], 0.035, [0.7, height + 1.5, -4], 0.035, arm);
}
