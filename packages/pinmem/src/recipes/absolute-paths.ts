// A recipe whose files and folders are told from the root of the file system, as a run keeps it: so that it means the same ones
// whichever folder the run is gone on with from.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { cachedWeights, IMAGENET } from "../pretrained/cache.js";
import type { DatasetConfig } from "./data.js";
import type { Recipe } from "./recipe.js";

/**
 * Relative paths are taken from the folder that the process is in; backbone weights "imagenet" from the cache.
 * @throws NoCachedWeightsError where the cache holds none for the backbone
 */
export function withAbsolutePaths(recipe: Recipe): Recipe {
  const { data, model } = recipe;
  const absolute = (configs: readonly DatasetConfig[]): DatasetConfig[] =>
    configs.map((config) => ("root" in config ? { ...config, root: resolve(config.root) } : config));
  return {
    ...recipe,
    data: {
      ...data,
      sources: absolute(data.sources),
      validation: absolute(data.validation),
      targets: absolute(data.targets),
      labels: existsSync(data.labels) ? resolve(data.labels) : data.labels,
    },
    model: {
      ...model,
      backboneWeights: backboneFile(model),
      weights: model.weights && { ...model.weights, file: resolve(model.weights.file) },
    },
  };
}

function backboneFile({ backboneWeights, backbone }: Recipe["model"]): string | null {
  if (backboneWeights === null) return null;
  return backboneWeights === IMAGENET ? cachedWeights(backbone ?? "") : resolve(backboneWeights);
}
