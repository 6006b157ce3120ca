// From two synthetic worlds to real streets: GTA5 and SYNTHIA.
//
//   npx pinmem recipes recipes/gtav-synthia.mjs
//   npx pinmem train recipes/gtav-synthia.mjs#pin-memory-resnet50

import { paperRecipes } from "./parts/paper.mjs";

export const recipes = paperRecipes({
  name: "gtav-synthia",
  sources: ["gtav", "synthia"],
  targets: ["cityscapes", "bdd100k", "mapillary", "idd"],
  // The authors' table has 94 for DeepLabV2 and 40 for ResNet-50, and nothing for the others, with which their code ends in an
  // error. It counts from 0 and includes the last.
  epochs: (network) => (network === "resnet101-deeplabv2" ? 95 : 41),
});
