// Real photographs, few enough for a CPU: CamVid, one drive a domain. Two drives by day are trained on, of which every tenth
// picture selects the model; the drive at dusk is unseen.
//
//   npx pinmem train recipes/camvid.mjs
//   npx pinmem train recipes/camvid.mjs#erm

import { defineRecipe } from "pinmem";
import { root } from "./parts/data.mjs";

/** @typedef {import("./parts/data.mjs").Domain} Domain */
/** @typedef {import("pinmem").RecipeInput} Recipe */

/**
 * @param {string} subset
 * @param {"all" | "every-10th" | "all-but-every-10th"} part
 * @returns {Domain}
 */
const drive = (subset, part) => ({ name: "camvid", root: root("camvid"), split: "all", subset, part });

const sources = ["0006R0", "0016E5"];
const unseen = ["0001TP"];

const camvid = defineRecipe({
  name: "camvid",
  data: {
    sources: sources.map((name) => drive(name, "all-but-every-10th")),
    validation: sources.map((name) => drive(name, "every-10th")),
    targets: unseen.map((name) => drive(name, "all")),
    crop: { width: 288, height: 288 },
    scale: [0.4, 1.2],
    perDomain: 4,
  },
  model: { backbone: "resnet18" },
  method: { name: "pin-memory" },
  length: { steps: 1500 },
  validation: { every: 500 },
  checkpoints: { every: 250 },
});

export default camvid;

/** @param {Recipe["method"]} method @returns {Recipe} */
const by = (method) => ({ ...camvid, name: `camvid-${method.name}`, method });

export const recipes = {
  erm: by({ name: "erm" }),
  mldg: by({ name: "mldg" }),
  "memory-erm": by({ name: "memory-erm" }),
  "pin-memory": by({ name: "pin-memory" }),
};
