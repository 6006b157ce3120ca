// How people look: drawn from the domain's people and palettes.

import type { Random } from "@pinmem/core";
import type { PersonLook } from "../objects/person.js";
import { trainIds } from "../surface.js";
import { sampleColor, sampleFrom } from "./sampling.js";
import type { Style } from "./style.js";

/** How someone looks and is dressed. */
export function samplePersonLook(style: Style, random: Random, label: number): PersonLook {
  const { people, palettes, weather } = style.domain;
  const child = label === trainIds.person && random.bernoulli(people.children);
  const long = random.bernoulli(people.longClothes);
  return {
    label,
    height: child ? random.uniform(1.0, 1.45) : random.uniform(1.55, 1.88),
    build: sampleFrom(random, people.build),
    skin: sampleColor(random, palettes.skins),
    hair: random.bernoulli(people.hats)
      ? sampleColor(random, palettes.clothes)
      : sampleColor(random, palettes.hair),
    top: sampleColor(random, palettes.clothes, 0.25),
    legs: sampleColor(random, palettes.clothes, 0.25),
    shoes: sampleColor(random, palettes.hair),
    skirt: long ? random.uniform(0.4, 0.95) : 0,
    bag: random.choice(["none", "none", "backpack", "handbag"] as const),
    umbrella:
      label === trainIds.person && random.bernoulli(people.umbrellas)
        ? sampleColor(random, palettes.accents)
        : undefined,
    hat: weather.snowfall[1] > 0,
  };
}
