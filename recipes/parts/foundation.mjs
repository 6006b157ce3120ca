// Foundation models under the memory: what nobody has tried. Frozen backbones with small adapters, heads of a single product, with
// and without the class memory; and for each kind of backbone one that is tiny, random, and trains in seconds on procedural streets.
//
// Settings, as the literature has them: AdamW with a rate of 1e-4, 40,000 steps of 4 pictures, crops of 512 (518 where the patch is
// 14: its 37 x 37 patches are those that the weights were trained with), polynomial decay of power 0.9, from Wei et al., "Stronger,
// fewer, & superior", CVPR 2024 (Rein), section 4.1; a linear head on the last map as in Oquab et al., "DINOv2", 2023. Rank and
// place of LoRA are those of Hu et al., "LoRA", ICLR 2022: queries and values. Whole ConvNeXts have a rate ten times smaller than
// their heads. Weights: see `npx pinmem weights list`. None of this has been trained to its end with this project.

import { split, weights } from "./data.mjs";

/** @typedef {import("pinmem").RecipeInput} Recipe */

/** @type {NonNullable<Recipe["model"]["adapter"]>} */
const lora = {
  kind: "lora",
  rank: 16,
  alpha: 32,
  dropout: 0.05,
  projections: ["query", "value"],
};

/**
 * What is trained, by the name of the network.
 * @type {Readonly<Record<string, { model: Recipe["model"], patch: number, factors?: Record<string, number> }>>}
 */
const networks = {
  "dinov2l-lora-linear": {
    model: {
      backbone: "dinov2_vitl14",
      head: "linear",
      adapter: lora,
      backboneWeights: weights("dinov2-large.safetensors"),
    },
    patch: 14,
  },
  "dinov2l-frozen-linear": {
    model: {
      backbone: "dinov2_vitl14",
      head: "linear",
      adapter: { kind: "frozen" },
      backboneWeights: weights("dinov2-large.safetensors"),
    },
    patch: 14,
  },
  "dinov2l-rein-deeplab": {
    model: {
      backbone: "dinov2_vitl14",
      head: "deeplab-v3+",
      adapter: { kind: "rein" },
      backboneWeights: weights("dinov2-large.safetensors"),
    },
    patch: 14,
  },
  "dinov3b-lora-linear": {
    model: {
      backbone: "dinov3_vitb16",
      head: "linear",
      adapter: lora,
      backboneWeights: weights("dinov3-vitb16-pretrain-lvd1689m.safetensors"),
    },
    patch: 16,
  },
  "dinov3-convnextb-deeplab": {
    model: {
      backbone: "dinov3_convnext_base",
      head: "deeplab-v3+",
      backboneWeights: weights("dinov3-convnext-base-pretrain-lvd1689m.safetensors"),
    },
    patch: 32,
    factors: { backbone: 0.1 },
  },
};

/**
 * Methods: without the memory, with it, and by meta-learning.
 * @type {Readonly<Record<string, Recipe["method"]>>}
 */
const methods = {
  erm: { name: "erm" },
  "memory-erm": { name: "memory-erm" },
  "pin-memory": { name: "pin-memory" },
};

/** A memory for features that came far without it: it reads by what is like, and votes. */
const memory = /** @type {const} */ ({
  read: { temperature: 0.1, maskAbsent: true },
  vote: { learned: 10 },
  temperature: 0.1,
});

/**
 * Recipes of a setting: `METHOD-NETWORK`, and `debug-BACKBONE`.
 *
 * @param {object} setting
 * @param {string} setting.name what the names of runs begin with
 * @param {string[]} setting.sources a single source is listed twice: two pseudo-domains
 * @param {string[]} setting.targets
 * @returns {Record<string, Recipe>}
 */
export function foundationRecipes({ name, sources, targets }) {
  /** @type {Record<string, Recipe>} */
  const recipes = {};
  for (const [networkName, { model, patch, factors }] of Object.entries(networks)) {
    for (const [methodName, method] of Object.entries(methods)) {
      const side = patch === 14 ? 518 : 512;
      recipes[`${methodName}-${networkName}`] = {
        name: `${name}-${methodName}-${networkName}`,
        device: "cuda",
        precision: "bfloat16",
        data: {
          sources: sources.map((source) => split(source, "train")),
          validation: [...new Set(sources)].map((source) => split(source, "val", { limit: 500 })),
          targets: targets.map((target) => split(target, "val")),
          crop: { width: side, height: side },
          perDomain: 2,
          workers: 8,
          cache: 0,
        },
        model: methodName === "erm" ? model : { ...model, memory },
        method,
        length: { steps: 40_000 },
        learningRate: { kind: "polynomial", base: 1e-4, power: 0.9, warmUp: 1500 },
        optimizer: { kind: "adamw", weightDecay: 0.05, ...(factors && { factors }) },
        activationCheckpointing: true,
        validation: { every: 4000 },
        checkpoints: { every: 1000 },
      };
    }
  }
  for (const [key, { backbone, side, head, adapter }] of Object.entries(debug)) {
    recipes[`debug-${key}`] = {
      name: `${name}-debug-${key}`,
      data: {
        sources: ["boulevard", "toy-town"].map((domain) => ({
          name: "streets",
          domain,
          count: 8,
          width: 128,
          height: 64,
        })),
        validation: [{ name: "streets", domain: "boulevard", count: 2, seed: 1, width: 128, height: 64 }],
        targets: [{ name: "streets", domain: "night", count: 2, width: 128, height: 64 }],
        crop: { width: side, height: side },
        perDomain: 2,
        workers: 0,
      },
      model: { backbone, head, ...(adapter && { adapter }), memory },
      method: { name: "pin-memory", memoryStart: { batches: 2 } },
      length: { steps: 10 },
      learningRate: { kind: "polynomial", base: 1e-3 },
      optimizer: { kind: "adamw" },
      validation: { every: 10, preciseBatchNorm: 2 },
      checkpoints: { every: 10 },
    };
  }
  return recipes;
}

/** @type {Readonly<Record<string, { backbone: string, side: number, head: string, adapter?: Recipe["model"]["adapter"] }>>} */
const debug = {
  dinov2: { backbone: "dinov2_debug", side: 56, head: "linear", adapter: { kind: "lora", rank: 4 } },
  dinov3: { backbone: "dinov3_debug", side: 64, head: "dpt", adapter: { kind: "rein", tokens: 8, rank: 4 } },
  "dinov3-convnext": { backbone: "dinov3_convnext_debug", side: 64, head: "deeplab-v3+" },
};
