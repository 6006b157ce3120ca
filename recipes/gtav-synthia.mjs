// From two synthetic worlds to real streets: GTA5 and SYNTHIA.
//
//   npx pinmem recipes recipes/gtav-synthia.mjs
//   npx pinmem train recipes/gtav-synthia.mjs#pin-memory-resnet50
//   npx pinmem train recipes/gtav-synthia.mjs#debug-dinov2
//   npx pinmem train recipes/gtav-synthia.mjs#pin-memory-dinov2l-lora-linear

import { foundationRecipes } from "./parts/foundation.mjs";
import { paperRecipes } from "./parts/paper.mjs";

const setting = {
  name: "gtav-synthia",
  sources: ["gtav", "synthia"],
  targets: ["cityscapes", "bdd100k", "mapillary", "idd"],
};

export const recipes = {
  ...paperRecipes({
    ...setting,
    // The authors' table has 94 for DeepLabV2 and 40 for ResNet-50, and nothing for the others, with which their code ends in an
    // error. It counts from 0 and includes the last.
    epochs: (network) => (network === "resnet101-deeplabv2" ? 95 : 41),
  }),
  ...foundationRecipes(setting),
};
