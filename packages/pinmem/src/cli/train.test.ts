import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { folderOfLabels } from "../../test/label-folders.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { runCli } from "../../test/run-cli.js";
import { train } from "../runs/train.js";
import { Erm } from "../training/methods/erm.js";
import type { MethodFactory } from "../training/methods/index.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-cli-train-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]) => runCli("train", ...words);

const write = (name: string, content: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
};

describe("pinmem train", () => {
  it("trains, tells how to go on after an interruption, and goes on", async () => {
    const recipe = write("recipe.json", miniRecipe({ method: { name: "erm" }, length: { steps: 2 } }));
    const runFolder = join(folder, "run");
    const handlers = process.listenerCount("SIGINT");
    const stopping = run(recipe, "--out", runFolder, "--set", "validation.preciseBatchNorm=0", "--json");
    const timer = setInterval(() => {
      if (!existsSync(join(runFolder, "events.jsonl"))) return;
      clearInterval(timer);
      process.emit("SIGINT");
    }, 10);
    const first = await stopping;
    expect(first.code).toBe(130);
    expect(first.err).toContain("stopping after this step");
    expect(first.err).toContain(`continue with: npx pinmem train --resume ${runFolder}`);
    expect(process.listenerCount("SIGINT")).toBe(handlers);
    const saved = JSON.parse(readFileSync(join(runFolder, "recipe.json"), "utf8"));
    expect(saved.validation.preciseBatchNorm).toBe(0);
    const former = await run(recipe, "--run", runFolder);
    expect(former.err).toContain(`${runFolder} already holds a run`);
    const second = await run("--resume", runFolder);
    expect(second.code).toBe(0);
    expect(second.err).toMatch(/finished at step 2 of 2/);
    expect(existsSync(join(runFolder, "last.safetensors"))).toBe(true);
  });

  it.each([
    [[], /give a recipe, or --resume/],
    [["a.json", "--resume", "b"], /leave the recipe out/],
    [["--resume", "b", "--out", "c"], /leave --out out/],
    [["--resume", "b", "--run", "c"], /leave --out out/],
    [["a.json", "--run", "b", "--out", "c"], /--run is called --out now; leave --run out/],
    [["a.json", "--stes", "x"], /unknown option '--stes'/],
  ])("explains wrong usage %j and exits with 2", async (args, message) => {
    const { err, code } = await run(...args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it("goes on with fields changed that do not change what was trained, and with no others", async () => {
    const runFolder = join(folder, "run");
    const recipe = miniRecipe({
      method: { name: "erm" },
      learningRate: { kind: "constant", base: 0.01 },
      length: { steps: 1 },
    });
    await train(recipe, { folder: runFolder });
    const other = await run("--resume", runFolder, "--set", "seed=5");
    expect([other.code, other.err]).toEqual([
      1,
      expect.stringMatching(/another recipe: seed is 304, not 5\./),
    ]);
    const longer = await run("--resume", runFolder, "--set", "length.steps=2", "--set", "threads=1");
    expect([longer.code, longer.err]).toEqual([0, expect.stringMatching(/finished at step 2 of 2/)]);
    const saved = JSON.parse(readFileSync(join(runFolder, "recipe.json"), "utf8"));
    expect(saved).toMatchObject({ seed: 304, threads: 1, length: { steps: 2 } });
  });

  it("does not advise what has just failed: to go on with a run that needs a program", async () => {
    const runFolder = join(folder, "run");
    const method: MethodFactory = (context) => {
      const erm = new Erm(context);
      return { name: "own", splitsDomains: false, accumulate: (...given) => erm.accumulate(...given) };
    };
    const recipe = miniRecipe({ method: { name: "custom", as: "own" }, length: { steps: 1 } });
    await train(recipe, { folder: runFolder, method });
    const { err, code } = await run("--resume", runFolder);
    expect(err).toMatch(/the method "own" is that of a program/);
    expect(err).not.toContain("continue with");
    expect(code).toBe(1);
  });

  it.each([
    ["a recipe that is not there", ["gone.json"], /gone\.json cannot be used:\n {2}there is no such file/],
    [
      "a folder without a run",
      ["--resume", "nowhere"],
      /nowhere is not the folder of a run: there is no nowhere\/recipe\.json/,
    ],
  ])("explains %s and exits with 1", async (_, args, message) => {
    const { err, code } = await run(...args);
    expect(err).toMatch(message);
    expect(code).toBe(1);
  });

  it("does not promise to go on from checkpoints that are all damaged, nor leaves a folder for what never began", async () => {
    const recipe = write("recipe.json", miniRecipe({ method: { name: "erm" }, length: { steps: 1 } }));
    const runFolder = join(folder, "run");
    expect((await run(recipe, "--out", runFolder)).code).toBe(0);
    const damage = (name: string) => writeFileSync(join(runFolder, "checkpoints/step-000001", name), "");
    damage("model.safetensors");
    const damaged = await run("--resume", runFolder);
    expect(damaged.err).toMatch(/none of the checkpoints in .* can be read:\n.*model\.safetensors/);
    expect(damaged.err).not.toContain("is whole");
    expect(damaged.code).toBe(1);

    const elsewhere = JSON.stringify([{ name: "folder", root: join(folder, "gone") }]);
    const absent = await run(
      recipe,
      "--set",
      `data.sources=${elsewhere}`,
      "--out",
      join(folder, "runs/never"),
    );
    expect(absent.code).toBe(1);
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });

  it("warns of classes without a pixel, and does not advise to go on with other data", async () => {
    const data = await folderOfLabels([Array(48).fill(0), Array(48).fill(1)], 48);
    const sources = JSON.stringify([{ name: "folder", root: data }]);
    const recipe = write("recipe.json", miniRecipe({ method: { name: "erm" }, length: { steps: 1 } }));
    const runFolder = join(folder, "run");
    const first = await run(
      recipe,
      "--set",
      `data.sources=${sources}`,
      "--set",
      "data.validation=[]",
      "--out",
      runFolder,
    );
    expect(first.code).toBe(0);
    expect(first.err).toMatch(/warning: folder: no pixel of "building", .* in 2 labels/);
    cpSync(join(data, "images/0.png"), join(data, "images/2.png"));
    cpSync(join(data, "labels/0.png"), join(data, "labels/2.png"));
    const other = await run("--resume", runFolder);
    expect(other.err).toMatch(/run was trained on other data:\n.*1 image more \(images\/2\.png\)\n/);
    expect(other.err).not.toContain("is whole");
    expect(other.code).toBe(1);
  });

  it("explains a field that does not exist, before anything is loaded", async () => {
    const recipe = write("recipe.json", miniRecipe());
    const { err, code } = await run(recipe, "--set", "learningRat.base=1", "--out", join(folder, "run"));
    expect(err).toMatch(/learningRat is no field of a recipe; did you mean "learningRate"\?/);
    expect(code).toBe(1);
    expect(existsSync(join(folder, "run"))).toBe(false);
  });
});
