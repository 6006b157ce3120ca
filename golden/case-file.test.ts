import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CaseFile, hyperParameters, parseGoldenFile, readGoldenFile } from "./case-file.js";

const fixtures = join(import.meta.dirname, "fixtures");

const minimal = {
  case: "small",
  config: { arch: "network.deepv3plus.DeepR18V3PlusD", memory: true, hw: [65, 97] },
  recipe: {},
  f64: {},
  f32: {},
};

describe("readGoldenFile", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "golden-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("reads every fixture", async () => {
    const names = await readdir(fixtures);
    expect(names.length).toBe(17);
    for (const name of names) {
      const file = readGoldenFile(join(fixtures, name));
      expect(file.kind).toBe(name.startsWith("keys_") ? "keys" : "case");
      expect(file.case).toBe(name.replace(".json", ""));
    }
  });

  test("says what is wrong with a damaged file", async () => {
    const path = join(folder, "broken.json");
    await writeFile(path, "{");
    expect(() => readGoldenFile(path)).toThrow(`${path}: cannot be read as JSON`);
  });
});

describe("parseGoldenFile", () => {
  test.each([
    [{ ...minimal, config: { ...minimal.config, hw: [0, 64] } }, "x.json: not a golden file: config.hw.0"],
    [{ ...minimal, config: { ...minimal.config, hw: [1e9, 64] } }, "config.hw.0"],
    [{ ...minimal, config: { ...minimal.config, wt_layer: [0, 0] } }, "config.wt_layer"],
    [{ ...minimal, f64: undefined }, "f64"],
    [{ arch: "a", memory: true, trainable: [], state_dict: [["name"]] }, "state_dict.0"],
    [[], "it"],
  ])("names the field that is wrong", (content, message) => {
    expect(() => parseGoldenFile(content, "x.json")).toThrow(message);
  });

  test("keeps options that it does not know", () => {
    const file = parseGoldenFile({ ...minimal, config: { ...minimal.config, new_option: 3 } }, "x.json");
    expect((file as CaseFile).config).toMatchObject({ new_option: 3, hw: [65, 97] });
  });
});

describe("hyperParameters", () => {
  test("are the numbers of the recipe's sentence", async () => {
    const file = readGoldenFile(join(fixtures, "resnet50_mem_64.json")) as CaseFile;
    expect(hyperParameters(file)).toEqual({
      learningRate: 1e-3,
      sgdMomentum: 0.9,
      weightDecay: 5e-4,
      innerLearningRate: 1e-4,
      auxiliary: 0.4,
      cohesion: 0.02,
      divergence: 0.4,
      classification: 0.2,
      memoryMomentum: 0.8,
      temperature: 1,
    });
  });

  test("are not made up", () => {
    const file = parseGoldenFile({ ...minimal, recipe: { hyper: "lr 0.001, SGD momentum 0.9" } }, "x.json");
    expect(() => hyperParameters(file as CaseFile)).toThrow("small: recipe.hyper does not say weightDecay");
  });
});
