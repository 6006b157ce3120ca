// A tiny model, exported: what the tests of this package run. Made once a file.

import { join } from "node:path";
import { type RgbImage, type Size, tileSize } from "@pinmem/core";
import { renderStreet } from "@pinmem/streets";
import { type ExportOptions, exportRun } from "../../pinmem/src/export/export-run.js";
import type { ShiftRule } from "../../pinmem/src/inference/shift-rule.js";
import type { RecipeInput } from "../../pinmem/src/recipes/recipe.js";
import { calibrateBy } from "../../pinmem/test/calibrate-by.js";
import { miniRecipe } from "../../pinmem/test/mini-recipe.js";
import { untrainedRun } from "../../pinmem/test/untrained-run.js";
import type { Model } from "../src/index.js";
import { memoryUseOf } from "../src/pieces.js";

export interface Exported {
  /** Of the run. */
  readonly run: string;
  /** Of the exported model. */
  readonly folder: string;
}

/** Why tests are skipped; null: onnxruntime-node is there. */
export const noRuntime: string | null = await import("onnxruntime-node").then(
  () => null,
  (error: Error) => `onnxruntime-node cannot be loaded: ${error.message.split("\n")[0]}`,
);
if (noRuntime !== null) console.warn(`Tests of @pinmem/runtime are left out: ${noRuntime}`);

/** Of a tiny transformer with a memory that votes. */
export const transformer = {
  data: { ...miniRecipe().data, crop: { width: 42, height: 42 } } as unknown as RecipeInput["data"],
  model: { backbone: "dinov2_debug", head: "linear", memory: { vote: 10 } },
} satisfies Partial<RecipeInput>;

/** @param rule of pictures that decide, as `pinmem calibrate` would have found it */
export async function exportTiny(
  root: string,
  model: Partial<RecipeInput> = {},
  options: Partial<ExportOptions> = {},
  rule: ShiftRule | null = null,
): Promise<Exported> {
  const run = untrainedRun(join(root, "run"), { recipe: miniRecipe(model) });
  if (rule) await calibrateBy(run, rule);
  const folder = join(root, "exported");
  await exportRun(run, { out: folder, verify: false, ...options });
  return { run, folder };
}

/** A street in daylight. */
export function street(width: number, height: number, index = 0): RgbImage {
  const { image } = renderStreet({ domain: "boulevard", seed: 1, index, width, height });
  return { width, height, pixels: image };
}

/** MiB with which the exported model takes the tiles that predictions of its run take with `memory`. */
export function memoryOfSameTiles(image: Size, memory: number, { description }: Model): number {
  const use = memoryUseOf(description);
  const same = tileSize(image, memory * 2 ** 20, { ...use, exported: false }).width;
  for (let more = memory; more < 16 * memory; more += 0.5) {
    try {
      if (tileSize(image, more * 2 ** 20, use).width === same) return more;
    } catch {
      // Not even small tiles.
    }
  }
  throw new Error(`no memory gives tiles of ${same}`);
}
