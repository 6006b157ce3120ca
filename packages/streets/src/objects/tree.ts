// Trees, bushes and hedges. A crown is several masses of leaves around a middle; all are lit as one round body. Drawn at the
// place given, in world coordinates (the canvas must be placed there, unturned).

import type { Random } from "@pinmem/core";
import type { Canvas, Point } from "../canvas.js";
import { blend, type Rgb } from "../color.js";
import { type Cutout, trainIds } from "../surface.js";
import { Foliage, type FoliageLook } from "../surfaces/foliage.js";
import { Plain } from "../surfaces/plain.js";
import { firs, leafMasses, palmHeads, twigMasses } from "../textures/cutouts.js";
import { box, mass } from "./solids.js";

export type TreeKind = "broadleaf" | "columnar" | "fir" | "palm" | "bare";

export interface TreeLook {
  readonly kind: TreeKind;
  readonly height: number;
  readonly leaves: Rgb;
  readonly bark: Rgb;
  readonly texture: number;
}

const pick = (cutouts: readonly Cutout[], random: Random): Cutout => random.choice(cutouts);

/** At (x, y, z) of the world; y is the height of the ground. */
export function drawTree(canvas: Canvas, at: Point, look: TreeLook, random: Random): void {
  canvas.place(at[0], at[1], at[2]);
  canvas.contact(0.55, 0.55, 0.55);
  switch (look.kind) {
    case "fir":
      drawFir(canvas, at, look, random);
      return;
    case "palm":
      drawPalm(canvas, at, look, random);
      return;
    case "bare":
      drawBare(canvas, look, random);
      return;
    default:
      drawLeafy(canvas, at, look, random);
  }
}

const foliage = (look: TreeLook, random: Random, scale: number): FoliageLook => ({
  color: look.leaves,
  texture: look.texture,
  scale,
  seed: random.randint(0, 256),
});

function drawLeafy(canvas: Canvas, at: Point, look: TreeLook, random: Random): void {
  const { height } = look;
  const columnar = look.kind === "columnar";
  const half = columnar ? height * 0.13 : height * random.uniform(0.26, 0.36);
  const crownBottom = columnar ? height * 0.1 : height * random.uniform(0.22, 0.34);
  const middle = (height + crownBottom) / 2;
  const tall = (height - crownBottom) / 2;
  const bark = new Plain(trainIds.vegetation, look.bark, { uneven: 0.6 });
  const trunk = 0.022 * height + 0.05;
  canvas.capsule([0, 0, 0], trunk * 1.15, [0, middle, 0], trunk * 0.6, bark);
  for (let branch = columnar ? 3 : 0; branch < 3; branch++) {
    const x = random.uniform(-0.6, 0.6) * half;
    const z = random.uniform(-0.6, 0.6) * half;
    canvas.capsule([0, crownBottom * 0.85, 0], trunk * 0.5, [x, middle, z], trunk * 0.25, bark);
  }
  const crown = [at[0], at[1] + middle, at[2], Math.max(half, tall)] as const;
  const leaves = foliage(look, random, 26 / (1 + 0.08 * height));
  const masses = columnar ? 5 : 9;
  canvas.capsuleShadow([0, 0, 0], [0, crownBottom * 1.3, 0], trunk);
  for (let k = 0; k < masses; k++) {
    const level = columnar ? (k / (masses - 1)) * 1.7 - 0.85 : random.uniform(-0.72, 0.72);
    const around = Math.sqrt(Math.max(0, 1 - level * level)) * half * (columnar ? 0.15 : 0.68);
    const x = random.uniform(-1, 1) * around;
    const z = random.uniform(-1, 1) * around;
    const size = columnar
      ? half * random.uniform(0.95, 1.15) * (1.15 - 0.55 * Math.abs(level + 0.15))
      : random.uniform(0.46, 0.64) * half;
    const center: Point = [x, middle + level * tall * 0.78, z];
    const cutout = pick(leafMasses, random);
    const stretch = columnar ? 1.5 : random.uniform(0.8, 1.05);
    mass(canvas, center, size * 1.25, size * 1.25 * stretch, new Foliage(leaves, cutout, crown));
    canvas.discShadow(center, size * 1.1, cutout);
  }
}

function drawFir(canvas: Canvas, at: Point, look: TreeLook, random: Random): void {
  const { height } = look;
  const bark = new Plain(trainIds.vegetation, look.bark, { uneven: 0.6 });
  canvas.capsule([0, 0, 0], 0.025 * height, [0, height * 0.3, 0], 0.02 * height, bark);
  const middle = height * 0.54;
  const half = height * random.uniform(0.17, 0.24);
  const crown = [at[0], at[1] + middle * 0.8, at[2], height * 0.5] as const;
  const surface = new Foliage(foliage(look, random, 14), pick(firs, random), crown, 1.2);
  mass(canvas, [0, middle, 0], half, height * 0.46, surface);
  canvas.capsuleShadow([0, 0, 0], [0, height * 0.9, 0], half * 0.5);
}

function drawPalm(canvas: Canvas, at: Point, look: TreeLook, random: Random): void {
  const { height } = look;
  const lean = random.uniform(-0.06, 0.06) * height;
  const bark = new Plain(trainIds.vegetation, look.bark, { uneven: 0.7 });
  canvas.capsule([0, 0, 0], 0.2, [lean * 0.4, height * 0.55, 0], 0.15, bark);
  canvas.capsule([lean * 0.4, height * 0.55, 0], 0.15, [lean, height, 0], 0.14, bark);
  const crown = [at[0] + lean, at[1] + height - 1, at[2], 3.2] as const;
  const leaves = foliage(look, random, 20);
  const size = random.uniform(1.7, 2.3);
  for (let k = 0; k < 2; k++) {
    const surface = new Foliage(leaves, pick(palmHeads, random), crown, 0.8);
    mass(canvas, [lean, height - 0.1, 0.1 * k], size, size, surface);
  }
  canvas.capsuleShadow([0, 0, 0], [lean, height, 0], 0.16);
  canvas.discShadow([lean, height, 0], size * 0.9, pick(leafMasses, random));
}

/** A tree in winter: branches that fork, in a haze of twigs. */
function drawBare(canvas: Canvas, look: TreeLook, random: Random): void {
  const { height } = look;
  const bark = new Plain(trainIds.vegetation, look.bark, { uneven: 0.5, exposed: true });
  const twigs = blend(look.bark, [0.05, 0.045, 0.04], 0.4);
  const grow = (
    from: Point,
    length: number,
    radius: number,
    lean: readonly [number, number],
    depth: number,
  ): void => {
    const to: Point = [from[0] + lean[0] * length, from[1] + length, from[2] + lean[1] * length];
    canvas.capsule(from, radius, to, radius * 0.68, bark);
    if (depth === 0) {
      const size = length * random.uniform(1.1, 1.5);
      const surface = new Plain(trainIds.vegetation, twigs, {
        cutout: pick(twigMasses, random),
        twoSided: true,
      });
      mass(canvas, [to[0], to[1] + size * 0.2, to[2]], size, size, surface);
      return;
    }
    const forks = depth === 3 ? 3 : 2;
    for (let k = 0; k < forks; k++) {
      const spread = depth === 3 ? 0.7 : 0.85;
      grow(
        to,
        length * random.uniform(0.62, 0.8),
        radius * 0.62,
        [lean[0] * 0.5 + random.uniform(-spread, spread), lean[1] * 0.5 + random.uniform(-spread, spread)],
        depth - 1,
      );
    }
  };
  grow([0, 0, 0], height * 0.32, 0.02 * height + 0.04, [0, 0], 3);
  canvas.capsuleShadow([0, 0, 0], [0, height * 0.7, 0], 0.12);
}

/** A bush of the given half width. */
export function drawBush(
  canvas: Canvas,
  at: Point,
  size: number,
  leaves: Rgb,
  texture: number,
  random: Random,
): void {
  canvas.place(at[0], at[1], at[2]);
  canvas.contact(size * 1.1, size, 0.7);
  const crown = [at[0], at[1] + size * 0.35, at[2], size * 1.25] as const;
  const look: FoliageLook = { color: leaves, texture, scale: 22, seed: random.randint(0, 256) };
  for (let k = 0; k < 3; k++) {
    const surface = new Foliage(look, pick(leafMasses, random), crown);
    const x = (k - 1) * size * 0.55 + random.uniform(-0.2, 0.2) * size;
    mass(
      canvas,
      [x, size * random.uniform(0.35, 0.6), random.uniform(-0.3, 0.3) * size],
      size,
      size * 0.85,
      surface,
    );
  }
}

/** A clipped hedge between two points of the object's z axis. */
export function drawHedge(
  canvas: Canvas,
  width: number,
  height: number,
  length: number,
  leaves: Rgb,
  texture: number,
  seed: number,
): void {
  const surface = new Foliage({ color: leaves, texture, scale: 24, seed }, undefined, [0, 0, 0, 0]);
  const faces = { left: surface, right: surface, back: surface, front: surface, top: surface };
  box(canvas, { x: [-width / 2, width / 2], y: [0, height], z: [0, length] }, faces);
  canvas.contact(width, length / 2, 0);
}
