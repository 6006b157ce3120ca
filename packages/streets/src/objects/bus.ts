// Buses and coaches: long boxes with a band of windows, doors on the curb's side, a destination over the windscreen. Faces +z.

import type { Canvas } from "../canvas.js";
import type { Rgb } from "../color.js";
import { Plain } from "../surfaces/plain.js";
import { End, Glass, Sheet, Side, type SkinLook } from "../surfaces/vehicle.js";
import { drawWheels, endLook } from "./car.js";
import { box, loft } from "./solids.js";

export const busLength = 11.4;

const amber: Rgb = [0.9, 0.45, 0.05];

/** `curb`: 1 when the doors are on the right, -1 on the left; `decks`: 1 or 2. */
export function drawBus(canvas: Canvas, skin: SkinLook, curb: 1 | -1, decks: 1 | 2, inside: number): void {
  const end = busLength / 2;
  const half = 1.26;
  const sill = 0.32;
  const belt = 1.15;
  const lintel = 2.3;
  const height = decks === 2 ? 4.25 : 3.05;
  const wheels = [-end + 2.7, end - 2.5];
  canvas.boxShadow(half, end, height);
  canvas.contact(half + 0.3, end + 0.3, 0.92);
  const sheet = new Sheet(skin);
  const side = new Side(skin, {
    wheels,
    wheelRadius: 0.48,
    seams: [],
    length: 2 * end,
    sill,
    top: belt,
    lampHeight: 0.75,
  });
  loft(
    canvas,
    [
      { z: -end, bottom: sill, top: belt, half: half - 0.04 },
      { z: -end + 0.1, bottom: sill, top: belt, half },
      { z: end - 0.15, bottom: sill, top: belt, half },
      { z: end, bottom: sill, top: belt, half: half - 0.1 },
    ],
    {
      side,
      top: sheet,
      back: new End(skin, endLook(half - 0.04, sill, belt, 0.85, 0.24, 0.34), false),
      front: new End(skin, endLook(half - 0.1, sill, belt, 0.72, 0.38, 0.2), true),
    },
  );
  const pillars = Array.from({ length: 8 }, (_, k) => -end + 0.2 + (k * (2 * end - 0.4)) / 7);
  const windows = new Glass(skin, pillars, 0.07, inside);
  const windscreen = new Glass(skin, [-half, half], 0.1, inside);
  drawDeck(canvas, belt, lintel, windows, windscreen, new Glass(skin, [-half, half], 0.3, inside * 0.6));
  const upper = new Sheet(skin, 0.97);
  const roofTop = decks === 2 ? 2.75 : height;
  drawDeck(canvas, lintel, roofTop, upper, upper, upper);
  if (decks === 2) {
    drawDeck(canvas, 2.75, 3.75, windows, windscreen, windscreen);
    drawDeck(canvas, 3.75, height, upper, upper, upper);
  }
  box(canvas, { x: [-half, half], y: [sill, height], z: [-end, end] }, { top: sheet });
  if (decks === 1)
    box(
      canvas,
      { x: [-0.9, 0.9], y: [height, height + 0.25], z: [-3, 0.5] },
      { left: upper, right: upper, back: upper, front: upper, top: upper },
    );
  const destination = new Plain(skin.label, amber, { glow: 0.25 + inside });
  box(
    canvas,
    { x: [-0.7, 0.7], y: [lintel + 0.12, lintel + 0.4], z: [-end - 0.01, end + 0.01] },
    { front: destination },
  );
  const door = new Glass(skin, [end - 1.1, -0.9, -0.1], 0.05, inside);
  const x = curb * (half + 0.01);
  for (const [from, to] of [
    [end - 1.7, end - 0.5],
    [-1.1, 0.1],
  ] as const) {
    box(
      canvas,
      { x: [x, x], y: [sill + 0.05, lintel], z: [from, to] },
      curb > 0 ? { right: door } : { left: door },
    );
  }
  drawWheels(canvas, skin.label, half - 0.06, wheels, 0.48, 0.5);

  function drawDeck(
    on: Canvas,
    from: number,
    to: number,
    flank: Glass | Sheet,
    front: Glass | Sheet,
    back: Glass | Sheet,
  ): void {
    box(on, { x: [-half, half], y: [from, to], z: [-end, end] }, { left: flank, right: flank, front, back });
  }
}
