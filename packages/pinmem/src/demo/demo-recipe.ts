// What the demo trains: two looks of the procedural streets, met again in eight others, on a small network from random
// weights. All methods share everything but the method itself, and the settings that suit it (see `methods`).

import type { RecipeInput } from "../training/recipe/recipe.js";

export const demoSources = ["boulevard", "toy-town"] as const;
export const demoUnseen = ["overcast", "dusk", "night", "fog", "rain", "snow", "bazaar", "dashcam"] as const;

/** Another seed, other scenes. */
const seeds = { training: 0, validation: 1, unseen: 2 };

const streets = (domain: string, count: number, seed: number) => ({
  name: "streets" as const,
  domain,
  count,
  seed,
  width: 256,
  height: 128,
});

const methods = {
  erm: { method: { name: "erm" } },
  mldg: { method: { name: "mldg" } },
  "memory-erm": { method: { name: "memory-erm" } },
  "pin-memory": { method: { name: "pin-memory" } },
} as const satisfies Record<string, Partial<RecipeInput>>;

export type DemoMethod = keyof typeof methods;

/** @param steps of the whole run; the learning rate falls over them */
export function demoRecipe(method: DemoMethod, { steps = 300 }: { steps?: number } = {}): RecipeInput {
  return {
    name: `demo-${method}`,
    data: {
      sources: demoSources.map((domain) => streets(domain, 400, seeds.training)),
      validation: demoSources.map((domain) => streets(domain, 10, seeds.validation)),
      targets: demoUnseen.map((domain) => streets(domain, 10, seeds.unseen)),
      crop: { width: 192, height: 96 },
      scale: [0.75, 1.5],
      perDomain: 4,
    },
    model: { backbone: "resnet18" },
    length: { steps },
    // Once, at the end: evaluations take the time that is for training.
    evaluation: { every: steps, statisticsBatches: 20 },
    checkpoints: { every: 100, keep: 1 },
    ...methods[method],
  };
}
