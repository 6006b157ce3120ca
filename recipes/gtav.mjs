// From a single synthetic world to real streets: GTA5 as two pseudo-domains, one of which has its colors changed more.
//
//   npx pinmem recipes recipes/gtav.mjs
//   npx pinmem train recipes/gtav.mjs#pin-memory-resnet50
//   npx pinmem train recipes/gtav.mjs#debug-dinov2
//   npx pinmem train recipes/gtav.mjs#pin-memory-dinov2l-lora-linear

import { foundationRecipes } from "./parts/foundation.mjs";
import { paperRecipes } from "./parts/paper.mjs";

const setting = {
  name: "gtav",
  sources: ["gtav", "gtav"],
  targets: ["cityscapes", "bdd100k", "mapillary", "idd"],
};

export const recipes = {
  ...paperRecipes({
    ...setting,
    epochs: () => 31,
  }),
  ...foundationRecipes(setting),
};
