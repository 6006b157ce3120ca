// Buildings: boxes with façades, roofs, chimneys, balconies and awnings. Object coordinates: the front lies along z from 0 to
// `width`, at x = 0; the building extends to +x (`outward` 1: right of the street) or to -x (left of it).

import type { Random } from "@pinmem/core";
import type { Canvas, Corner } from "../canvas.js";
import { type Rgb, scaled } from "../color.js";
import { trainIds } from "../surface.js";
import { Facade, type FacadeLook } from "../surfaces/facade.js";
import { Tiles } from "../surfaces/masonry.js";
import { Plain } from "../surfaces/plain.js";
import { box } from "./solids.js";

export type RoofKind = "flat" | "gable" | "mansard";

export interface BuildingLook {
  readonly facade: FacadeLook;
  readonly roof: RoofKind;
  readonly roofColor: Rgb;
  readonly width: number;
  readonly depth: number;
  /** The share of windows with a balcony. */
  readonly balconies: number;
  readonly awnings: boolean;
}

export function drawBuilding(canvas: Canvas, look: BuildingLook, outward: 1 | -1, random: Random): void {
  const { facade, width, depth } = look;
  const { height } = facade;
  const street = new Facade(facade, width);
  const end = new Facade({ ...facade, shops: false }, random.bernoulli(0.5) ? depth : 0);
  const x: readonly [number, number] = outward > 0 ? [0, depth] : [-depth, 0];
  const faces = { back: end, front: end, left: street, right: street };
  box(canvas, { x, y: [0, height], z: [0, width] }, faces);
  if (look.roof === "flat") drawFlatRoof(canvas, look, x, random);
  else drawPitchedRoof(canvas, look, x, outward, random);
  if (look.balconies > 0) drawBalconies(canvas, look, outward, random);
  if (look.awnings && facade.shops) drawAwnings(canvas, look, outward, random);
}

function drawFlatRoof(
  canvas: Canvas,
  look: BuildingLook,
  x: readonly [number, number],
  random: Random,
): void {
  const { facade, width } = look;
  const { height } = facade;
  const top = new Plain(trainIds.building, look.roofColor, { uneven: 0.3, exposed: true });
  box(canvas, { x, y: [0, height], z: [0, width] }, { top });
  const hut = new Plain(trainIds.building, scaled(facade.wall, 0.7), { uneven: 0.3 });
  const faces = { left: hut, right: hut, back: hut, front: hut };
  for (let k = random.randint(0, 3); k > 0; k--) {
    const z = random.uniform(0.1, 0.7) * width;
    const from = x[0] + random.uniform(0.15, 0.5) * (x[1] - x[0]);
    const size = random.uniform(1, 3);
    box(
      canvas,
      { x: [from, from + size], y: [height, height + random.uniform(0.8, 2.6)], z: [z, z + size] },
      faces,
    );
  }
}

function drawPitchedRoof(
  canvas: Canvas,
  look: BuildingLook,
  [x0, x1]: readonly [number, number],
  outward: 1 | -1,
  random: Random,
): void {
  const { facade, width, depth } = look;
  const eaves = facade.height;
  const tiles = new Tiles(look.roofColor, facade.texture, facade.seed);
  const mansard = look.roof === "mansard";
  const rise = mansard ? 3.2 : Math.min(4.5, depth * 0.32);
  const run = mansard ? 1.1 : depth / 2;
  const over = mansard ? 0 : 0.35;
  const front = outward > 0 ? x0 - over : x1 + over;
  const rear = outward > 0 ? x1 + over : x0 - over;
  const frontTop = front + outward * (run + over);
  const rearTop = rear - outward * (run + over);
  const ridge = eaves + rise;
  const slope = Math.sqrt(run * run + rise * rise);
  const plane = (low: number, high: number): Corner[] => [
    [low, eaves, 0, 0, 0],
    [high, ridge, 0, 0, slope],
    [high, ridge, width, width, slope],
    [low, eaves, width, width, 0],
  ];
  canvas.polygon(outward > 0 ? plane(front, frontTop).reverse() : plane(front, frontTop), tiles);
  canvas.polygon(outward > 0 ? plane(rear, rearTop) : plane(rear, rearTop).reverse(), tiles);
  const gableEnd = new Facade({ ...facade, height: ridge + 2, shops: false }, 0);
  const gable = mansard ? tiles : gableEnd;
  const profile = (z: number): Corner[] => [
    [x0, eaves, z, x0, eaves],
    [Math.min(frontTop, rearTop), ridge, z, 0, ridge],
    [Math.max(frontTop, rearTop), ridge, z, 1, ridge],
    [x1, eaves, z, x1, eaves],
  ];
  canvas.polygon(profile(0), gable);
  canvas.polygon(profile(width).reverse(), gable);
  const bricks = new Plain(trainIds.building, scaled(facade.wall, 0.75), { uneven: 0.4 });
  const stack = { left: bricks, right: bricks, back: bricks, front: bricks, top: bricks };
  for (let k = random.randint(0, 3); k > 0; k--) {
    const z = random.uniform(0.1, 0.85) * width;
    const x = frontTop + outward * random.uniform(-0.3, 0.4);
    box(canvas, { x: [x - 0.3, x + 0.3], y: [ridge - 1.2, ridge + 1], z: [z, z + 0.8] }, stack);
  }
  if (mansard || random.bernoulli(0.4)) drawDormers(canvas, look, front, outward, eaves, rise, run);
}

function drawDormers(
  canvas: Canvas,
  { facade, width }: BuildingLook,
  front: number,
  outward: 1 | -1,
  eaves: number,
  rise: number,
  run: number,
): void {
  const wall = new Plain(trainIds.building, facade.trim);
  const glass = new Plain(trainIds.building, facade.glass, { mirror: 0.25 });
  const count = Math.max(1, Math.floor(width / 4));
  for (let k = 0; k < count; k++) {
    const z = ((k + 0.5) * width) / count;
    const x = front + outward * run * 0.25;
    const y = eaves + rise * 0.25;
    const faces = { left: wall, right: wall, back: wall, front: wall, top: wall };
    const to = x + outward * run * 0.5;
    box(canvas, { x: x < to ? [x, to] : [to, x], y: [y, y + 1.5], z: [z - 0.7, z + 0.7] }, faces);
    const pane = x - outward * 0.02;
    box(
      canvas,
      { x: [pane, pane], y: [y + 0.25, y + 1.3], z: [z - 0.5, z + 0.5] },
      { left: glass, right: glass },
    );
  }
}

function drawBalconies(canvas: Canvas, look: BuildingLook, outward: 1 | -1, random: Random): void {
  const { facade, width } = look;
  const slab = new Plain(trainIds.building, facade.trim, { exposed: true });
  const rail = new Plain(trainIds.building, scaled(facade.accent, 0.8), { uneven: 0.2 });
  const bays = Math.max(1, Math.round(width / facade.bay));
  const bay = width / bays;
  const stories = Math.min(12, Math.floor((facade.height - facade.groundFloor - 1) / facade.story));
  const x: readonly [number, number] = outward > 0 ? [-1.1, 0] : [0, 1.1];
  for (let column = 0; column < bays; column++) {
    if (!random.bernoulli(look.balconies)) continue;
    const z: readonly [number, number] = [column * bay + 0.2, (column + 1) * bay - 0.2];
    for (let story = 0; story < stories; story++) {
      const y = facade.groundFloor + story * facade.story;
      const faces = { left: rail, right: rail, back: rail, front: rail };
      box(canvas, { x, y: [y + 0.12, y + 1.0], z }, faces);
      box(
        canvas,
        { x, y: [y - 0.05, y + 0.12], z },
        { left: slab, right: slab, back: slab, front: slab, top: slab },
      );
    }
  }
}

function drawAwnings(canvas: Canvas, look: BuildingLook, outward: 1 | -1, random: Random): void {
  const { facade, width } = look;
  const bay = Math.min(3.2, width);
  const y = facade.groundFloor - 0.85;
  for (let from = 0.2; from + bay * 0.9 <= width; from += bay) {
    if (random.bernoulli(0.5)) continue;
    const to = from + bay * 0.9;
    const cloth = new Plain(trainIds.building, random.choice([facade.accent, facade.trim]), {
      twoSided: true,
      exposed: true,
    });
    const reach = -outward * random.uniform(0.9, 1.5);
    canvas.polygon(
      [
        [0, y, from, 0, 0],
        [reach, y - 0.55, from, 1, 0],
        [reach, y - 0.55, to, 1, 1],
        [0, y, to, 0, 1],
      ],
      cloth,
    );
    canvas.polygon(
      [
        [reach, y - 0.55, from, 0, 0],
        [reach, y - 0.8, from, 1, 0],
        [reach, y - 0.8, to, 1, 1],
        [reach, y - 0.55, to, 0, 1],
      ],
      cloth,
    );
  }
}
