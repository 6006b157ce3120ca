// How a recipe's file says that it holds one. It stands alone so that such files load without the schema and libtorch.

import type { RecipeInput } from "./recipe.js";

/** Types a recipe as it is written and gives it back unchanged; `resolveRecipe` checks it and fills in the defaults. */
export const defineRecipe = (recipe: RecipeInput): RecipeInput => recipe;
