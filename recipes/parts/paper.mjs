// The experiments of the paper (Kim et al., CVPR 2022) as a table: some sources, every method, every network,
// each with this project's settings and, where the authors' code runs it, with theirs (`-official`).
//
// Epochs have 2,975 images of each source. How many there are is what the authors' table of epochs says; `-official` trains for as many as
// their script does where that has another number (gtav-synthia-idd.mjs: 151 instead of 93). All of it needs a GPU and ImageNet
// weights (see `weights` in data.mjs).

import { split, weights } from "./data.mjs";

/** @typedef {import("./data.mjs").Domain} Domain */
/** @typedef {import("pinmem").RecipeInput} Recipe */
/** @typedef {Pick<Recipe, "method"> & { normalization?: Recipe["model"]["normalization"] }} Method */
/** @typedef {Pick<Recipe["model"], "backbone" | "head"> & { weights: string, official: (method: Method) => boolean }} Network */

/** @param {"instance-norm" | "instance-whitening" | "selective-whitening"} kind */
const inShallowStages = (kind) => ({ layer0: kind, layer1: kind, layer2: kind });

/**
 * Every method, with the instance normalization at the end of the stem and of the first two stages, where it has one.
 * @type {Readonly<Record<string, Method>>}
 */
const methods = {
  erm: { method: { name: "erm" } },
  ibn: { method: { name: "erm" }, normalization: inShallowStages("instance-norm") },
  iw: { method: { name: "erm" }, normalization: inShallowStages("instance-whitening") },
  isw: { method: { name: "erm" }, normalization: inShallowStages("selective-whitening") },
  mldg: { method: { name: "mldg" } },
  "memory-erm": { method: { name: "memory-erm" } },
  "pin-memory": { method: { name: "pin-memory" } },
};

/** @param {Method} method */
const isWhitened = ({ normalization }) => /whitening$/.test(normalization?.layer0 ?? "");

/**
 * `official`: whether the authors' code runs a method on the network. It ends with an error for ShuffleNetV2 with whitening, for
 * ResNet-101 with DeepLabV3+, and for DeepLabV2 with any instance normalization.
 * @type {Readonly<Record<string, Network>>}
 */
const networks = {
  resnet50: { backbone: "resnet50", weights: "resnet50-0676ba61.pth", official: () => true },
  mobilenetv2: { backbone: "mobilenet_v2", weights: "mobilenet_v2-b0353104.pth", official: () => true },
  shufflenetv2: {
    backbone: "shufflenet_v2_x1_0",
    weights: "shufflenetv2_x1-5666bf0f80.pth",
    official: (method) => !isWhitened(method),
  },
  resnet101: { backbone: "resnet101", weights: "resnet101-63fe2227.pth", official: () => false },
  "resnet101-deeplabv2": {
    backbone: "resnet101",
    head: "deeplab-v2",
    weights: "resnet101-63fe2227.pth",
    official: ({ normalization }) => normalization === undefined,
  },
};

/**
 * The recipes of a setting by name: `METHOD-NETWORK`, `METHOD-NETWORK-official`.
 *
 * @param {object} setting
 * @param {string} setting.name what the names of runs begin with
 * @param {string[]} setting.sources a single source is listed twice: two pseudo-domains
 * @param {string[]} setting.targets
 * @param {(network: string) => number} setting.epochs
 * @param {(network: string) => number} [setting.officialEpochs] where the authors' scripts train for another number
 * @returns {Record<string, Recipe>}
 */
export function paperRecipes({ name, sources, targets, epochs, officialEpochs = epochs }) {
  /** @type {Record<string, Recipe>} */
  const recipes = {};
  for (const [networkName, network] of Object.entries(networks)) {
    for (const [methodName, method] of Object.entries(methods)) {
      const key = `${methodName}-${networkName}`;
      const recipe = ours(`${name}-${key}`, {
        sources,
        targets,
        method,
        network,
        epochs: epochs(networkName),
      });
      recipes[key] = recipe;
      if (network.official(method)) {
        recipes[`${key}-official`] = asOfficial(recipe, { epochs: officialEpochs(networkName) });
      }
    }
  }
  return recipes;
}

/**
 * @param {string} name
 * @param {{ sources: string[], targets: string[], method: Method, network: Network, epochs: number }} parts
 * @returns {Recipe}
 */
function ours(name, { sources, targets, method: { method, normalization }, network, epochs }) {
  return {
    name,
    device: "cuda",
    data: {
      sources: sources.map((source) => split(source, "train")),
      validation: [...new Set(sources)].map((source) => split(source, "val", { limit: 500 })),
      targets: targets.map((target) => split(target, "val")),
      crop: { width: 768, height: 768 },
      perDomain: 4,
      epoch: "official",
      workers: 8,
      cache: 0,
    },
    model: {
      backbone: network.backbone,
      ...(network.head && { head: network.head }),
      ...(normalization && { normalization }),
      backboneWeights: weights(network.weights),
    },
    method,
    length: { epochs },
    validation: { every: 5000 },
    checkpoints: { every: 1000 },
  };
}

/**
 * A recipe with everything as the authors' code has it (packages/pinmem/README.md says what differs, and why).
 *
 * @param {Recipe} recipe
 * @param {{ epochs: number }} length
 * @returns {Recipe}
 */
export function asOfficial(recipe, { epochs }) {
  const { data, model, method } = recipe;
  const hasMemory = method.name === "memory-erm" || method.name === "pin-memory";
  return {
    ...recipe,
    name: `${recipe.name}-official`,
    data: { ...data, color: { ...data.color, strongFor: "first-source" } },
    model: hasMemory ? { ...model, memory: { ...model.memory, read: { gumbel: "always" } } } : model,
    method: hasMemory ? { ...method, memoryStart: { batches: "official" } } : method,
    length: { epochs },
    learningRate: { kind: "exponential", base: 0.01, total: 120_000 },
    optimizer: { kind: "sgd", decay: "all" },
    validation: { ...recipe.validation, preciseBatchNorm: 0 },
  };
}
