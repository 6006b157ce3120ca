// What sets recipes apart, field by field. Fields that cannot change a score (names, threads, how often is saved) do not count
// when runs are grouped, but are shown where they differ.

import type { Recipe } from "../recipes/recipe.js";

/** Fields in which repetitions of one experiment may differ. */
const ofNoConsequence = /^(seed|name|threads|checkpoints\.(every|keep)|data\.(workers|prefetch|cache))$/;

/** The fields of a recipe as paths, such as "data.sources[0].domain"; values as JSON. */
export function flatten(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path, JSON.stringify(value) ?? ""]]);
  const entries = Array.isArray(value)
    ? value.map((entry, at) => [`${path}[${at}]`, entry] as const)
    : Object.entries(value).map(([key, entry]) => [path ? `${path}.${key}` : key, entry] as const);
  if (entries.length === 0) return new Map([[path, Array.isArray(value) ? "[]" : "{}"]]);
  const simple = Array.isArray(value) && value.every((entry) => typeof entry !== "object" || entry === null);
  if (simple) return new Map([[path, JSON.stringify(value)]]);
  return new Map(entries.flatMap(([key, entry]) => [...flatten(entry, key)]));
}

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

export interface Difference {
  readonly path: string;
  /** Of each recipe; null where it has no such field. */
  readonly values: readonly (string | null)[];
}

/** The fields that are not the same in all recipes, in the order of the recipes. */
export function differences(recipes: readonly Recipe[]): Difference[] {
  const flat = recipes.map((recipe) => flatten(recipe));
  const paths = [...new Set(flat.flatMap((fields) => [...fields.keys()]))];
  return paths
    .map((path) => ({ path, values: flat.map((fields) => fields.get(path) ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}
