// Whole runs by several processes: what they leave in the folder is what one process leaves.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { distributed, loadSafetensors, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it, onTestFinished } from "vitest";
import { miniRecipe } from "../../test/mini-recipe.js";
import { asRanks } from "../../test/ranks.js";
import { TINY } from "../../test/tiny-backbone.js";
import type { Recipe, RecipeInput } from "../recipes/recipe.js";
import { deviceOf } from "./recipe-for-all.js";
import { train } from "./train.js";

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-ranks-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const eventsOf = (folder: string): Record<string, unknown>[] =>
  readFileSync(join(folder, "events.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

function expectAlike(one: string, other: string, tolerance: number, files = ["best", "last"]): void {
  for (const which of files) {
    scope(() => {
      const [a, b] = [one, other].map((run) => loadSafetensors(join(run, `${which}.safetensors`)).tensors);
      expect([...(b?.keys() ?? [])]).toEqual([...(a?.keys() ?? [])]);
      const differences = [...(a ?? [])].map(([name, tensor]) => {
        const difference = tensor.to("float64").sub(b?.get(name) as Tensor);
        return difference
          .div(tensor.abs().clamp({ min: 1 }))
          .abs()
          .max()
          .toNumber();
      });
      expect(Math.max(...differences)).toBeLessThan(tolerance);
    });
  }
  const told = (folder: string) =>
    eventsOf(folder)
      .filter(({ event }) => event === "evaluation" || event === "note")
      .map(({ event, step, domain, images, text }) => ({ event, step, domain, images, text }));
  expect(told(other)).toEqual(told(one));
}

const recipe = (more: Partial<RecipeInput> = {}): Recipe =>
  miniRecipe({
    length: { steps: 1 },
    validation: { every: 2, preciseBatchNorm: 3 },
    // Steps of a deep network in single precision multiply what rounding makes different.
    learningRate: { kind: "polynomial", base: 1e-4 },
    ...more,
  });

describe.skipIf(!distributed.isAvailable())("runs of several processes", () => {
  it("are those of one: memory start, statistics, validation, files of rank 0", async () => {
    const memoryStart = { batches: 3 };
    const method = { name: "pin-memory", memoryStart } as const;
    const [whole, shared] = [join(temporary(), "run"), join(temporary(), "run")];
    await train(recipe({ method, accumulation: 2, noise: "turn" }), { folder: whole });
    await asRanks(2, (world) => train(recipe({ method }), { folder: shared, world }));
    expectAlike(whole, shared, 1e-5);
    const stored = JSON.parse(readFileSync(join(shared, "recipe.json"), "utf8")) as Recipe;
    expect(stored).toMatchObject({ accumulation: 2, noise: "turn" });
  });

  const selective = { backbone: TINY, width: 16, normalization: { layer0: "selective-whitening" } } as const;
  const switchable = {
    backbone: TINY,
    width: 16,
    normalization: { layer1: "switchable-whitening" },
  } as const;
  const clusters = { backbone: TINY, width: 16, memory: { rows: { per: "cluster", count: 3 } } } as const;
  it.each<[string, Partial<RecipeInput>]>([
    [
      "selective whitening, whose variances they share, and averages of the weights",
      {
        model: selective,
        method: { name: "erm" },
        whitening: { selectAfterEpochs: 1, trials: 2, images: 3 },
        averaging: { kind: "ema", decay: 0.5 },
        length: { steps: 3 },
        data: { ...recipe().data, perDomain: 3 },
      },
    ],
    ["switchable whitening", { model: switchable, method: { name: "erm" } }],
    [
      "a memory of clusters, which divide the pixels of all",
      { model: clusters, method: { name: "memory-erm", memoryStart: { batches: 3 } } },
    ],
  ])("are those of one with %s", async (_, more) => {
    const [whole, shared] = [join(temporary(), "run"), join(temporary(), "run")];
    await train(recipe({ ...more, accumulation: 2, noise: "turn" }), { folder: whole });
    await asRanks(2, (world) => train(recipe(more), { folder: shared, world }));
    expectAlike(whole, shared, 1e-5, more.averaging ? ["best", "last", "average"] : undefined);
  });

  it("stop together, and go on as one process", async () => {
    const folder = join(temporary(), "run");
    const length = { steps: 2 };
    const interrupt = new AbortController();
    const ends = await asRanks(2, (world) =>
      train(recipe({ length }), {
        folder,
        world,
        signal: interrupt.signal,
        saveNow: () => {
          if (world.rank === 1) interrupt.abort();
          return false;
        },
      }),
    );
    const one = JSON.parse(readFileSync(join(folder, "recipe.json"), "utf8")) as Recipe;
    for (const end of ends) expect(end).toMatchObject({ step: 1, reason: "interrupted" });
    expect(await train(one, { folder, resume: true })).toMatchObject({ reason: "finished", step: 2 });
    const whole = join(temporary(), "run");
    await train(recipe({ length, accumulation: 2, noise: "turn" }), { folder: whole });
    expectAlike(whole, folder, 1e-4);
  });

  it("are refused before they begin where recipes or data differ, with the values of all ranks", async () => {
    const folder = join(temporary(), "run");
    const problems = await asRanks(2, (world) =>
      train(
        recipe({
          maxGradientNorm: world.rank + 1,
          gradientCompression: world.rank === 0 ? "none" : "bfloat16",
        }),
        { folder, world },
      ).catch((error: Error) => error.message),
    );
    for (const problem of problems) {
      expect(problem).toMatch(
        /not alike in version and recipe[\s\S]*maxGradientNorm: 1 on rank 0; 2 on rank 1/,
      );
      expect(problem).toContain('gradientCompression: "none" on rank 0; "bfloat16" on rank 1');
    }
  });

  it("need a GPU for each process of a machine, where they compute on GPUs", () => {
    expect(deviceOf("cpu", 3)).toBe("cpu");
    expect(["cuda", "cuda:1"]).toEqual([deviceOf("cuda", 0, 2), deviceOf("cuda", 1, 2)]);
    expect(() => deviceOf("cuda", 2, 2)).toThrow(/has 2 GPUs, but at least 3 processes/);
  });
});
