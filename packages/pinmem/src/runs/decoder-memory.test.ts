import { join } from "node:path";
import { loadSafetensors, scope } from "@pinmem/torch";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import "../../test/tiny-backbone.js";
import { full } from "../../test/scope.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { exportRun } from "../export/export-run.js";
import type { RecipeInput } from "../recipes/recipe.js";
import { adaptToPlace } from "./adapt-to-place.js";
import { openRun } from "./open-run.js";
import { train } from "./train.js";

const root = temporaryFolder();
const place = streetsDataset({ domain: "night", count: 3, width: 48, height: 32 });
const recipeBy = (method: RecipeInput["method"]) =>
  miniRecipe({ method, model: { backbone: "tiny", width: 16, memory: { at: "decoder", vote: 2 } } });
const rowsOf = (folder: string) =>
  scope(() => loadSafetensors(join(folder, "last.safetensors")).tensors.get("memory.m_items")?.toArray());

const methods = [
  { name: "pin-memory", memoryStart: { batches: 1 } },
  { name: "memory-erm", memoryStart: { batches: 1 } },
  { name: "pin-memory", order: "second", memoryStart: { batches: 1 } },
] as const;
test.each(full ? methods : methods.slice(0, 1))(
  "a memory at the decoder is trained by %o, resumed bit by bit, and adapted",
  async (method) => {
    const recipe = recipeBy(method);
    const name = Object.values(method).slice(0, 2).join("-");
    const [whole, parts] = [join(root, `${name}-whole`), join(root, `${name}-parts`)];
    await train(recipe, { folder: whole });
    const stop = new AbortController();
    const saveNow = () => {
      stop.abort(); // after the first step
      return true;
    };
    await train(recipe, { folder: parts, signal: stop.signal, saveNow });
    await train(recipe, { folder: parts, resume: true });
    expect(rowsOf(parts)).toEqual(rowsOf(whole));
    if (method.name === "pin-memory" && !("order" in method)) {
      const model = await exportRun(whole, { out: join(root, `${name}-exported`) });
      expect(model).toMatchObject({ memory: { at: "decoder" }, verification: { verified: true } });
    }
    for (const shots of [1, 3]) {
      const { out, record } = await adaptToPlace(whole, {
        images: place,
        shots,
        weight: 0.3,
        ...(shots === 1 && { vote: 10 }),
        out: join(root, `${name}-${shots}`),
      });
      expect(record.labeled).toBe(shots);
      using adapted = openRun(out, { form: "trained" });
      expect(adapted.recipe.model.memory.at).toBe("decoder");
      if (shots === 1) expect(record.written.length).toBeGreaterThan(0);
      if (record.written.length > 0) expect(rowsOf(out)).not.toEqual(rowsOf(whole));
    }
  },
);
