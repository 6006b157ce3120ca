// What all of one scene have in common: the colors and the condition of things, drawn once from the domain, and the
// things that depend on them.

import type { Random } from "@pinmem/core";
import type { Rgb } from "../color.js";
import type { StreetDomain } from "../domain.js";
import type { TreeKind } from "../objects/tree.js";
import type { SkinLook } from "../surfaces/vehicle.js";
import { sampleBetween, sampleByWeight, sampleColor, sampleFrom } from "./sampling.js";

export interface Style {
  readonly domain: StreetDomain;
  readonly texture: number;
  readonly asphalt: Rgb;
  readonly paving: Rgb;
  readonly slab: number;
  readonly grass: Rgb;
  readonly earth: Rgb;
  readonly pole: Rgb;
  readonly curb: Rgb;
  /** The trees of the street's rows are all alike. */
  readonly rowTree: TreeKind;
  readonly rowHeight: number;
  readonly rowLeaves: Rgb;
  readonly litWindows: number;
  readonly vehicleLamps: number;
  readonly dirt: number;
}

export function sampleStyle(domain: StreetDomain, random: Random): Style {
  const { palettes, light, road, roadside } = domain;
  const paving = sampleColor(random, palettes.paving);
  return {
    domain,
    texture: sampleFrom(random, light.texture),
    asphalt: sampleColor(random, palettes.asphalt, 0.18),
    paving,
    slab: random.bernoulli(0.75) ? sampleFrom(random, road.slab) : 0,
    grass: sampleColor(random, palettes.grass),
    earth: sampleColor(random, palettes.earth),
    pole: sampleColor(random, palettes.poles),
    curb: [paving[0] * 0.85 + 0.06, paving[1] * 0.85 + 0.06, paving[2] * 0.85 + 0.06],
    rowTree: sampleByWeight(random, roadside.trees),
    rowHeight: sampleFrom(random, roadside.treeHeight),
    rowLeaves: sampleColor(random, palettes.leaves, 0.2),
    litWindows: sampleFrom(random, light.litWindows),
    vehicleLamps: sampleFrom(random, light.vehicleLamps),
    dirt: sampleFrom(random, domain.traffic.dirt),
  };
}

/** The paint and the lamps of one vehicle. */
export function sampleSkin(style: Style, random: Random, label: number, parked: boolean): SkinLook {
  const { palettes } = style.domain;
  const stripe = random.uniform();
  const color = sampleColor(random, palettes.accents);
  return {
    label,
    paint: sampleColor(random, palettes.vehicles, 0.2),
    gloss: 0.09,
    dirt: style.dirt * random.uniform(0.3, 1.2),
    dirtColor: style.earth,
    lamps: parked ? 0 : style.vehicleLamps,
    braking: !parked && random.bernoulli(0.3),
    plate: sampleBetween(random, palettes.plates),
    ...(stripe < 0.05 ? { stripe: { color, from: 0.25, to: 0.5 } } : {}),
  };
}
