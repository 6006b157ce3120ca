// The study of docs/results: which settings make the memory help on unseen looks, with the same computation for all. Every
// training has 340 seconds of one thread: whole ("scratch-..."), or 200 in a trunk and 140 in a branch that goes on from it.
// Steps follow from the seconds that a step of each method took on one thread of the machine of docs/results.
//
//   npx pinmem train recipes/streets-study.mjs#trunk-erm --set seed=1 --out runs/study/trunk-erm-1
//   npx pinmem train recipes/streets-study.mjs#pin-memory --set seed=1 --out runs/study/pin-memory-1 \
//     --set 'model.weights={"file":"runs/study/trunk-memory-1/last.safetensors","partial":true}'
//
// "partial" is for the two whose network has weights that the trunk's has not: pin-residual and pin-learned.

import { defineRecipe, demoRecipe } from "pinmem";
import { sharp } from "./parts/memory.mjs";
import { compared } from "./parts/streets.mjs";

/** @typedef {import("pinmem").RecipeInput} Recipe */
/** @typedef {import("pinmem").DemoMethod} Method */

const seconds = { trunk: 200, branch: 140, scratch: 340 };
const secondsPerStep = { erm: 0.4, mldg: 0.45, "memory-erm": 0.465, "pin-memory": 0.56, second: 1.15 };

/**
 * @param {string} name
 * @param {Method} method
 * @param {keyof typeof seconds} part
 * @param {import("./parts/streets.mjs").Colors & { read?: object, lossWeights?: Recipe["lossWeights"], order?: "second" }} [options]
 * @returns {[string, Recipe]}
 */
function training(name, method, part, { read = sharp, lossWeights, order, ...colors } = {}) {
  const steps = Math.round(seconds[part] / secondsPerStep[order ?? method]);
  const base = demoRecipe(method, { steps });
  return [
    name,
    defineRecipe({
      ...base,
      name,
      threads: 1,
      data: compared(base.data, { scenes: 20, ...colors }),
      model: { ...base.model, memory: { read } },
      method: order ? Object.assign({}, base.method, { order }) : base.method,
      // A trunk is not the end: its rate stays up, and a branch lets it fall.
      learningRate:
        part === "trunk"
          ? { kind: "constant", base: 0.001, warmUp: 20 }
          : { kind: "polynomial", base: 0.001, warmUp: 20 },
      ...(lossWeights && { lossWeights }),
    }),
  ];
}

const none = { cohesion: 0, divergence: 0, classification: 0 };

export const recipes = Object.fromEntries([
  training("trunk-erm", "erm", "trunk"),
  training("trunk-memory", "memory-erm", "trunk"),

  // On from trunk-erm; the one with a residual starts its memory from the features found there.
  training("erm", "erm", "branch"),
  training("mldg", "mldg", "branch"),
  training("erm-strong", "erm", "branch", { strongAlways: true }),
  training("mldg-strong", "mldg", "branch", { strongFor: "meta-test" }),
  training("pin-residual", "pin-memory", "branch", { read: { ...sharp, residual: true } }),

  // On from trunk-memory.
  training("memory-erm", "memory-erm", "branch"),
  training("pin-memory", "pin-memory", "branch"),
  training("pin-paper-read", "pin-memory", "branch", { read: {} }),
  training("pin-centered", "pin-memory", "branch", { read: { ...sharp, centered: true } }),
  training("pin-learned", "pin-memory", "branch", {
    read: { temperature: { learned: 0.1 }, maskAbsent: true },
  }),
  training("pin-second", "pin-memory", "branch", { order: "second" }),
  training("pin-strong", "pin-memory", "branch", { strongFor: "meta-test" }),
  training("pin-no-losses", "pin-memory", "branch", { lossWeights: none }),
  training("pin-cohesion", "pin-memory", "branch", { lossWeights: { ...none, cohesion: 0.02 } }),
  training("pin-divergence", "pin-memory", "branch", { lossWeights: { cohesion: 0 } }),

  // From random weights to the end.
  training("scratch-erm", "erm", "scratch"),
  training("scratch-mldg", "mldg", "scratch"),
  training("scratch-pin-memory", "pin-memory", "scratch"),
  training("scratch-pin-paper-read", "pin-memory", "scratch", { read: {} }),
]);

export default recipes["pin-memory"];
