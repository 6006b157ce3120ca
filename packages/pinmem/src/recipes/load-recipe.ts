// From the address of a recipe to a checked one with all its defaults.

import { changeRecipe } from "./change-recipe.js";
import { type Recipe, resolveRecipe, resolveStoredRecipe } from "./recipe.js";
import { readRecipe, readRecipeFile } from "./recipe-file.js";

/**
 * The recipe at an address, with `assignments` ("path=value") carried out, all defaults filled in and everything checked.
 * @param address a file with a recipe, or `FILE#NAME` for one of several in a module
 * @throws RecipeError saying which field is wrong and what it may be
 */
export async function loadRecipe(address: string, assignments: readonly string[] = []): Promise<Recipe> {
  return resolveRecipe(changeRecipe(await readRecipe(address), assignments, address), address);
}

/** The recipe of a run, from the file in its folder, with assignments carried out. @throws RecipeError where it cannot be used */
export async function loadStoredRecipe(file: string, assignments: readonly string[] = []): Promise<Recipe> {
  const stored = resolveStoredRecipe(await readRecipe(file), file);
  return assignments.length === 0 ? stored : resolveRecipe(changeRecipe(stored, assignments, file), file);
}

/** Of a recipe in a file: what names it there (`FILE` or `FILE#NAME`), and itself. */
export interface ListedRecipe {
  readonly address: string;
  readonly recipe: Recipe;
}

/** All recipes of a file. @throws RecipeError where one of them cannot be used */
export async function listRecipes(file: string): Promise<ListedRecipe[]> {
  const { main, named } = await readRecipeFile(file);
  const all: [string, unknown][] = [...named].map(([name, recipe]) => [`${file}#${name}`, recipe]);
  if (main !== undefined) all.unshift([file, main]);
  return all.map(([address, recipe]) => ({ address, recipe: resolveRecipe(recipe, address) }));
}
