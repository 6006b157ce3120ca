// What the demo trains: two looks of the procedural streets, met again in eight others, on a small network from random
// weights, or from ImageNet's where they are to be had. Small batches and AdamW, because there is time for a few hundred steps only. All methods share everything but
// the method itself.

import type { RecipeInput } from "./recipe.js";

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

// Of a read without temperature nothing can be seen: its weights are nearly flat (memory/read-options.ts). Colors are
// changed alike for all methods, so that none sees more variety than another.
const model = { memory: { read: { temperature: 0.1, maskAbsent: true } } } as const;
const networks = {
  random: { backbone: "resnet18", ...model },
  imagenet: { backbone: "mobilenet_v2", backboneWeights: "imagenet", ...model },
} as const satisfies Record<string, RecipeInput["model"]>;

const memoryStart = { batches: 10 };
const innerRate = { kind: "fixed", rate: 0.01 } as const;

const methods = {
  erm: { name: "erm" },
  mldg: { name: "mldg", innerRate },
  "memory-erm": { name: "memory-erm", memoryStart },
  "pin-memory": { name: "pin-memory", innerRate, memoryStart },
} as const satisfies Record<string, RecipeInput["method"]>;

export type DemoMethod = keyof typeof methods;

/** What the demo's backbone starts from: ImageNet's weights are those of MobileNetV2 in the cache (`pullWeights`). */
export type DemoStart = keyof typeof networks;

/**
 * A recipe of the demo, to train or to derive from.
 * @param steps of the whole run; the learning rate falls over them
 */
export function demoRecipe(
  method: DemoMethod,
  { steps = 300, start = "random" }: { steps?: number; start?: DemoStart } = {},
): RecipeInput {
  return {
    name: `demo-${method}`,
    data: {
      sources: demoSources.map((domain) => streets(domain, 400, seeds.training)),
      validation: demoSources.map((domain) => streets(domain, 10, seeds.validation)),
      targets: demoUnseen.map((domain) => streets(domain, 10, seeds.unseen)),
      crop: { width: 192, height: 96 },
      scale: [0.75, 1.5],
      perDomain: 2,
      color: { strongFor: "none" },
    },
    model: networks[start],
    method: methods[method],
    length: { steps },
    optimizer: { kind: "adamw" },
    learningRate: { kind: "polynomial", base: 0.001 },
    // Once, at the end: evaluations take the time that is for training.
    validation: { every: steps, preciseBatchNorm: 20 },
    checkpoints: { every: 100, keep: 1 },
  };
}
