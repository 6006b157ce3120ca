// The study of new places on real photographs: CamVid at full size, MobileNetV2 with ImageNet weights, every method for the
// same number of steps, until the score on source validation no longer moves. docs/results says how it is run and what came
// out.
//
//   npx pinmem train recipes/camvid-study.mjs#erm --set seed=1 --out runs/camvid-study/erm-1

import { defineRecipe } from "pinmem";
import camvid from "./camvid.mjs";
import { weights } from "./parts/data.mjs";

/** @typedef {import("pinmem").RecipeInput} Recipe */

/** @param {Recipe["method"]} method @returns {Recipe} */
const by = (method) =>
  defineRecipe({
    ...camvid,
    name: `camvid-study-${method.name}`,
    data: { ...camvid.data, crop: { width: 192, height: 192 }, scale: [0.5, 1], perDomain: 2 },
    // Of a read without temperature nothing can be seen: its weights are nearly flat.
    model: {
      backbone: "mobilenet_v2",
      backboneWeights: weights("mobilenet_v2-imagenet.safetensors"),
      memory: { read: { temperature: 0.1, maskAbsent: true } },
    },
    method,
    length: { steps: 1200 },
    optimizer: { kind: "adamw" },
    learningRate: { kind: "polynomial", base: 0.0005 },
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
