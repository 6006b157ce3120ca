// What sets the recipes of a comparison apart. Fields that cannot change a score (names, threads, how often is saved) do not count
// when runs are grouped, but are shown where they differ.

import type { Recipe } from "../recipes/recipe.js";
import { flatten } from "../recipes/recipe-differences.js";

export { differences } from "../recipes/recipe-differences.js";

/** Fields in which repetitions of one experiment may differ. */
const ofNoConsequence = /^(seed|name|threads|checkpoints\.(every|keep)|data\.(workers|prefetch|cache))$/;

/**
 * Equal for runs that differ in seed alone. Runs that go on from others may name the seed in their weights' file, each its
 * own: "runs/trunk-1/best.safetensors" by the run with seed 1, "runs/trunk-2/best.safetensors" by that with seed 2.
 */
export function experimentKey(recipe: Recipe): string {
  const ownSeed = new RegExp(`(?<!\\d)${recipe.seed}(?!\\d)`, "g");
  const fields = [...flatten(recipe)].filter(([path]) => !ofNoConsequence.test(path));
  return JSON.stringify(
    fields
      .map(([path, value]) => [path, path === "model.weights.file" ? value.replace(ownSeed, "SEED") : value])
      .sort(),
  );
}
