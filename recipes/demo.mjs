// What to try first: procedural streets, so that nothing is to be downloaded, on a small network from random weights.
// Two looks are trained on, and eight more are met only when scores are taken. What `npx pinmem demo` trains, for as many
// steps as are given here.
//
//   npx pinmem train recipes/demo.mjs
//   npx pinmem train recipes/demo.mjs#erm    # the same without memory and meta-learning, to compare with

import { defineRecipe, demoRecipe } from "pinmem";

/** @typedef {import("pinmem").DemoMethod} DemoMethod */

/** @param {DemoMethod} method */
const by = (method) =>
  defineRecipe({
    ...demoRecipe(method, { steps: 300 }),
    validation: { every: 100, preciseBatchNorm: 20 },
  });

export default { ...by("pin-memory"), name: "demo" };

export const recipes = {
  erm: by("erm"),
  mldg: by("mldg"),
  "memory-erm": by("memory-erm"),
  "pin-memory": by("pin-memory"),
};
