// A run is gone on with by its own recipe, but for what does not change what was trained.

import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { loadStoredRecipe } from "../recipes/load-recipe.js";
import type { RecipeInput } from "../recipes/recipe.js";
import { RunFolder } from "./run-folder.js";
import { train } from "./train.js";

const recipe = (more: Partial<RecipeInput> = {}) =>
  miniRecipe({
    method: { name: "erm" },
    learningRate: { kind: "constant", base: 0.01 },
    length: { steps: 2 },
    checkpoints: { every: 1, keep: 1 },
    validation: { every: 2, preciseBatchNorm: 0 },
    ...more,
  });

let folder: RunFolder;
beforeEach(async () => {
  folder = new RunFolder(join(temporaryFolder(), "run"));
});

/** Trains one step of two. */
async function begin(given = recipe()): Promise<void> {
  const stop = new AbortController();
  const write = ({ event }: { event: string }) => void (event === "step" && stop.abort());
  await train(given, { folder, signal: stop.signal, events: [{ write, flush() {}, close() {} }] });
}

const goOn = (given: ReturnType<typeof recipe>) => train(given, { folder, resume: true });

describe("a run that is gone on with", () => {
  it("refuses another recipe, names what differs, and stays as it was", async () => {
    await begin();
    const before = readFileSync(folder.recipe, "utf8");
    const other = recipe({
      seed: 5,
      learningRate: { kind: "constant", base: 0.02 },
      optimizer: { kind: "adamw" },
    });
    await expect(goOn(other)).rejects.toThrow(
      /holds a run by another recipe: seed is 304, not 5; optimizer\.kind is "sgd", not "adamw"; .*\. Go on with its own, .*recipe\.json, or choose another `folder`$/,
    );
    const pipeline = recipe({ validation: { every: 2, preciseBatchNorm: 3 } });
    await expect(goOn(pipeline)).rejects.toThrow("validation.preciseBatchNorm is 0, not 3");
    expect(readFileSync(folder.recipe, "utf8")).toBe(before);
    expect(await goOn(recipe())).toMatchObject({ step: 2, reason: "finished" });
  });

  it("takes what does not change what was trained, and keeps it", async () => {
    await begin();
    const { data } = recipe();
    const changed = recipe({
      name: "other",
      threads: 1,
      activationCheckpointing: true,
      checkpoints: { every: 2, keep: 3 },
      validation: { every: 1, preciseBatchNorm: 0 },
      data: { ...data, prefetch: 1, cache: 8, onError: "skip" },
    });
    expect(await goOn(changed)).toMatchObject({ step: 2, reason: "finished" });
    expect(await loadStoredRecipe(folder.recipe)).toEqual(changed);
  });

  it("may be longer where its rates do not depend on that, and not shorter than it is", async () => {
    await begin();
    await goOn(recipe());
    expect(await goOn(recipe({ length: { steps: 3 } }))).toMatchObject({ step: 3, reason: "finished" });
    const whole = new RunFolder(join(temporaryFolder(), "whole"));
    await train(recipe({ length: { steps: 3 } }), { folder: whole });
    const [one, other] = [folder, whole].map((run) => readFileSync(run.model("last")));
    expect(one?.equals(other as Buffer)).toBe(true);
    await expect(goOn(recipe({ length: { steps: 1 } }))).rejects.toThrow(
      /has 3 steps already, and the recipe's length is 1: give it as many at least/,
    );
  });

  it.each<[string, Partial<RecipeInput>]>([
    ["rates that end with the run", { learningRate: { kind: "polynomial", base: 0.01 } }],
    ["rates that fall over the run", { learningRate: { kind: "exponential", base: 0.01 } }],
    ["an average of its tail", { averaging: { kind: "tail" } }],
    ["a warm-up that is a share of it", { method: { name: "mldg", from: 0.5 } }],
  ])("stays as long as it was with %s", async (_, more) => {
    await begin(recipe(more));
    await expect(goOn(recipe({ ...more, length: { steps: 3 } }))).rejects.toThrow("length.steps is 2, not 3");
  });

  it("may have any recipe where nothing was trained yet", async () => {
    await begin();
    renameSync(folder.checkpoints, join(folder.path, "elsewhere"));
    expect(await goOn(recipe({ seed: 5 }))).toMatchObject({ step: 2, reason: "finished" });
  });
});
