// A recipe with single fields changed by path, as a command line and studies change them; old names of fields are understood.

import type { Assignment } from "./assignment.js";
import { recipeSchema } from "./recipe.js";
import { inCurrentNames, settingInCurrentNames, tellRenamed } from "./renamed-fields.js";
import { withAssignments } from "./set-path.js";

/**
 * A copy of a recipe, as it is written, with assignments ("path=value") carried out. A field that the recipe leaves out
 * starts from its default.
 * @param what names the recipe in messages
 * @throws RecipeError where an assignment cannot be carried out
 */
export function changeRecipe(recipe: unknown, assignments: readonly string[], what = "the recipe"): unknown {
  const current = inCurrentNames(recipe, what, tellRenamed);
  const prepare = (assignment: Assignment) => settingInCurrentNames(assignment, tellRenamed);
  return withAssignments(current, assignments, recipeSchema, prepare);
}
