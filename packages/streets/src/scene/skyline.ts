// What closes the view: woods, hills or the silhouettes of a city, far away.

import type { Random } from "@pinmem/core";
import type { Canvas } from "../canvas.js";
import { blend } from "../color.js";
import { box, mass } from "../objects/solids.js";
import { trainIds } from "../surface.js";
import { Facade } from "../surfaces/facade.js";
import { Foliage } from "../surfaces/foliage.js";
import { Plain } from "../surfaces/plain.js";
import { leafMasses } from "../textures/cutouts.js";
import { sampleFacadeLook } from "./houses.js";
import type { StreetPlan } from "./plan.js";
import { sampleByWeight, sampleColor } from "./sampling.js";
import type { Style } from "./style.js";

export function drawSkyline(canvas: Canvas, plan: StreetPlan, style: Style, random: Random): void {
  const kind = sampleByWeight(random, style.domain.roadside.skyline);
  const { palettes } = style.domain;
  const center = plan.course.x(260);
  if (kind === "trees" || kind === "hills") {
    const leaves = sampleColor(random, palettes.leaves);
    for (let k = 0; k < 44; k++) {
      const z = random.uniform(200, 300);
      const x = center + (k - 22) * 13 + random.uniform(-5, 5);
      const size = random.uniform(7, 13);
      canvas.place(x, 0, z);
      const look = { color: leaves, texture: style.texture, scale: 5, seed: k };
      mass(
        canvas,
        [0, size * 0.5, 0],
        size,
        size * 0.8,
        new Foliage(look, random.choice(leafMasses), [x, size * 0.4, z, size]),
      );
    }
  }
  if (kind === "hills") {
    const slope = new Plain(
      trainIds.vegetation,
      blend(sampleColor(random, palettes.leaves), style.earth, 0.35),
      { uneven: 0.3 },
    );
    for (let k = 0; k < 9; k++) {
      const x = center + (k - 4) * 190 + random.uniform(-60, 60);
      const width = random.uniform(160, 320);
      const height = random.uniform(18, 60);
      canvas.place(x, 0, 700);
      canvas.polygon(
        [
          [-width, 0, 0, 0, 0],
          [-width * 0.45, height * 0.75, 0, 0, 0],
          [0, height, 0, 0, 0],
          [width * 0.4, height * 0.8, 0, 0, 0],
          [width, 0, 0, 0, 0],
        ],
        slope,
      );
    }
  }
  if (kind === "towers") {
    for (let k = 0; k < 16; k++) {
      const half = random.uniform(8, 18);
      const look = sampleFacadeLook(style, random, "ribbon", random.uniform(18, 75), false);
      const surface = new Facade(look, 2 * half);
      canvas.place(center + random.uniform(-230, 230), 0, random.uniform(280, 420));
      const faces = { left: surface, right: surface, back: surface };
      box(canvas, { x: [-half, half], y: [0, look.height], z: [-half, half] }, faces);
    }
  }
}
