import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { changeRecipe } from "./change-recipe.js";
import { loadRecipe, loadStoredRecipe } from "./load-recipe.js";
import { resolveRecipe } from "./recipe.js";

const plain = {
  name: "test",
  data: {
    sources: [{ name: "given", as: "mine" }],
    targets: [{ name: "camvid", root: "/data" }],
    crop: { width: 64, height: 64 },
    perDomain: 2,
  },
  model: { backbone: "resnet18" },
  method: { name: "given", as: "own" },
  length: { steps: 10 },
};
const old = {
  ...plain,
  clip: 1,
  losses: { auxiliary: 0.1 },
  recompute: true,
  evaluation: { every: 7, statisticsBatches: 3 },
};
const now = {
  ...plain,
  data: { ...plain.data, sources: [{ name: "custom", as: "mine" }] },
  method: { name: "custom", as: "own" },
  maxGradientNorm: 1,
  lossWeights: { auxiliary: 0.1 },
  activationCheckpointing: true,
  validation: { every: 7, preciseBatchNorm: 3 },
};

let folder: string;
let warn: MockInstance<typeof console.warn>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-renamed-"));
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  warn.mockRestore();
  rmSync(folder, { recursive: true });
  vi.resetModules();
});
const lines = () => warn.mock.calls.map(([line]) => String(line));
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** As in a new process: what was told is forgotten. */
const anew = async () => {
  vi.resetModules();
  return import("./load-recipe.js");
};

describe("fields under their earlier names", () => {
  it("mean the same, in modules, JSON files and programs, and each new name is told once", async () => {
    const { loadRecipe: load } = await anew();
    const { resolveRecipe: resolve } = await import("./recipe.js");
    const wanted = resolveRecipe(now);
    expect(await load(write("a.json", JSON.stringify(old)))).toEqual(wanted);
    expect(lines()).toEqual([
      'name: "given" is called name: "custom" now; the old name still works in a recipe',
      "clip is called maxGradientNorm now; the old name still works in a recipe",
      "losses is called lossWeights now; the old name still works in a recipe",
      "recompute is called activationCheckpointing now; the old name still works in a recipe",
      "evaluation is called validation now; the old name still works in a recipe",
      "statisticsBatches is called validation.preciseBatchNorm now; the old name still works in a recipe",
    ]);
    expect(await load(write("b.mjs", `export default ${JSON.stringify(old)};`))).toEqual(wanted);
    expect(resolve(old)).toEqual(wanted);
    expect(lines().filter((line) => line.startsWith("clip"))).toHaveLength(1);
  });

  it("are read in stored runs without a word", async () => {
    const { loadStoredRecipe: load } = await anew();
    expect(await load(write("recipe.json", JSON.stringify(old)))).toEqual(resolveRecipe(now));
    expect(lines()).toEqual([]);
  });

  it("can be changed by path, under both names", async () => {
    const changed = (...assignments: string[]) => resolveRecipe(changeRecipe(old, assignments));
    for (const name of ["clip", "maxGradientNorm"])
      expect(changed(`${name}=5`)).toMatchObject({ maxGradientNorm: 5 });
    expect(changed("evaluation.statisticsBatches=0").validation).toMatchObject({
      every: 7,
      preciseBatchNorm: 0,
    });
    expect(changed('evaluation={"statisticsBatches":1}').validation).toMatchObject({
      every: 500,
      preciseBatchNorm: 1,
    });
    expect(changed('data.targets[0]={"name":"given","as":"x"}').data.targets).toEqual([
      { name: "custom", as: "x" },
    ]);
    expect(await loadRecipe(write("a.json", JSON.stringify(old)), ["losses.auxiliary=0"])).toMatchObject({
      lossWeights: { auxiliary: 0, whitening: 0.6 },
    });
  });

  it.each([
    [{ ...now, clip: 2 }, "clip and maxGradientNorm are the same field; leave clip out"],
    [
      { ...now, validation: { preciseBatchNorm: 1, statisticsBatches: 1 } },
      "validation.statisticsBatches and validation.preciseBatchNorm are the same field; leave validation.statisticsBatches out",
    ],
  ])("are refused beside the new ones", (recipe, problem) => {
    expect(() => resolveRecipe(recipe)).toThrow(problem);
  });

  it("are no other names: a field that was never there is refused as before", async () => {
    const file = write("c.json", JSON.stringify({ ...now, validation: { clip: 1 } }));
    await expect(loadStoredRecipe(file)).rejects.toThrow(/validation\.clip is no field of validation/);
  });
});
