// The files that CONTRIBUTING.md tells its readers to write do what it says: the data set finds its pairs, the method trains.
// What it shows as changes of files of ours fits these files.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cityscapes19 } from "@pinmem/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDataset } from "../../src/datasets/dataset.js";
import type { DatasetDefinition } from "../../src/datasets/definition.js";
import { writeLabelPng, writeRgbPng } from "../../src/images/write-png.js";
import { checkDataset } from "../../src/loading/check.js";
import { miniRecipe, ownProcess } from "../mini-recipe.js";
import { full } from "../scope.js";
import { CodeFolder, pathOfFile } from "./code-folder.js";
import { type Block, blocks, root } from "./documents.js";

const ofContributing = blocks.filter(({ path }) => path === "CONTRIBUTING.md");
const files = ofContributing.filter((block) => pathOfFile(block) !== null);

let folder: CodeFolder;
beforeAll(() => {
  folder = CodeFolder.create(files);
});
afterAll(() => folder.remove());

/** The block that is the file of this name. */
const blockOf = (name: string): Block =>
  files.find((block) => pathOfFile(block)?.endsWith(`/${name}`)) as Block;

test("the data set finds its files and decodes them", async () => {
  const { kitti } = (await import(folder.fileOf(blockOf("kitti.ts")))) as { kitti: DatasetDefinition };
  const [width, height] = [8, 4];
  const inRoot = (path: string) => {
    mkdirSync(dirname(folder.inHome("kitti", path)), { recursive: true });
    return folder.inHome("kitti", path);
  };
  for (const name of ["000000_10", "000001_10"]) {
    await writeRgbPng(inRoot(`training/image_2/${name}.png`), {
      width,
      height,
      pixels: new Uint8Array(3 * width * height),
    });
    const labels = new Uint8Array(width * height).fill(26); // A car's label id.
    await writeLabelPng(inRoot(`training/semantic/${name}.png`), { width, height, labels });
  }
  const dataset = await openDataset(kitti, { root: folder.inHome("kitti") });
  expect(dataset).toMatchObject({ name: "kitti", layout: "as unpacked" });
  expect(dataset.samples).toHaveLength(2);
  const { histogram, problems } = await checkDataset(dataset);
  expect(problems).toEqual([]);
  const car = cityscapes19.classes.findIndex(({ name }) => name === "car");
  expect(histogram[car]).toBe(2 * width * height);
});

test.runIf(full)("the method trains, in two passes a step", () => {
  const recipe = miniRecipe(ownProcess);
  const program = folder.inHome("train.mjs");
  writeFileSync(
    program,
    `import { train } from "pinmem";
     import { SplitErm } from ${JSON.stringify(folder.fileOf(blockOf("split-erm.ts")))};
     const recipe = ${JSON.stringify({ ...recipe, method: { name: "custom", as: "split-erm" }, length: { steps: 2 } })};
     await train(recipe, { folder: "runs/own", method: (context) => new SplitErm(context) });`,
  );
  const { status, stderr } = folder.runFile(program);
  expect(status, stderr).toBe(0);
  const events = readFileSync(folder.inHome("runs/own/events.jsonl"), "utf8").trim().split("\n");
  const steps = events.map((line) => JSON.parse(line)).filter(({ event }) => event === "step");
  expect(steps).toHaveLength(2);
  for (const { losses } of steps) expect(Object.keys(losses)).toEqual(["meta-train", "meta-test"]);
});

test("changes of our files fit them", () => {
  const changes = ofContributing.filter(({ language }) => language === "diff");
  expect(changes.length).toBeGreaterThan(1);
  for (const { text, place } of changes) {
    const [header = "", ...lines] = text.trimEnd().split("\n");
    const there = readFileSync(join(root, header.replace("+++ ", "")), "utf8").split("\n");
    const kept = lines.filter((line) => !line.startsWith("+")).map((line) => line.slice(1));
    let at = 0;
    for (const line of kept) {
      const found = there.indexOf(line, at);
      expect(found, `${place}: ${line}`).toBeGreaterThanOrEqual(0);
      at = found + 1;
    }
  }
});
