// The study of docs/results on a GPU, where there is time for many more images: all methods with the same number of steps
// and images, as the paper compares them.
//
//   npx pinmem train recipes/streets-gpu.mjs#pin-memory --set seed=1 --out runs/gpu/pin-memory-1

import { defineRecipe, demoRecipe } from "pinmem";
import { sharp } from "./parts/memory.mjs";
import { compared } from "./parts/streets.mjs";

/** @typedef {import("pinmem").RecipeInput} Recipe */
/** @typedef {import("pinmem").DemoMethod} Method */

const steps = 1500;
const scenes = 1000;

/**
 * @param {string} name
 * @param {Method} method
 * @param {import("./parts/streets.mjs").Colors & { read?: object }} [options]
 * @returns {[string, Recipe]}
 */
function training(name, method, { read, ...colors } = {}) {
  const base = demoRecipe(method, { steps });
  return [
    name,
    defineRecipe({
      ...base,
      name,
      device: "cuda",
      data: {
        ...compared(base.data, { scenes: 40, ...colors }),
        sources: base.data.sources.map((source) => ({ ...source, count: scenes })),
        perDomain: 8,
        workers: 3,
        cache: 1024,
      },
      model: { ...base.model, memory: { ...(read && { read }) } },
      learningRate: { kind: "polynomial", base: 0.001, warmUp: 100 },
      checkpoints: { every: 1000, keep: 1 },
    }),
  ];
}

export const recipes = Object.fromEntries([
  training("erm", "erm"),
  training("erm-strong", "erm", { strongAlways: true }),
  training("mldg", "mldg"),
  training("mldg-strong", "mldg", { strongFor: "meta-test" }),
  training("memory-erm", "memory-erm", { read: sharp }),
  training("pin-memory", "pin-memory", { read: sharp }),
  training("pin-strong", "pin-memory", { read: sharp, strongFor: "meta-test" }),
  training("pin-paper", "pin-memory", { strongFor: "meta-test" }),
]);

export default recipes["pin-memory"];
