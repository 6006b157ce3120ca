// A recipe with single fields changed by path, as a command line and studies change them; old names of fields are understood.

import type { Assignment } from "./assignment.js";
import { recipeSchema } from "./recipe.js";
import { inCurrentNames, settingInCurrentNames, tellRenamed } from "./renamed-fields.js";
import type { Path } from "./schema-path.js";
import { withAssignments } from "./set-path.js";
import { dotted, RecipeError } from "./validate.js";

/**
 * A copy of a recipe, as it is written, with assignments ("path=value") carried out. A field that the recipe leaves out
 * starts from its default.
 * @param what names the recipe in messages
 * @throws RecipeError where an assignment cannot be carried out
 */
export function changeRecipe(recipe: unknown, assignments: readonly string[], what = "the recipe"): unknown {
  const current = inCurrentNames(recipe, what, tellRenamed);
  const foreign = noData(current);
  if (foreign.length > 0)
    throw new RecipeError(
      what,
      foreign.map((path) => `${dotted(path) || "it"} is a function; a recipe holds data alone`),
    );
  const prepare = (assignment: Assignment) => settingInCurrentNames(assignment, tellRenamed);
  return withAssignments(current, assignments, recipeSchema, prepare);
}

/** Where functions stand, which could not be saved with a run. */
function noData(value: unknown): Path[] {
  const found: Path[] = [];
  const seen = new Set<unknown>();
  const left: { readonly path: Path; readonly value: unknown }[] = [{ path: [], value }];
  for (let at = left.pop(); at; at = left.pop()) {
    if (typeof at.value === "function") found.push(at.path);
    if (typeof at.value !== "object" || at.value === null || seen.has(at.value)) continue;
    seen.add(at.value);
    for (const [key, inner] of Object.entries(at.value))
      left.push({ path: [...at.path, Array.isArray(at.value) ? Number(key) : key], value: inner });
  }
  return found;
}
