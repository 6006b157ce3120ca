// What to try first: procedural streets, so that nothing is to be downloaded, on a small network from random weights.
// Two looks are trained on, and eight more are met only when scores are taken.
//
//   npx pinmem train recipes/demo.mjs
//   npx pinmem train recipes/demo.mjs#erm        the same without memory and meta-learning, to compare with

import { defineRecipe } from "pinmem";

/** @typedef {import("./parts/data.mjs").Domain} Domain */
/** @typedef {import("pinmem").RecipeInput} Recipe */

const sources = ["boulevard", "toy-town"];
const unseen = ["overcast", "dusk", "night", "fog", "rain", "snow", "bazaar", "dashcam"];

/** Another seed, other scenes. */
const seeds = { training: 0, validation: 1, unseen: 2 };

/**
 * @param {string} domain
 * @param {{ count: number, seed: number }} choice
 * @returns {Domain}
 */
const streets = (domain, { count, seed }) => ({
  name: "streets",
  domain,
  count,
  seed,
  width: 256,
  height: 128,
});

const demo = defineRecipe({
  name: "demo",
  data: {
    sources: sources.map((domain) => streets(domain, { count: 400, seed: seeds.training })),
    validation: sources.map((domain) => streets(domain, { count: 20, seed: seeds.validation })),
    targets: unseen.map((domain) => streets(domain, { count: 10, seed: seeds.unseen })),
    crop: { width: 192, height: 96 },
    scale: [0.75, 1.5],
    perDomain: 4,
  },
  model: { backbone: "resnet18" },
  method: { name: "pin-memory" },
  length: { steps: 300 },
  evaluation: { every: 100, statisticsBatches: 20 },
  checkpoints: { every: 100 },
});

export default demo;

/** @param {Recipe["method"]} method @returns {Recipe} */
const by = (method) => ({ ...demo, name: `demo-${method.name}`, method });

export const recipes = {
  erm: by({ name: "erm" }),
  mldg: by({ name: "mldg" }),
  "memory-erm": by({ name: "memory-erm" }),
  "pin-memory": by({ name: "pin-memory" }),
};
