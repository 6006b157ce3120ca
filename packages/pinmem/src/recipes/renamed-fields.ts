// Fields of a recipe that had another name in earlier versions. Recipes with the old names are still read: they are brought
// to the names of now before anything else looks at them. Whoever wrote one is told the new name, once for each field; of a
// recipe that this package stored itself nobody needs to be told.

import type { Assignment } from "./assignment.js";
import { RecipeError } from "./validate.js";

type Key = string | number;

/** Old name, below which fields (in the names of now), new name. */
const fields: readonly (readonly [old: string, parent: string, now: string])[] = [
  ["clip", "", "maxGradientNorm"],
  ["losses", "", "lossWeights"],
  ["recompute", "", "activationCheckpointing"],
  ["evaluation", "", "validation"],
  ["statisticsBatches", "validation", "preciseBatchNorm"],
];

/** Names of data sets and methods that a program brings. */
const OLD_CUSTOM = "given";
const CUSTOM = "custom";
const customAt = /^(method|data\.(sources|validation|targets)\.\d+)\.name$/;
/** No renamed field lies deeper than `data.sources[0].name`. */
const DEEPEST = 4;

/** Is told the old and the new name of each renamed field that is met. */
export type OnRenamed = (old: string, now: string) => void;

const told = new Set<string>();

/** Says on stderr what a field is called now; of each field once in a process. */
export const tellRenamed: OnRenamed = (old, now) => {
  if (told.has(old)) return;
  told.add(old);
  console.warn(`${old} is called ${now} now; the old name still works in a recipe`);
};

/**
 * A recipe as it is written, in the names of now.
 * @param what names the recipe in messages
 * @throws RecipeError where a field is there under both names
 */
export function inCurrentNames(recipe: unknown, what: string, onRenamed: OnRenamed): unknown {
  const problems: string[] = [];
  const renamed = rename(recipe, [], onRenamed, problems);
  if (problems.length > 0) throw new RecipeError(what, problems);
  return renamed;
}

/** The same for one change of a recipe. */
export function settingInCurrentNames({ keys, value }: Assignment, onRenamed: OnRenamed): Assignment {
  const now: Key[] = [];
  for (const key of keys) now.push(currentName(now, key, onRenamed));
  const problems: string[] = [];
  const renamed = rename(value, now, onRenamed, problems);
  if (problems.length > 0) throw new RecipeError(`the change of ${keys.join(".")}`, problems);
  return { keys: now, value: renamed };
}

function rename(value: unknown, path: readonly Key[], onRenamed: OnRenamed, problems: string[]): unknown {
  if (value === OLD_CUSTOM && customAt.test(path.join("."))) {
    onRenamed(`name: "${OLD_CUSTOM}"`, `name: "${CUSTOM}"`);
    return CUSTOM;
  }
  if (typeof value !== "object" || value === null || path.length >= DEEPEST) return value;
  if (Array.isArray(value)) return value.map((one, at) => rename(one, [...path, at], onRenamed, problems));
  const entries = Object.entries(value).map(([key, one]) => {
    const now = currentName(path, key, onRenamed);
    if (now !== key && Object.hasOwn(value, now)) {
      const [old, current] = [key, now].map((name) => [...path, name].join("."));
      problems.push(`${old} and ${current} are the same field; leave ${old} out`);
    }
    return [now, rename(one, [...path, now], onRenamed, problems)];
  });
  return Object.fromEntries(entries);
}

function currentName<K extends Key>(path: readonly Key[], key: K, onRenamed: OnRenamed): K | string {
  const parent = path.join(".");
  const found = fields.find(([old, below]) => old === key && below === parent);
  if (!found) return key;
  const [old, , now] = found;
  onRenamed(old, parent ? `${parent}.${now}` : now);
  return now;
}
