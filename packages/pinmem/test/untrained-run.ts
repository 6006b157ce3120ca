// The folder of a run whose network was never trained: opens like any other, and is made in a moment.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cityscapes19, type LabelSpace } from "@pinmem/core";
import { dispose, manualSeed, saveSafetensors } from "@pinmem/torch";
import type { Recipe } from "../src/recipes/recipe.js";
import { createRecipeNetwork } from "../src/recipes/recipe-network.js";
import { writeMetadata } from "../src/runs/model-metadata.js";
import { miniRecipe } from "./mini-recipe.js";

export function untrainedRun(
  folder: string,
  {
    space = cityscapes19,
    recipe = miniRecipe(),
    seed = 3,
  }: { space?: LabelSpace; recipe?: Recipe; seed?: number } = {},
): string {
  manualSeed(seed);
  const network = createRecipeNetwork(recipe, space.classes.length);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "recipe.json"), JSON.stringify(recipe));
  const weights = network.stateDict();
  saveSafetensors(
    join(folder, "last.safetensors"),
    weights,
    writeMetadata({ recipe, space, step: 0, score: null }),
  );
  dispose([...weights.values()]);
  return folder;
}
