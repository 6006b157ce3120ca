// A file that holds recipes: a JavaScript module (one as `export default`, any number by name as `export const recipes = { … }`,
// or both), or a JSON file with one, such as that in the folder of a run. A module is code and runs as such; JSON cannot.

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { closest } from "@pinmem/core";
import { asDataError } from "../files/data-error.js";
import { readJsonFile } from "../files/json-file.js";
import { RecipeError } from "./validate.js";

const modules = [".js", ".mjs"];
export const recipeEndings: readonly string[] = [...modules, ".json"];

/** Recipes as they are written, unchecked. */
export interface RecipeFile {
  /** What the file alone stands for; undefined where it must be said which. */
  readonly main: unknown;
  readonly named: ReadonlyMap<string, unknown>;
}

/** `recipes/camvid.mjs#erm` as its file and name. */
export function splitAddress(address: string): { file: string; name: string | undefined } {
  const at = address.lastIndexOf("#");
  if (at < 0 || existsSync(address)) return { file: address, name: undefined };
  return { file: address.slice(0, at), name: address.slice(at + 1) };
}

/** @throws RecipeError where there is no such file, or no recipe in it */
export async function readRecipeFile(file: string): Promise<RecipeFile> {
  if (!existsSync(file)) throw new RecipeError(file, [missing(file)]);
  if (extname(file) === ".json") return { main: attempt(file, () => readJsonFile(file)), named: new Map() };
  if (!modules.includes(extname(file))) {
    throw new RecipeError(file, [`a recipe is a file ending in ${modules.join(", ")} or .json`]);
  }
  attempt(file, () => accessSync(file, constants.R_OK));
  if (statSync(file).isDirectory()) throw new RecipeError(file, ["is a folder, not a file"]);
  let module: { default?: unknown; recipes?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(file)).href)) as typeof module;
  } catch (error) {
    const line = lineOf(file, error);
    const where = line === undefined ? "" : `, line ${line}`;
    const isMissing = (error as NodeJS.ErrnoException)?.code === "ERR_MODULE_NOT_FOUND";
    const remedy = isMissing ? "; run npm install in its folder, or put it into a checkout of pinmem" : "";
    throw new RecipeError(file, [`does not run${where}: ${(error as Error)?.message ?? error}${remedy}`], {
      cause: error,
    });
  }
  const { default: main, recipes } = module;
  const named = new Map(typeof recipes === "object" && recipes ? Object.entries(recipes) : []);
  if (main !== undefined || named.size > 0) return { main, named };
  throw new RecipeError(file, [
    "exports no recipe: write `export default defineRecipe({ … })`, or several as `export const recipes = { … }`",
  ]);
}

/** Where in a module an error lies. Of a mistake in writing, Node tells only when it checks the file by itself. */
function lineOf(file: string, error: unknown): string | undefined {
  const { stack = "" } = (error ?? {}) as Error;
  const told = stack.split("\n").find((line) => line.includes(`${pathToFileURL(resolve(file)).pathname}:`));
  const text =
    told ??
    (error instanceof SyntaxError
      ? spawnSync(process.execPath, ["--check", resolve(file)], { encoding: "utf8", timeout: 10_000 }).stderr
      : "");
  return /:(\d+)(?::\d+)?\)?$/m.exec(text)?.[1];
}

/** The recipe that an address means, as it is written. */
export async function readRecipe(address: string): Promise<unknown> {
  const { file, name } = splitAddress(address);
  const { main, named } = await readRecipeFile(file);
  const found = name === undefined ? main : named.get(name);
  if (found !== undefined) return found;
  const meant = name === undefined ? undefined : closest(name, named.keys());
  const first = meant ?? [...named.keys()][0];
  const problem =
    name === undefined
      ? `holds ${named.size} recipes: say which, such as ${file}#${first}`
      : named.size === 0
        ? `holds one recipe without a name; leave #${name} out`
        : `holds no recipe "${name}"${meant ? `; did you mean "${meant}"?` : ""}`;
  throw new RecipeError(address, [
    problem,
    ...(named.size > 0 ? [`npx pinmem recipes ${file} lists them`] : []),
  ]);
}

function attempt<T>(file: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw new RecipeError(file, [asDataError(file, error).problem], { cause: error });
  }
}

function missing(file: string): string {
  const folder = dirname(file);
  const there = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  const known = there.filter((name) => recipeEndings.includes(extname(name)));
  const meant = closest(basename(file), known);
  return `there is no such file${meant ? `; did you mean ${join(folder, meant)}?` : ""}`;
}
