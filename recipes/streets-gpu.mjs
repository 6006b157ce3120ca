// The study of docs/results on a GPU, where there is time for many more images: all methods with the same number of steps
// and images, as the paper compares them.
//
//   npx pinmem train recipes/streets-gpu.mjs#pin-memory --set seed=1 --run runs/gpu/pin-memory-1

import { defineRecipe, demoRecipe } from "pinmem";

/** @typedef {import("pinmem").RecipeInput} Recipe */
/** @typedef {import("pinmem").DemoMethod} Method */

const steps = 1500;
const scenes = 1000;

/**
 * @param {string} name
 * @param {Method} method
 * @param {{ read?: object, strongFor?: "none" | "meta-test", strongAlways?: boolean }} [options]
 * @returns {[string, Recipe]}
 */
function training(name, method, { read, strongFor = "none", strongAlways } = {}) {
  const base = demoRecipe(method, { steps });
  const { data } = base;
  const strong = { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.3, probability: 1 };
  return [
    name,
    defineRecipe({
      ...base,
      name,
      device: "cuda",
      data: {
        ...data,
        sources: data.sources.map((source) => ({ ...source, count: scenes })),
        targets: data.targets?.map((target) => ({ ...target, count: 40 })),
        perDomain: 8,
        workers: 3,
        cache: 1024,
        color: { strongFor, ...(strongAlways && { normal: strong }) },
      },
      model: { ...base.model, memory: { ...(read && { read }) } },
      learningRate: { kind: "polynomial", base: 0.001, warmUp: 100 },
      checkpoints: { every: 1000, keep: 1 },
    }),
  ];
}

const sharp = { temperature: 0.1, maskAbsent: true };

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
