// The study of new places on real photographs (docs/results): camvid.mjs at half of its learning rate, which was not yet known to be
// too low, with the weights as they were kept then.
//
//   npx pinmem train recipes/camvid-study.mjs#erm --set seed=1 --out runs/camvid-study/erm-1

import { defineRecipe } from "pinmem";
import { recipes as better } from "./camvid.mjs";
import { weights } from "./parts/data.mjs";

/** @typedef {import("pinmem").RecipeInput} Recipe */

/** @param {Recipe} recipe @returns {Recipe} */
const asStudied = (recipe) =>
  defineRecipe({
    ...recipe,
    name: recipe.name.replace("camvid", "camvid-study"),
    model: { ...recipe.model, backboneWeights: weights("mobilenet_v2-imagenet.safetensors") },
    learningRate: { kind: "polynomial", base: 0.0005 },
  });

export const recipes = {
  erm: asStudied(better.erm),
  "memory-erm": asStudied(better["memory-erm"]),
  mldg: asStudied(better.mldg),
  "pin-memory": asStudied(better["pin-memory"]),
};

export default recipes.erm;
