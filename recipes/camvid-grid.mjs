// One factor at a time on real photographs: what training options add to plain training and to the full method, on a far drive
// (day to dusk) and a near one (dusk and one drive by day to another by day). Each recipe is one of camvid-study with one change.
//
//   npx pinmem train recipes/camvid-grid.mjs#far-erm-ema --set seed=1 --out runs/camvid-grid/far-erm-ema-1

import { defineRecipe } from "pinmem";
import camvid from "./camvid.mjs";
import { recipes as study } from "./camvid-study.mjs";

/** @typedef {import("pinmem").RecipeInput} Recipe */
/** @typedef {(recipe: Recipe) => Partial<Recipe>} Change */

const { sources, validation, targets } = camvid.data;
const [first, second] = sources.map((source, at) => ({ source, validation: validation?.[at] }));
if (!first?.validation || !second?.validation || !targets?.[0])
  throw new Error("camvid.mjs has two sources and a target");
const dusk = /** @type {const} */ ({ ...targets[0], part: "all-but-every-10th" });

/** @typedef {Recipe["data"]} Data */

/** Which drives are trained on, and which is unseen. @type {Record<string, Data>} */
const benchmarks = {
  far: camvid.data,
  near: {
    ...camvid.data,
    sources: [dusk, first.source],
    validation: [{ ...dusk, part: /** @type {const} */ ("every-10th") }, first.validation],
    targets: [{ ...second.source, part: /** @type {const} */ ("all") }],
  },
};

/** @type {Record<string, Change>} */
const common = {
  rates: ({ optimizer }) => ({
    optimizer: { kind: "adamw", ...optimizer, factors: { backbone: 0.1 } },
    learningRate: { kind: "polynomial", base: 0.002 },
  }),
  ema: () => ({ averaging: { kind: "ema", decay: 0.99 } }),
  tail: () => ({ averaging: { kind: "tail" } }),
  "frozen-statistics": () => ({ frozenBatchNorm: "statistics" }),
  "frozen-norms": () => ({ frozenBatchNorm: "all" }),
  strong: ({ data }) => ({ data: { ...data, color: { strongFor: "all" } } }),
  perturb: () => ({ featureStyles: { kind: "perturb" } }),
  mix: () => ({ featureStyles: { kind: "mix" } }),
  uniform: ({ data }) => ({ data: { ...data, classUniform: 0.5 } }),
};

/** @param {object} memory @returns {Change} */
const memory =
  (memory) =>
  ({ model }) => ({ model: { ...model, memory: { ...model.memory, ...memory } } });
/** @param {object} method @returns {Change} */
const method = (method) => (recipe) => ({ method: { ...recipe.method, ...method } });

/** @type {Record<string, Change>} */
const ofMemory = {
  votes: memory({ vote: 10 }),
  contrast: (recipe) => ({
    ...memory({ vote: 10, temperature: 0.1 })(recipe),
    lossWeights: { cohesion: 0.3 },
  }),
};

/** @type {Record<string, Change>} */
const ofMeta = {
  "every-4": method({ every: 4 }),
  "second-half": method({ from: 0.5 }),
};

const changes = {
  erm: common,
  mldg: ofMeta,
  "memory-erm": { ...common, ...ofMemory },
  "pin-memory": {
    ...common,
    ...ofMemory,
    ...ofMeta,
    reused: method({ writeFeature: "before" }),
    second: method({ order: "second" }),
  },
};

/** @type {Record<string, Recipe>} */
export const recipes = {};
for (const [benchmark, data] of Object.entries(benchmarks)) {
  for (const [name, ofMethod] of Object.entries(changes)) {
    const plain = study[/** @type {keyof typeof changes} */ (name)];
    const base = {
      ...plain,
      data: {
        ...plain.data,
        ...data,
        crop: plain.data.crop,
        scale: plain.data.scale,
        perDomain: plain.data.perDomain,
      },
    };
    recipes[`${benchmark}-${name}`] = defineRecipe({ ...base, name: `camvid-grid-${benchmark}-${name}` });
    for (const [change, apply] of Object.entries(ofMethod)) {
      recipes[`${benchmark}-${name}-${change}`] = defineRecipe({
        ...base,
        ...apply(base),
        name: `camvid-grid-${benchmark}-${name}-${change}`,
      });
    }
  }
}

export default recipes["far-erm"];
