// The study of training that generalizes: MobileNetV2 with ImageNet weights, small pictures, each training as long as plain training needs
// until source validation no longer moves, on three benchmarks:
//
//   far      two drives of CamVid by day; the drive at dusk is unseen
//   near     dusk and one drive by day; the other drive by day is unseen
//   streets  two looks of the procedural streets; eight others are unseen
//
// BENCHMARK-METHOD is the method, BENCHMARK-METHOD-CHANGE the same with one thing changed, BENCHMARK-METHOD-slower and -slower-CHANGE
// with a third of the learning rate, BENCHMARK-METHOD-faster with three times as much. `npm run bench -- study` trains and scores
// them, and makes the halves of CamVid's pictures that they are trained on; docs/results says what came out.

import { defineRecipe, demoRecipe } from "pinmem";
import camvid from "./camvid.mjs";
import { root, weights } from "./parts/data.mjs";
import { sharp } from "./parts/memory.mjs";
import { compared } from "./parts/streets.mjs";

/** @typedef {import("pinmem").RecipeInput} Recipe */
/** @typedef {Recipe["data"]} Data */
/** @typedef {(recipe: Recipe) => Partial<Recipe>} Change */

const STEPS = 1500;

/** @template {object} T @param {T} drive @returns {T & { root: string }} */
const half = (drive) => ({ ...drive, root: root("camvid-half") });
const { sources, validation = [], targets = [] } = camvid.data;
const [first, second] = sources.map(half);
const [firstKept, secondKept] = validation.map(half);
const [dusk] = targets.map(half);
if (!first || !second || !firstKept || !secondKept || !dusk)
  throw new Error("camvid.mjs has two sources and a target");

/** Pictures of 240 x 180. */
const halves = {
  crop: { width: 160, height: 160 },
  scale: /** @type {[number, number]} */ ([0.5, 1.2]),
  perDomain: 2,
};

/** @type {Record<string, Data>} */
const benchmarks = {
  far: { ...halves, sources: [first, second], validation: [firstKept, secondKept], targets: [dusk] },
  near: {
    ...halves,
    sources: [{ ...dusk, part: "all-but-every-10th" }, first],
    validation: [{ ...dusk, part: "every-10th" }, firstKept],
    targets: [{ ...second, part: "all" }],
  },
  streets: compared(demoRecipe("erm").data, { scenes: 20 }),
};

const innerRate = /** @type {const} */ ({ kind: "fixed", rate: 0.003 });
const memoryStart = { batches: 40 };

/** @type {Record<string, Recipe["method"]>} */
const methods = {
  erm: { name: "erm" },
  mldg: { name: "mldg", innerRate },
  "memory-erm": { name: "memory-erm", memoryStart },
  "pin-memory": { name: "pin-memory", innerRate, memoryStart },
};

/** @param {readonly Change[]} parts @returns {Change} */
const together =
  (...parts) =>
  (recipe) => {
    let changed = recipe;
    for (const part of parts) changed = { ...changed, ...part(changed) };
    return changed;
  };

/** @type {Change} */
const strong = ({ data }) => ({ data: { ...data, color: { strongFor: "all" } } });
/** @type {Change} */
const perturb = () => ({ featureStyles: { kind: "perturb" } });

/** @type {Change} */
const uniform = ({ data }) => ({ data: { ...data, classUniform: 0.5 } });

/** Features at an eighth of the picture's resolution in place of a sixteenth, at which a cell is as large as a car. @type {Change} */
const fine = ({ model }) => ({ model: { ...model, outputStride: 8 } });

/** Classes count by how rare they are in a picture. @type {Change} */
const weighted = () => ({ segmentation: { kind: "image-weighted", weighting: "inverse" } });

/** @type {Record<string, Change>} */
const common = {
  "rates-by-group": () => ({ optimizer: { kind: "adamw", factors: { backbone: 0.1 } } }),
  ema: () => ({ averaging: { kind: "ema", decay: 0.99 } }),
  "frozen-statistics": () => ({ frozenBatchNorm: "statistics" }),
  "frozen-norms": () => ({ frozenBatchNorm: "all" }),
  strong,
  perturb,
  mix: () => ({ featureStyles: { kind: "mix" } }),
  uniform,
  "strong-uniform": together(strong, uniform),
  "strong-perturb": together(strong, perturb),
  "strong-fine": together(strong, fine),
  "strong-weighted": together(strong, weighted),
};

/** @param {object} options @returns {Change} */
const memory =
  (options) =>
  ({ model }) => ({ model: { ...model, memory: { ...model.memory, ...options } } });
/** @param {object} options @returns {Change} */
const method = (options) => (recipe) => ({ method: { ...recipe.method, ...options } });

const votes = memory({ vote: 10 });
/** A contrasting loss for the cosines, which vote only where --vote says so: the decoder learns to do without them. */
const apart = together(memory({ temperature: 0.1 }), () => ({ lossWeights: { cohesion: 0.3 } }));
/** The same loss, which is the votes' own here. */
const contrast = together(votes, apart);
/** Rows for which frequent classes are no likelier than others, and a decoder that does not know of their votes. */
const balanced = together(apart, memory({ balance: "classes" }));
/** A third of it. */
const light = together(contrast, () => ({ lossWeights: { cohesion: 0.1 } }));
/** The decoder takes the feature as it is: the memory is in the votes alone. */
const voters = together(contrast, memory({ votesOnly: true }));
const residual = together(contrast, memory({ read: { ...sharp, residual: true } }));
/** Rows of what the last convolution sees, at an eighth of the picture's resolution in place of a sixteenth. */
const decoder = memory({ at: "decoder" });
const domains = memory({ rows: { count: 2, per: "domain" } });
const clusters = memory({ rows: { count: 3, per: "cluster" } });

/** @type {Record<string, Change>} */
const ofMemory = {
  official: ({ model }) => ({ model: { ...model, memory: {} } }),
  votes,
  contrast,
  apart,
  domains: together(contrast, domains),
  "contrast-strong": together(contrast, strong),
  "apart-strong": together(apart, strong),
  "contrast-perturb": together(contrast, perturb),
  "contrast-strong-fine": together(contrast, strong, fine),
  "contrast-decoder": together(contrast, decoder),
  "contrast-strong-decoder": together(contrast, strong, decoder),
  "voters-strong-decoder": together(voters, strong, decoder),
  "light-strong": together(light, strong),
  "balanced-strong": together(balanced, strong),
  "voters-strong": together(voters, strong),
  "residual-strong": together(residual, strong),
  "clusters-strong": together(contrast, clusters, strong),
  "domains-strong": together(contrast, domains, strong),
  "contrast-strong-uniform": together(contrast, strong, uniform),
  "contrast-strong-perturb": together(contrast, strong, perturb),
};

/** @type {Record<string, Change>} */
const ofMeta = {
  "every-4": method({ every: 4 }),
  "second-half": method({ from: 0.5 }),
};

/** The rate that source validation prefers for plain training, and those around it, from which it chooses for each method. */
const rates = { slower: 0.0003, "": 0.001, faster: 0.003 };

/** What a method is tried with. @type {Record<string, Record<string, Change>>} */
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
    const plain = defineRecipe({
      name: `${benchmark}-${name}`,
      threads: 1,
      data,
      model: {
        backbone: "mobilenet_v2",
        backboneWeights: weights("mobilenet_v2-imagenet.safetensors"),
        memory: { read: sharp },
      },
      method: /** @type {Recipe["method"]} */ (methods[name]),
      length: { steps: STEPS },
      optimizer: { kind: "adamw" },
      learningRate: { kind: "polynomial", base: rates[""] },
      // Costs nothing in training: each network is scored as trained and averaged over its last quarter.
      averaging: { kind: "tail" },
      validation: { every: STEPS },
      calibration: { pictures: 0 },
      checkpoints: { every: 100, keep: 1 },
    });
    for (const [rate, base] of Object.entries(rates)) {
      const atRate = { ...plain, learningRate: { kind: /** @type {const} */ ("polynomial"), base } };
      /** @param {string} change @param {Partial<Recipe>} [changed] */
      const add = (change, changed) => {
        const name = [plain.name, rate, change].filter((part) => part !== "").join("-");
        recipes[name] = defineRecipe({ ...atRate, ...changed, name });
      };
      add("");
      if (rate !== "faster")
        for (const [change, apply] of Object.entries(ofMethod)) add(change, apply(atRate));
    }
  }
}

export default recipes["far-erm"];
