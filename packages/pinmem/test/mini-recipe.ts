// A recipe that trains for seconds: the smallest backbone on small crops of procedural streets.

import { type Recipe, type RecipeInput, resolveRecipe } from "../src/recipes/recipe.js";

const streets = (domain: string, count: number, seed = 0) => ({
  name: "streets" as const,
  domain,
  count,
  seed,
  width: 96,
  height: 48,
});

export const miniRecipe = (more: Partial<RecipeInput> = {}): Recipe =>
  resolveRecipe({
    name: "mini",
    data: {
      sources: [streets("boulevard", 6), streets("toy-town", 6)],
      validation: [streets("boulevard", 2, 1)],
      targets: [streets("night", 1)],
      crop: { width: 48, height: 48 },
      perDomain: 2,
      workers: 0,
    },
    model: { backbone: "mobilenet_v2" },
    method: { name: "pin-memory", memoryStart: { batches: 2 } },
    length: { steps: 4 },
    validation: { every: 3, preciseBatchNorm: 2 },
    checkpoints: { every: 2, keep: 1 },
    calibration: { pictures: 0 },
    ...more,
  });
