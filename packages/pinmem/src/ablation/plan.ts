// The grid of an ablation: which recipes its studies ask for, each once, whatever the number of studies and rows it is part
// of. All of them are resolved before the first is trained, so that what is impossible is found at once.

import { orWhat } from "@pinmem/core";
import type { Recipe } from "../recipes/recipe.js";
import { RecipeError } from "../recipes/validate.js";
import { splitsDomains, usesMemory } from "../training/methods/index.js";
import { editRecipe, recipeIdentity } from "./edit-recipe.js";
import { studies as allStudies, type Study } from "./studies.js";

/** One run to be made. */
export interface Cell {
  /** Of its folder: "base-304", "losses-none-304". */
  readonly name: string;
  readonly seed: number;
  readonly recipe: Recipe;
  /** What it changes of the recipe. */
  readonly set: readonly string[];
}

export interface PlannedRow {
  readonly title: string;
  /** Names of its cells, one for each seed. */
  readonly cells: readonly string[];
}

export interface PlannedStudy extends Pick<Study, "name" | "title" | "question"> {
  /** The recipe as it is comes first, under the title of the variant that it is, if it is one. */
  readonly rows: readonly PlannedRow[];
}

export interface Plan {
  readonly studies: readonly PlannedStudy[];
  /** Seed by seed, the recipe as it is first. */
  readonly cells: readonly Cell[];
  /** Variants of studies that nobody named and that the recipe cannot be, and why. */
  readonly leftOut: readonly string[];
}

export interface PlanOptions {
  /** Default: every one that the recipe's method allows. */
  readonly studies?: readonly string[];
  /** Default: the recipe's own. */
  readonly seeds?: readonly number[];
}

export const AS_THE_RECIPE = "as the recipe";

/** @throws RangeError naming a study that does not exist or does not fit; RecipeError naming a variant of a study that was named and cannot be trained */
export function planAblation(base: Recipe, { studies, seeds = [base.seed] }: PlanOptions = {}): Plan {
  const chosen = chooseStudies(base, studies);
  const variants = new Map<string, { name: string; recipe: Recipe; set: readonly string[] }>();
  const baseKey = recipeIdentity(base);
  variants.set(baseKey, { name: "base", recipe: base, set: [] });
  const keys = new Map<Study, { title: string; key: string }[]>();
  const leftOut: string[] = [];
  for (const study of chosen) {
    const rows = study.variants.flatMap(({ name, title, set }) => {
      try {
        const recipe = editRecipe(base, set, `the variant "${name}" of the study "${study.name}"`);
        const key = recipeIdentity(recipe);
        if (!variants.has(key)) variants.set(key, { name: `${study.name}-${name}`, recipe, set });
        return [{ title, key }];
      } catch (error) {
        if (studies !== undefined || !(error instanceof RecipeError)) throw error;
        leftOut.push(error.message);
        return [];
      }
    });
    keys.set(study, rows);
  }
  const cellName = (key: string, seed: number) => `${variants.get(key)?.name}-${seed}`;
  return {
    leftOut,
    studies: chosen.map((study): PlannedStudy => {
      const { name, title, question } = study;
      const rows = keys.get(study) ?? [];
      const own = rows.filter(({ key }) => key === baseKey);
      const first = { title: own.length === 1 ? (own[0]?.title as string) : AS_THE_RECIPE, key: baseKey };
      const others = rows.filter(({ key }) => key !== baseKey);
      return {
        name,
        title,
        question,
        rows: [first, ...others].map((row) => ({
          title: row.title,
          cells: seeds.map((seed) => cellName(row.key, seed)),
        })),
      };
    }),
    cells: seeds.flatMap((seed) =>
      [...variants].map(([key, { recipe, set }]) => ({
        name: cellName(key, seed),
        seed,
        recipe: { ...recipe, seed },
        set,
      })),
    ),
  };
}

function chooseStudies(base: Recipe, names: readonly string[] | undefined): Study[] {
  if (names === undefined) return allStudies.filter((study) => misfit(base, study) === null);
  return [...new Set(names)].map((name) => {
    const study = allStudies.find((one) => one.name === name);
    const known = allStudies.map((one) => one.name);
    if (!study) {
      throw new RangeError(`there is no study "${name}"; ${orWhat(name, known)}`);
    }
    const problem = misfit(base, study);
    if (problem) throw new RangeError(problem);
    return study;
  });
}

/** Why the recipe cannot be what a study changes; null where it can. */
function misfit({ method, name }: Recipe, study: Study): string | null {
  const fits =
    study.needs === undefined || (study.needs === "memory" ? usesMemory(method) : splitsDomains(method));
  if (fits) return null;
  const needed = study.needs === "memory" ? "a memory" : "meta-learning";
  return `the study "${study.name}" changes ${needed}, but the method of ${name} is "${method.name}", which has none: add the change \`method.name=pin-memory\``;
}
