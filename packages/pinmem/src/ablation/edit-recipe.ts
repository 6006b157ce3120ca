// A recipe with some of its fields changed, as studies change them: a change of method keeps the options that both methods
// have and leaves out the others, which a recipe for the new one could not hold.

import { completeReadOptions, type ReadOptions } from "../memory/read-options.js";
import { changeRecipe } from "../recipes/change-recipe.js";
import { type Recipe, resolveRecipe } from "../recipes/recipe.js";
import { flatten } from "../recipes/recipe-differences.js";
import { methodSchema } from "../training/methods/index.js";

/** @throws RecipeError where the result is no recipe that can be trained */
export function editRecipe(recipe: Recipe, assignments: readonly string[], what: string): Recipe {
  const changed = changeRecipe(recipe, assignments) as Recipe;
  const { name } = changed.method;
  const own = methodSchema.options.find(({ shape }) => shape.name.value === name);
  const method = Object.entries(changed.method).filter(([field]) => own && Object.hasOwn(own.shape, field));
  return resolveRecipe({ ...changed, method: own ? Object.fromEntries(method) : changed.method }, what);
}

/** The same for recipes that train the same way: options of the memory that a recipe leaves open have their defaults. */
export function recipeIdentity({ name: _, ...recipe }: Recipe): string {
  const { momentum = 0.8, temperature = 1, read = {} } = recipe.model.memory;
  const memory = { momentum, temperature, read: completeReadOptions(read as ReadOptions) };
  const completed = { ...recipe, activationCheckpointing: false, model: { ...recipe.model, memory } };
  return JSON.stringify([...flatten(completed)].sort());
}
