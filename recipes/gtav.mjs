// From a single synthetic world to real streets: GTA5 as two pseudo-domains, one of which has its colors changed more.
//
//   npx pinmem recipes recipes/gtav.mjs
//   npx pinmem train recipes/gtav.mjs#pin-memory-resnet50

import { paperRecipes } from "./parts/paper.mjs";

export const recipes = paperRecipes({
  name: "gtav",
  sources: ["gtav", "gtav"],
  targets: ["cityscapes", "bdd100k", "mapillary", "idd"],
  epochs: () => 31,
});
