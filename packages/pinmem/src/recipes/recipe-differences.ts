// Two recipes side by side, field by field.

import type { Recipe } from "./recipe.js";

/** The fields of a recipe as paths, such as "data.sources[0].domain"; values as JSON. */
export function flatten(value: unknown, path = ""): Map<string, string> {
  // As in the file of a recipe, which has no such fields.
  if (value === undefined) return new Map();
  if (typeof value !== "object" || value === null) return new Map([[path, JSON.stringify(value)]]);
  const entries = Array.isArray(value)
    ? value.map((entry, at) => [`${path}[${at}]`, entry] as const)
    : Object.entries(value).map(([key, entry]) => [path ? `${path}.${key}` : key, entry] as const);
  if (entries.length === 0) return new Map([[path, Array.isArray(value) ? "[]" : "{}"]]);
  const simple = Array.isArray(value) && value.every((entry) => typeof entry !== "object" || entry === null);
  if (simple) return new Map([[path, JSON.stringify(value)]]);
  return new Map(entries.flatMap(([key, entry]) => [...flatten(entry, key)]));
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

/** A field of two recipes in words: "seed is 1, not 2". */
export function describeDifference({ path, values: [there, wanted] }: Difference): string {
  return `${path} is ${there ?? "not there"}, not ${wanted ?? "left out"}`;
}
