// What a run that is gone on with may change in its recipe: nothing that would make it untrue of the steps that are done, or of
// those that would have followed. Where files lie, and what a machine may spend, is no part of that; the data themselves are
// compared by their files (data-record.ts), the file of a backbone by its content (base-file.ts).

import { existsSync } from "node:fs";
import { basename } from "node:path";
import { loadStoredRecipe } from "../recipes/load-recipe.js";
import type { Recipe } from "../recipes/recipe.js";
import { type Difference, describeDifference, differences } from "../recipes/recipe-differences.js";
import { metaSchedule } from "../training/methods/index.js";
import { RunError } from "./run-error.js";
import type { RunFolder } from "./run-folder.js";

const free =
  /^(name|device|threads|activationCheckpointing|calibration\.pictures|checkpoints\.(every|keep)|validation\.every|data\.(workers|prefetch|cache|onError)|data\.(sources|validation|targets)\[\d+\]\.root)$/;
/** Files that may lie elsewhere, but not be called otherwise. */
const files = /^(data\.labels|model\.backboneWeights|model\.weights\.file)$/;
/** Fields that a message names. */
const SHOWN = 5;

/**
 * @param recipe to go on with, its paths absolute
 * @throws RunError naming the fields in which the run's recipe may not be another; RecipeError where the run's cannot be read
 */
export async function requireSameRecipe(folder: RunFolder, recipe: Recipe): Promise<void> {
  if (!hasPast(folder)) return;
  const found = differences([await loadStoredRecipe(folder.recipe), recipe]);
  const wrong = found.filter((difference) => !mayDiffer(difference, recipe));
  if (wrong.length > 0)
    throw otherRecipe(
      folder.path,
      wrong,
      `Go on with its own, ${folder.recipe}, or choose another \`folder\``,
    );
}

/** The refusal of a folder that holds the run of another recipe. */
export function otherRecipe(path: string, found: readonly Difference[], remedy: string): RunError {
  const shown = found.slice(0, SHOWN).map(describeDifference);
  if (found.length > SHOWN) shown.push(`${found.length - SHOWN} other fields`);
  return new RunError(path, `holds a run by another recipe: ${shown.join("; ")}. ${remedy}`);
}

/** Whether there is something in it that was trained. */
const hasPast = (folder: RunFolder): boolean =>
  folder.exists &&
  (folder.hasCheckpoints || existsSync(folder.model("best")) || existsSync(folder.model("last")));

function mayDiffer({ path, values: [there, wanted] }: Difference, recipe: Recipe): boolean {
  if (free.test(path)) return true;
  if (files.test(path)) return fileName(there) === fileName(wanted);
  return path.startsWith("length.") && !dependsOnLength(recipe);
}

const fileName = (json: string | null | undefined): string => basename(String(JSON.parse(json ?? "null")));

/** Whether a longer run would have begun otherwise. */
const dependsOnLength = ({ learningRate, method, averaging }: Recipe): boolean =>
  !(
    learningRate.kind === "constant" ||
    (learningRate.kind === "exponential" && learningRate.total !== undefined)
  ) ||
  (metaSchedule(method)?.from ?? 0) > 0 ||
  averaging?.kind === "tail";
