// Where a recipe comes from: a JavaScript module that exports it (`export default defineRecipe({ … })`), or a JSON file, such
// as the one in the folder of a run. A module is code and runs as such; a JSON file cannot.

import { readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Recipe, resolveRecipe } from "./recipe.js";
import { withAssignments } from "./set-path.js";
import { RecipeError } from "./validate.js";

const LARGEST = 2 ** 20;

/**
 * The recipe in a file, with `assignments` ("path=value") carried out, all defaults filled in and everything checked.
 * @throws RecipeError saying which field is wrong and what it may be
 */
export async function loadRecipe(file: string, assignments: readonly string[] = []): Promise<Recipe> {
  const raw = extname(file) === ".json" ? readJson(file) : await importDefault(file);
  return resolveRecipe(withAssignments(raw, assignments), file);
}

function readJson(file: string): unknown {
  try {
    const { size } = statSync(file);
    if (size > LARGEST) throw new Error(`has ${size} bytes; no recipe is that long`);
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new RecipeError(file, [describe(error)], { cause: error });
  }
}

async function importDefault(file: string): Promise<unknown> {
  const known = [".js", ".mjs"];
  if (!known.includes(extname(file))) {
    throw new RecipeError(file, [`a recipe is a file ending in ${known.join(", ")} or .json`]);
  }
  let module: { default?: unknown };
  try {
    statSync(file);
    module = (await import(pathToFileURL(resolve(file)).href)) as { default?: unknown };
  } catch (error) {
    throw new RecipeError(file, [describe(error)], { cause: error });
  }
  if (module.default !== undefined) return module.default;
  throw new RecipeError(file, ["exports no recipe: write `export default defineRecipe({ … })`"]);
}

function describe(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  return error instanceof Error ? error.message : String(error);
}
