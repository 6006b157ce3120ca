// What all of one scene have in common: the colours and the condition of things, drawn once from the domain, and the
// things that depend on them.

import type { Random } from "../../random.js";
import type { Rgb } from "../color.js";
import type { StreetDomain } from "../domain.js";
import type { TreeKind } from "../objects/tree.js";
import type { SkinLook } from "../surfaces/vehicle.js";
import { drawBetween, drawByWeight, drawColor, drawFrom } from "./draw.js";

export interface Style {
  readonly domain: StreetDomain;
  readonly texture: number;
  readonly asphalt: Rgb;
  readonly paving: Rgb;
  readonly slab: number;
  readonly grass: Rgb;
  readonly earth: Rgb;
  readonly pole: Rgb;
  readonly kerb: Rgb;
  /** The trees of the street's rows are all alike. */
  readonly rowTree: TreeKind;
  readonly rowHeight: number;
  readonly rowLeaves: Rgb;
  readonly litWindows: number;
  readonly vehicleLamps: number;
  readonly dirt: number;
}

export function drawStyle(domain: StreetDomain, random: Random): Style {
  const { palettes, light, road, roadside } = domain;
  const paving = drawColor(random, palettes.paving);
  return {
    domain,
    texture: drawFrom(random, light.texture),
    asphalt: drawColor(random, palettes.asphalt, 0.18),
    paving,
    slab: random.bernoulli(0.75) ? drawFrom(random, road.slab) : 0,
    grass: drawColor(random, palettes.grass),
    earth: drawColor(random, palettes.earth),
    pole: drawColor(random, palettes.poles),
    kerb: [paving[0] * 0.85 + 0.06, paving[1] * 0.85 + 0.06, paving[2] * 0.85 + 0.06],
    rowTree: drawByWeight(random, roadside.trees),
    rowHeight: drawFrom(random, roadside.treeHeight),
    rowLeaves: drawColor(random, palettes.leaves, 0.2),
    litWindows: drawFrom(random, light.litWindows),
    vehicleLamps: drawFrom(random, light.vehicleLamps),
    dirt: drawFrom(random, domain.traffic.dirt),
  };
}

/** The paint and the lamps of one vehicle. */
export function drawSkin(style: Style, random: Random, label: number, parked: boolean): SkinLook {
  const { palettes } = style.domain;
  const stripe = random.uniform();
  const color = drawColor(random, palettes.accents);
  return {
    label,
    paint: drawColor(random, palettes.vehicles, 0.2),
    gloss: 0.09,
    dirt: style.dirt * random.uniform(0.3, 1.2),
    dirtColor: style.earth,
    lamps: parked ? 0 : style.vehicleLamps,
    braking: !parked && random.bernoulli(0.3),
    plate: drawBetween(random, palettes.plates),
    ...(stripe < 0.05 ? { stripe: { color, from: 0.25, to: 0.5 } } : {}),
  };
}
