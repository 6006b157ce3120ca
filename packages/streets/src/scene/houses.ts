// How the houses of a domain look: samples of façade styles, stories, roofs and colors.

import type { Random } from "@pinmem/core";
import { blend, scaled } from "../color.js";
import type { FacadeStyle, Range } from "../domain.js";
import type { BuildingLook } from "../objects/building.js";
import type { FacadeLook } from "../surfaces/facade.js";
import { sampleByWeight, sampleColor, sampleFrom } from "./sampling.js";
import type { Style } from "./style.js";

export interface HouseWishes {
  /** Meters along the street. */
  readonly width: number;
  /** Meters, to be rounded to whole stories. */
  readonly height: number;
  /** Whether there are shops; as common in the domain when not given. */
  readonly shops?: boolean;
  readonly tower?: boolean;
}

export function sampleBuildingLook(
  style: Style,
  random: Random,
  { width, height, shops, tower }: HouseWishes,
): BuildingLook {
  const { roadside, palettes } = style.domain;
  const way: FacadeStyle = tower
    ? random.choice(["curtain", "ribbon", "concrete"] as const)
    : sampleByWeight(random, roadside.styles);
  const facade = sampleFacadeLook(style, random, way, height, shops ?? random.bernoulli(roadside.shops));
  const pitched = facade.height < 17 && !tower && way !== "concrete" && way !== "ribbon";
  return {
    facade,
    roof: pitched ? sampleByWeight(random, roadside.roofs) : "flat",
    roofColor: sampleColor(random, palettes.roofs),
    width,
    depth: random.uniform(8, 14),
    balconies: random.bernoulli(roadside.balconies) ? random.uniform(0.3, 0.9) : 0,
    awnings: random.bernoulli(roadside.awnings),
  };
}

export function sampleFacadeLook(
  style: Style,
  random: Random,
  way: FacadeStyle,
  wantedHeight: number,
  shops: boolean,
): FacadeLook {
  const { palettes, light } = style.domain;
  const { bay, windowWidth, windowHeight } = shapes[way];
  const story = random.uniform(2.9, 3.7);
  const groundFloor = random.uniform(3.2, 4.4);
  const stories = Math.max(way === "shed" ? 0 : 1, Math.round((wantedHeight - groundFloor - 0.6) / story));
  const wall = sampleColor(random, palettes.facades);
  return {
    wall,
    trim: random.bernoulli(0.7) ? sampleColor(random, palettes.trims) : blend(wall, [0.6, 0.58, 0.54], 0.5),
    accent: sampleColor(random, palettes.accents),
    glass: scaled([0.045, 0.055, 0.07], random.uniform(0.5, 1.4)),
    height: groundFloor + stories * story + 0.7,
    groundFloor,
    story,
    bay: sampleFrom(random, bay),
    windowWidth: sampleFrom(random, windowWidth),
    windowHeight: sampleFrom(random, windowHeight),
    shops,
    shutters: way === "shutters",
    bricks: way === "brick",
    texture: style.texture,
    lit: style.litWindows,
    glow: light.windowGlow * random.uniform(0.6, 1.3),
    seed: random.randint(0, 4096),
  };
}

interface FacadeShape {
  /** Meters. */
  readonly bay: Range;
  /** Shares of bay and story. */
  readonly windowWidth: Range;
  readonly windowHeight: Range;
}

const shapes: Readonly<Record<FacadeStyle, FacadeShape>> = {
  plaster: { bay: [2.2, 3.4], windowWidth: [0.36, 0.5], windowHeight: [0.5, 0.62] },
  brick: { bay: [2.2, 3.2], windowWidth: [0.38, 0.5], windowHeight: [0.5, 0.6] },
  shutters: { bay: [2.6, 3.6], windowWidth: [0.34, 0.42], windowHeight: [0.52, 0.68] },
  ribbon: { bay: [2.5, 4], windowWidth: [0.92, 0.97], windowHeight: [0.4, 0.5] },
  curtain: { bay: [1.3, 2], windowWidth: [0.88, 0.94], windowHeight: [0.72, 0.85] },
  concrete: { bay: [2.8, 4.2], windowWidth: [0.45, 0.65], windowHeight: [0.42, 0.52] },
  shed: { bay: [5, 8], windowWidth: [0.3, 0.6], windowHeight: [0.3, 0.4] },
};
