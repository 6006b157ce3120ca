// From clear days to fog, night, rain and snow: Cityscapes as two pseudo-domains, ACDC unseen; with foundation models.
//
//   npx pinmem recipes recipes/cityscapes-acdc.mjs
//   npx pinmem train recipes/cityscapes-acdc.mjs#debug-dinov2
//   npx pinmem train recipes/cityscapes-acdc.mjs#pin-memory-dinov2l-lora-linear

import { foundationRecipes } from "./parts/foundation.mjs";

export const recipes = foundationRecipes({
  name: "cityscapes-acdc",
  sources: ["cityscapes", "cityscapes"],
  targets: ["acdc"],
});
