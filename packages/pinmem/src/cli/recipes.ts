// `pinmem recipes`: which recipes there are, and what one of them says in full.

import { existsSync, readdirSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { Command } from "commander";
import { visibleLines } from "../files/visible.js";
import type { DatasetConfig } from "../recipes/data.js";
import type { ListedRecipe } from "../recipes/load-recipe.js";
import { networkName } from "../recipes/network-name.js";
import type { Recipe } from "../recipes/recipe.js";
import { refuseIdleOptions } from "./idle-options.js";
import { setOption } from "./options.js";
import { explained } from "./running.js";

export function recipesCommand(): Command {
  return new Command("recipes")
    .description("List the recipes in a file or folder, or show one with all its defaults.")
    .argument("[what]", "a file, a folder, or FILE#NAME to show one", "recipes")
    .addOption(setOption("change a field of the one that is shown, as train does; may be repeated"))
    .option("--json", "print the list as JSON")
    .addHelpText(
      "after",
      `
Examples:
  npx pinmem recipes
  npx pinmem recipes recipes/gtav-synthia.mjs
  npx pinmem recipes recipes/gtav-synthia.mjs#isw-resnet50 --set data.crop.height=512

One recipe is printed as JSON, which is a recipe file too.

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage.`,
    )
    .action(async (what: string, flags: RecipesFlags, command: Command) => {
      refuseIdleOptions(command, [
        ["--set", !what.includes("#"), "it changes the one recipe that FILE#NAME shows"],
      ]);
      await explained(() => show(what, flags));
    });
}

interface RecipesFlags {
  readonly set: string[];
  readonly json?: true;
}

async function show(what: string, { set, json }: RecipesFlags): Promise<void> {
  const [{ listRecipes, loadRecipe }, { recipeEndings, splitAddress }] = await Promise.all([
    import("../recipes/load-recipe.js"),
    import("../recipes/recipe-file.js"),
  ]);
  if (splitAddress(what).name !== undefined) {
    console.log(JSON.stringify(await loadRecipe(what, set), null, 2));
    return;
  }
  const files = isFolder(what)
    ? readdirSync(what)
        .filter((name) => recipeEndings.includes(extname(name)))
        .sort()
        .map((name) => join(what, name))
    : [what];
  if (files.length === 0)
    throw new Error(`${what} holds no recipes (files ending in ${recipeEndings.join(", ")})`);
  const found: ListedRecipe[] = [];
  for (const file of files) found.push(...(await listRecipes(file)));
  console.log(json ? JSON.stringify(found.map(summary), null, 2) : visibleLines(table(found)));
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

const domainOf = (config: DatasetConfig): string => {
  if ("domain" in config) return config.domain;
  if ("as" in config) return config.as;
  return config.subset === undefined ? config.name : `${config.name} ${config.subset}`;
};

const lengthOf = ({ length: { steps, epochs } }: Recipe): string =>
  steps === undefined ? `${epochs} epochs` : `${steps} steps`;

/** A network of one's own has no head. */
const networkOf = ({ model: { network, backbone, head } }: Recipe): string =>
  network ?? `${backbone}, ${head}`;

const summary = ({ address, recipe }: ListedRecipe) => ({
  address,
  name: recipe.name,
  sources: recipe.data.sources.map(domainOf),
  targets: recipe.data.targets.map(domainOf),
  method: recipe.method.name,
  network: { backbone: networkName(recipe.model), head: recipe.model.head ?? null },
  normalization: recipe.model.normalization ?? {},
  length: recipe.length,
});

/** A line for each recipe, those with the same domains under one heading. */
function table(found: readonly ListedRecipe[]): string[] {
  const rows = found.map(({ address, recipe }) => [
    address,
    recipe.method.name,
    networkOf(recipe),
    lengthOf(recipe),
    [...new Set(Object.values(recipe.model.normalization ?? {}))].join(", "),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines: string[] = [];
  let heading = "";
  for (const [at, { recipe }] of found.entries()) {
    const domains = `${recipe.data.sources.map(domainOf).join(" + ")} -> ${recipe.data.targets.map(domainOf).join(", ")}`;
    if (domains !== heading) lines.push(...(lines.length > 0 ? [""] : []), domains);
    heading = domains;
    const cells = rows[at] ?? [];
    lines.push(`  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
  }
  return lines;
}
