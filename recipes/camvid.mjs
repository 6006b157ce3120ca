// Real photographs, few enough for a CPU: CamVid, one drive a domain. Two drives by day are trained on, of which every tenth
// picture selects the model; the drive at dusk is unseen. The default is what docs/results found best: plain training from
// ImageNet weights, which every method is level with or behind.
//
//   npx pinmem weights pull mobilenet_v2
//   npx pinmem train recipes/camvid.mjs
//   npx pinmem train recipes/camvid.mjs#pin-memory

import { defineRecipe } from "pinmem";
import { root } from "./parts/data.mjs";
import { sharp } from "./parts/memory.mjs";

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

/** @param {Recipe["method"]} method @returns {Recipe} */
const by = (method) =>
  defineRecipe({
    name: `camvid-${method.name}`,
    data: {
      sources: sources.map((name) => drive(name, "all-but-every-10th")),
      validation: sources.map((name) => drive(name, "every-10th")),
      targets: unseen.map((name) => drive(name, "all")),
      crop: { width: 192, height: 192 },
      scale: [0.5, 1],
      perDomain: 2,
    },
    model: { backbone: "mobilenet_v2", backboneWeights: "imagenet", memory: { read: sharp } },
    method,
    length: { steps: 1200 },
    optimizer: { kind: "adamw" },
    learningRate: { kind: "polynomial", base: 0.001 },
    validation: { every: 300 },
    checkpoints: { every: 100, keep: 1 },
  });

const innerRate = /** @type {const} */ ({ kind: "fixed", rate: 0.003 });
const memoryStart = { batches: 40 };

export const recipes = {
  erm: by({ name: "erm" }),
  "memory-erm": by({ name: "memory-erm", memoryStart }),
  mldg: by({ name: "mldg", innerRate }),
  "pin-memory": by({ name: "pin-memory", innerRate, memoryStart }),
};

export default recipes.erm;
