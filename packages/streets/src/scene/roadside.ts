// Fills both sides of the street with plots: rows of houses, towers, walls, fences, gardens, parks. Also tells the skyline's
// shadow how high they stand.

import type { Random } from "@pinmem/core";
import type { Canvas } from "../canvas.js";
import type { PlotKind } from "../domain.js";
import { drawBuilding } from "../objects/building.js";
import { box } from "../objects/solids.js";
import { drawBush, drawHedge, drawTree } from "../objects/tree.js";
import type { SkylineShadow } from "../shading/skyline-shadow.js";
import { Fence } from "../surfaces/fence.js";
import { Paving, Terrain } from "../surfaces/ground.js";
import { Masonry } from "../surfaces/masonry.js";
import { CURB, drawStrip } from "./ground.js";
import { type HouseWishes, sampleBuildingLook } from "./houses.js";
import { type Edge, FARTHEST, type StreetPlan } from "./plan.js";
import { sampleByWeight, sampleColor, sampleFrom } from "./sampling.js";
import type { Style } from "./style.js";

export interface Roadside {
  readonly canvas: Canvas;
  readonly plan: StreetPlan;
  readonly style: Style;
  readonly skyline: SkylineShadow;
  readonly random: Random;
}

/** Places the canvas on the street, z along its course. */
export function placeAlong(
  canvas: Canvas,
  plan: StreetPlan,
  s: number,
  t: number,
  y: number,
  direction: 1 | -1 = 1,
): void {
  const slope = plan.course.slope(s);
  const length = Math.sqrt(1 + slope * slope);
  canvas.place(plan.course.x(s) + t, y, s, direction / length, (direction * slope) / length);
}

export function drawRoadside(scene: Roadside): void {
  for (const edge of [scene.plan.left, scene.plan.right]) drawSide(scene, edge);
}

function drawSide(scene: Roadside, edge: Edge): void {
  const { plan, style, random } = scene;
  const { roadside } = style.domain;
  let s = random.uniform(-18, -8);
  let kind = sampleByWeight(random, roadside.plots);
  // Neighbors resemble one another: a street keeps its character for a while.
  const height = sampleFrom(random, roadside.height);
  while (s < FARTHEST) {
    const crossing = plan.crossings.find(({ start, end }) => s < end + 3 && s > start - 3 - 5);
    if (crossing) {
      s = crossing.end + 3;
      continue;
    }
    const next = plan.crossings.find(({ start }) => start > s);
    const room = next ? next.start - 3 - s : Number.POSITIVE_INFINITY;
    const width = Math.min(sampleFrom(random, roadside.plotWidth) * (s > 80 ? 1.6 : 1), room);
    drawPlot(scene, edge, kind, s, width, height);
    s += width;
    if (random.bernoulli(0.45)) kind = sampleByWeight(random, roadside.plots);
  }
}

function drawPlot(
  scene: Roadside,
  edge: Edge,
  kind: PlotKind,
  s: number,
  width: number,
  height: number,
): void {
  switch (kind) {
    case "terrace":
      drawHouse(scene, edge, s, width, 0, { height: height * scene.random.uniform(0.85, 1.15) });
      return;
    case "tower": {
      const setback = scene.random.uniform(2, 7);
      drawYard(scene, edge, s, width, setback + 1, true);
      drawHouse(scene, edge, s + 1, width - 2, setback, {
        height: Math.max(20, height * scene.random.uniform(1.8, 3.2)),
        tower: true,
      });
      return;
    }
    case "shops":
      drawHouse(scene, edge, s, width, 0, { height: scene.random.uniform(4.2, 8.5), shops: true });
      return;
    case "house":
      drawDetached(scene, edge, s, width);
      return;
    case "walled":
      drawWall(scene, edge, s, width);
      drawBehind(scene, edge, s, width, height, 0.55);
      return;
    case "fenced":
      drawFence(scene, edge, s, width);
      drawBehind(scene, edge, s, width, height, 0.45);
      return;
    case "park":
      drawPark(scene, edge, s, width, 0.07);
      return;
    case "open":
      drawPark(scene, edge, s, width, 0.018);
  }
}

type HouseKind = Omit<HouseWishes, "width">;

function drawHouse(
  scene: Roadside,
  edge: Edge,
  s: number,
  width: number,
  setback: number,
  kind: HouseKind,
): void {
  if (width < 2.5) return;
  const { canvas, plan, style, random, skyline } = scene;
  const { side, front } = edge;
  const look = sampleBuildingLook(style, random, { ...kind, width });
  const t = front + side * setback;
  skyline.add(s, s + width, t, look.facade.height + (look.roof === "flat" ? 0 : 1.5));
  placeAlong(canvas, plan, s, t, CURB);
  drawBuilding(canvas, look, side, random);
}

/** A detached house behind a front garden, which a fence, a hedge or a wall may close. */
function drawDetached(scene: Roadside, edge: Edge, s: number, width: number): void {
  const { random, plan, style } = scene;
  const setback = random.uniform(3.5, 8);
  drawYard(scene, edge, s, width, setback + 14, false);
  const house = Math.min(width - 2, random.uniform(8, 13));
  const from = s + random.uniform(1, Math.max(1.1, width - house - 1));
  drawHouse(scene, edge, from, house, setback, { height: random.uniform(5.5, 8.5), shops: false });
  const closed = random.uniform();
  if (closed < 0.35) drawFence(scene, edge, s, width);
  else if (closed < 0.5) drawWall(scene, edge, s, width, random.uniform(0.8, 1.3));
  else if (closed < 0.75) drawHedgeAlong(scene, edge, s, width);
  if (random.bernoulli(0.6)) {
    const t = edge.front + edge.side * setback * random.uniform(0.35, 0.7);
    drawTreeAt(scene, s + random.uniform(0.1, 0.9) * width, t, random.uniform(0.5, 0.9));
  }
  if (random.bernoulli(0.5)) {
    const at = s + random.uniform(0.2, 0.8) * width;
    const t = edge.front + edge.side * random.uniform(1, setback - 0.5);
    drawBush(
      scene.canvas,
      [plan.course.x(at) + t, 0, at],
      random.uniform(0.5, 1.1),
      sampleColor(random, style.domain.palettes.leaves),
      style.texture,
      random,
    );
  }
}

function drawYard(
  { canvas, plan, style, random }: Roadside,
  edge: Edge,
  s: number,
  width: number,
  depth: number,
  paved: boolean,
): void {
  const surface = paved
    ? new Paving(plan.course, style.paving, style.slab, style.texture, 3)
    : new Terrain(
        sampleColor(random, style.domain.palettes.grass),
        style.earth,
        random.uniform(0.1, 0.5),
        style.texture,
      );
  const t = edge.front;
  const far = t + edge.side * depth;
  canvas.place(0, 0, 0);
  drawStrip(canvas, plan.course, s, s + width, Math.min(t, far), Math.max(t, far), CURB - 0.01, surface);
}

function drawWall(
  { canvas, plan, style, random }: Roadside,
  edge: Edge,
  s: number,
  width: number,
  low?: number,
): void {
  const { roadside, palettes } = style.domain;
  const height = low ?? sampleFrom(random, roadside.wallHeight);
  const bond = sampleByWeight(random, roadside.walls);
  const seed = random.randint(0, 4096);
  const surface = new Masonry(
    sampleColor(random, palettes.walls),
    bond,
    height,
    style.texture,
    seed,
    roadside.graffiti,
  );
  placeAlong(canvas, plan, s, edge.front, edge.sidewalk > 0 ? CURB : 0);
  const x: readonly [number, number] = edge.side > 0 ? [0, 0.3] : [-0.3, 0];
  box(
    canvas,
    { x, y: [0, height], z: [0, width] },
    { left: surface, right: surface, back: surface, top: surface },
  );
}

function drawFence({ canvas, plan, style, random }: Roadside, edge: Edge, s: number, width: number): void {
  const { roadside, palettes } = style.domain;
  const kind = sampleByWeight(random, roadside.fences);
  const height = kind === "pickets" ? random.uniform(0.9, 1.2) : random.uniform(1.3, 2.1);
  const surface = new Fence(
    kind,
    height,
    sampleColor(random, palettes.fences),
    style.texture,
    random.randint(0, 4096),
  );
  placeAlong(canvas, plan, s, edge.front, edge.sidewalk > 0 ? CURB : 0);
  box(
    canvas,
    { x: [0, 0], y: [0, height], z: [0, width] },
    edge.side > 0 ? { left: surface } : { right: surface },
  );
}

function drawHedgeAlong(
  { canvas, plan, style, random }: Roadside,
  edge: Edge,
  s: number,
  width: number,
): void {
  const leaves = sampleColor(random, style.domain.palettes.leaves, 0.2);
  placeAlong(canvas, plan, s, edge.front + edge.side * 0.4, 0);
  drawHedge(canvas, 0.7, random.uniform(0.8, 1.7), width, leaves, style.texture, random.randint(0, 256));
}

/** What shows above a wall or through a fence: trees, a house farther back. */
function drawBehind(
  scene: Roadside,
  edge: Edge,
  s: number,
  width: number,
  height: number,
  houses: number,
): void {
  const { random } = scene;
  if (random.bernoulli(houses)) {
    drawHouse(scene, edge, s + 0.5, width - 1, random.uniform(4, 12), {
      height: height * random.uniform(0.7, 1),
    });
  }
  const trees = Math.round((random.uniform(0, 1.6) * width) / 10);
  for (let k = 0; k < trees; k++) {
    const t = edge.front + edge.side * random.uniform(1.5, 9);
    drawTreeAt(scene, s + random.uniform(0, width), t, random.uniform(0.6, 1.1));
  }
}

/** Open ground with `density` trees a square meter, as far as they matter. */
function drawPark(scene: Roadside, edge: Edge, s: number, width: number, density: number): void {
  const { random, plan, style } = scene;
  const depth = 22;
  const trees = Math.round(width * depth * density * 0.22 * random.uniform(0.4, 1.6));
  for (let k = 0; k < trees; k++) {
    const t = edge.front + edge.side * (2 + depth * random.uniform());
    drawTreeAt(scene, s + random.uniform(0, width), t, random.uniform(0.7, 1.2));
  }
  const bushes = Math.round((width / 12) * random.uniform(0, 1.6));
  for (let k = 0; k < bushes; k++) {
    const at = s + random.uniform(0, width);
    const t = edge.front + edge.side * random.uniform(1, 8);
    const size = random.uniform(0.5, 1.4);
    drawBush(
      scene.canvas,
      [plan.course.x(at) + t, 0, at],
      size,
      sampleColor(random, style.domain.palettes.leaves),
      style.texture,
      random,
    );
  }
}

/** A tree of the domain at (s, t), its size relative to the domain's. */
export function drawTreeAt(
  { canvas, plan, style, random }: Roadside,
  s: number,
  t: number,
  size: number,
): void {
  const { roadside, palettes } = style.domain;
  const look = {
    kind: sampleByWeight(random, roadside.trees),
    height: sampleFrom(random, roadside.treeHeight) * size,
    leaves: sampleColor(random, palettes.leaves, 0.25),
    bark: sampleColor(random, palettes.bark),
    texture: style.texture,
  };
  drawTree(canvas, [plan.course.x(s) + t, 0, s], look, random);
}
