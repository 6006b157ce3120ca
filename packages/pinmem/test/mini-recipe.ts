// A recipe that trains in a moment: a tiny backbone on small crops of procedural streets.

import { type Recipe, type RecipeInput, resolveRecipe } from "../src/recipes/recipe.js";
import { TINY } from "./tiny-backbone.js";

const streets = (domain: string, count: number, seed = 0) => ({
  name: "streets" as const,
  domain,
  count,
  seed,
  width: 96,
  height: 48,
});

/** For recipes that a process of its own trains or opens, which does not know the tiny backbone: the smallest of the package. */
export const ownProcess = { model: { backbone: "mobilenet_v2", width: 16 } } as const;

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
    model: { backbone: TINY, width: 32 },
    method: { name: "pin-memory", memoryStart: { batches: 2 } },
    length: { steps: 4 },
    validation: { every: 3, preciseBatchNorm: 2 },
    checkpoints: { every: 2, keep: 1 },
    calibration: { pictures: 0 },
    ...more,
  });

/** What several processes that each begin anew render and decode in a moment. */
export function tinyData(): Recipe["data"] {
  const { data } = miniRecipe();
  const size = { width: 32, height: 32 };
  const sources = data.sources.map((source) => ({ ...source, count: 2, ...size }));
  return { ...data, sources, validation: [], targets: [], crop: size };
}
