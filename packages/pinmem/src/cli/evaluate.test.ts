import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderStreet } from "@pinmem/streets";
import { dispose, loadSafetensors, saveSafetensors } from "@pinmem/torch";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { calibrateAs } from "../../test/calibrated-run.js";
import { folderOf } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { runCli } from "../../test/run-cli.js";
import { readResult } from "../evaluation/result-file.js";
import { writeLabelPng, writeRgbPng } from "../images/write-png.js";
import { adaptToPlace } from "../runs/adapt-to-place.js";
import { RunFolder } from "../runs/run-folder.js";
import { train } from "../runs/train.js";

let root: string;
let folder: string;
let runFolder: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pinmem-cli-evaluate-"));
  await train(miniRecipe({ method: { name: "erm" }, length: { steps: 2 } }), {
    folder: new RunFolder(join(root, "trained")),
  });
});
afterAll(() => rmSync(root, { recursive: true }));

beforeEach(() => {
  folder = mkdtempSync(join(root, "test-"));
  runFolder = join(folder, "run");
  mkdirSync(runFolder);
  for (const file of ["recipe.json", "last.safetensors"])
    copyFileSync(join(root, "trained", file), join(runFolder, file));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const run = (...words: string[]) => runCli("evaluate", ...words);

describe("pinmem evaluate", () => {
  it("scores a run on the targets of its recipe, prints a table and keeps the result beside the run", async () => {
    const handlers = process.listenerCount("SIGINT");
    const { out, err, code } = await run(runFolder);
    expect(code).toBe(0);
    expect(process.listenerCount("SIGINT")).toBe(handlers);
    expect(out).toMatch(/^run +unseen +streets:night\n.*run +\d+\.\d +\d+\.\d\nmean IoU in percent/);
    expect(readdirSync(join(runFolder, "evaluations"))).toEqual(["whole-recipe-last.json"]);
    expect(err).toBe(`written to ${join(runFolder, "evaluations/whole-recipe-last.json")}\n`);
  });

  it("prints what it has written as JSON, with every score that was asked for", async () => {
    const file = join(folder, "some/result.json");
    const asked = [
      "--on",
      "streets:fog,recipe",
      "--limit",
      "2",
      "--boundary",
      "--protocol",
      "official-sliding",
    ];
    const { out } = await run(
      runFolder,
      ...asked,
      "--crop",
      "32",
      "--scales",
      "0.5,1",
      "--json",
      "--out",
      file,
    );
    expect(JSON.parse(out)).toEqual(readResult(file));
    const { domains, protocol } = readResult(file);
    expect(protocol).toMatchObject({
      name: "official-sliding, changed",
      crop: 32,
      scales: [0.5, 1],
      flip: true,
    });
    expect(domains.map(({ name, images }) => [name, images])).toEqual([
      ["streets:fog", 2],
      ["streets:night", 1],
    ]);
    expect(domains[0]?.boundaryIoU?.dilation).toBe(0.02);
    expect(domains[0]?.cohesionLoss).toBeNull();
  });

  it("mixes in each picture's own statistics, and says so where scores stand", async () => {
    const on = ["--on", "streets:night", "--limit", "2"];
    const normalized = await run(runFolder, ...on, "--normalize", "image:0.3", "--json");
    const result = JSON.parse(normalized.out);
    expect(result.protocol).toMatchObject({
      name: "whole, changed",
      normalize: { kind: "image", weight: 0.3 },
    });
    const trained = await run(runFolder, ...on, "--json");
    expect(JSON.parse(trained.out).domains[0].confusion).not.toEqual(result.domains[0].confusion);
    const zero = await run(runFolder, ...on, "--normalize", "image:0", "--json");
    expect(JSON.parse(zero.out).domains[0].confusion).toEqual(JSON.parse(trained.out).domains[0].confusion);
    const table = await run(runFolder, ...on, "--normalize", "image:0.3");
    expect(table.out).toContain("image statistics 0.3");
    const own = JSON.parse(trained.out).run.path as string;
    const none = await run(runFolder, ...on, "--normalize", `place:${own}`);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining("holds no picture")]);
    const wrong = await run(runFolder, ...on, "--normalize", "own");
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringContaining("It must be trained, image:W or place:FOLDER:W"),
    ]);
  });

  it("says that a network without a memory cannot vote", async () => {
    const { code, err } = await run(runFolder, "--on", "streets:night", "--limit", "1", "--vote", "10");
    expect([code, err]).toEqual([
      1,
      expect.stringContaining("has no class memory that could vote: leave --vote out"),
    ]);
    const wrong = await run(runFolder, "--vote", "-1");
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringContaining("It must be a number, 0 or more, or auto."),
    ]);
  });

  it("puts several runs side by side", async () => {
    const { out, code } = await run(runFolder, join(runFolder, "last.safetensors"), "--classes");
    expect(code).toBe(0);
    expect(out).toMatch(/last\.safetensors\nclass +streets:night\nroad +\d/);
    expect(out.split("\n").filter((line) => /^\/.*\d+\.\d +\d+\.\d$/.test(line))).toHaveLength(2);
  });

  it("scores none of several runs where one is not there", async () => {
    const missing = join(folder, "mistyped");
    const { out, err, code } = await run(runFolder, missing);
    expect([out, err, code]).toEqual(["", `${missing} does not exist; give the folder of a run\n`, 1]);
    expect(existsSync(join(runFolder, "evaluations"))).toBe(false);
  });

  it("compares a run as it was calibrated with what was adapted from it, which auto leaves as it is", async () => {
    const images = join(folder, "place");
    const { width, height, image } = renderStreet({
      domain: "night",
      seed: 0,
      index: 0,
      width: 64,
      height: 32,
    });
    await writeRgbPng(join(images, "0.png"), { width, height, pixels: image });
    const rule = { threshold: 0, information: 0, departure: 0, weight: 0.3 };
    await calibrateAs(runFolder, { rule, step: 2 });
    const { out: here } = await adaptToPlace(runFolder, { images, out: join(folder, "here") });
    const auto = ["--normalize", "image:auto", "--logit-adjustment", "auto"];
    const on = ["--on", "streets:night", "--limit", "2", "--json"];
    const [both, asItIs] = [await run(runFolder, here, ...on, ...auto), await run(here, ...on)];
    expect(both.err).toContain(`${here} was adapted to a place: auto leaves it as it was adapted\n`);
    const [, adapted] = JSON.parse(both.out);
    expect(adapted.domains[0].confusion).toEqual(JSON.parse(asItIs.out).domains[0].confusion);
  });

  it("warns where an adapted run is scored on pictures whose labels it was given, which are not unseen", async () => {
    const place = join(folder, "place");
    for (const index of [0, 1, 2]) {
      const { width, height, image, label } = renderStreet({
        domain: "night",
        seed: 0,
        index,
        width: 64,
        height: 32,
      });
      await writeRgbPng(join(place, `images/${index}.png`), { width, height, pixels: image });
      if (index < 2)
        await writeLabelPng(join(place, `labels/${index}.png`), { width, height, labels: label });
    }
    const [images, labels] = [join(place, "images"), join(place, "labels")];
    const { out: here } = await adaptToPlace(runFolder, {
      images,
      labels,
      out: join(folder, "here"),
      shots: 1,
    });
    const { out, err, code } = await run(runFolder, here, "--on", `folder=${place}`);
    expect(code).toBe(0);
    const [left, before, , adapted, after] = err.split("\n");
    expect(left).toBe("left out of folder: 1 picture without a label");
    expect(before).toContain("written to ");
    expect(adapted).toMatch(
      /here was adapted with the labels of 1 of the 2 pictures of folder: it has seen these, so that folder does not count as unseen$/,
    );
    const result = readResult(after?.replace("written to ", "") ?? "");
    expect(result.domains[0]?.role).toBe("source");
    expect(result.run.adaptation).toEqual({ images, labels, pictures: 3, labeled: 1, steps: 0 });
    expect(out).toMatch(/here +- +\d+\.\d\n/);
  });

  it("merges shards to what the whole gives", async () => {
    const on = ["--on", "streets:fog", "--limit", "3"];
    await run(runFolder, ...on, "--out", join(folder, "whole.json"));
    for (const shard of ["1/2", "2/2"]) expect((await run(runFolder, ...on, "--shard", shard)).code).toBe(0);
    const parts = readdirSync(join(runFolder, "evaluations")).map((name) =>
      join(runFolder, "evaluations", name),
    );
    expect(parts.map((part) => /-shard-\d-of-2\.json$/.test(part))).toEqual([true, true]);
    const { err, code } = await run("merge", ...parts);
    const merged = parts[0]?.replace("-shard-1-of-2", "") ?? "";
    expect(err).toBe(`written to ${merged}\n`);
    expect(code).toBe(0);
    expect(readResult(merged).domains).toEqual(readResult(join(folder, "whole.json")).domains);
    const named = await run("merge", ...parts, "--out", join(folder, "merged.json"), "--json");
    expect(named.err).toBe(`written to ${join(folder, "merged.json")}\n`);
    expect(JSON.parse(named.out)).toEqual(readResult(join(folder, "merged.json")));
    const lonely = await run("merge", parts[1] ?? "");
    expect(lonely.err).toMatch(/is one of 2 shards; missing: 1\/2/);
    expect(lonely.code).toBe(1);
  });

  it("stops after the image in work when it is interrupted, and goes on with the same command", async () => {
    const on = ["--on", "streets:fog", "--limit", "6"];
    const file = join(folder, "result.json");
    const stopping = run(runFolder, ...on, "--out", file);
    const timer = setInterval(() => process.listenerCount("SIGINT") > 0 && process.emit("SIGINT"), 5);
    const first = await stopping.finally(() => clearInterval(timer));
    expect(first.code).toBe(130);
    expect(first.err).toMatch(/interrupted at image \d of streets:fog; give the same command again to go on/);
    expect(existsSync(file)).toBe(false);
    const second = await run(runFolder, ...on, "--out", file);
    expect(second.code).toBe(0);
    await run(runFolder, ...on, "--out", join(folder, "whole.json"));
    expect(readResult(file).domains).toEqual(readResult(join(folder, "whole.json")).domains);
    expect(readdirSync(folder).sort()).toEqual(["result.json", "run", "whole.json"]);
  });

  it("leaves a broken image out, says so and exits with 1; others in strange formats count", async () => {
    const data = folderOf({
      "folder/images/a.png": "photo.png",
      "folder/labels/a.png": "train-ids.png",
      "folder/images/b.jpg": "cmyk.jpg",
      "folder/labels/b.png": "train-ids.png",
      "folder/images/c.png": "truncated.png",
      "folder/labels/c.png": "train-ids.png",
    });
    vi.stubEnv("PINMEM_DATA", data);
    const { err, code } = await run(runFolder, "--on", "folder", "--out", join(folder, "result.json"));
    expect(err).toMatch(/left out of folder: .*c\.png: is damaged or truncated/);
    expect(err).toMatch(/1 file was left out/);
    expect(code).toBe(1);
    expect(readResult(join(folder, "result.json")).domains[0]?.images).toBe(2);
    const small = await run(runFolder, "--on", "folder", "--max-pixels", "100");
    expect(small.err).toMatch(/a\.png: is 24x12 pixels; the limit is 100 pixels \(--max-pixels\)/);
    expect(small.out).toMatch(/run +- +-\n/);
    expect(small.code).toBe(1);
    const scenes = await run(runFolder, "--on", "streets:night", "--limit", "1", "--max-pixels", "100");
    expect(scenes.err).toMatch(
      /streets night, seed \d+, scene \d+: is 256x128 pixels; the limit is 100 pixels/,
    );
  });

  it.each([
    [[], /missing required argument 'runs'/],
    [["a", "b", "--out", "c"], /--out names one file, but there are several runs/],
    [["a", "--shard", "3/2"], /--shard 3\/2 does not exist/],
    [["a", "--shard", "0/2"], /like 1\/4, the first of four parts/],
    [["a", "--protocol", "wole"], /there is no protocol "wole"; did you mean "whole"\?/],
    [["a", "--crop", "4"], /crop: Too small/],
    [["a", "--scales", "1,x"], /numbers from 0\.1 to 4, with commas between them/],
    [["a", "--on", ","], /It must be a name/],
    [["a", "--device", "gpu"], /It must be cpu, cuda or such as cuda:1/],
    [["a", "--boundary", "7"], /share of the image's diagonal/],
    [["a", "--wich", "best"], /unknown option '--wich'.*\n.*--which/],
  ])("explains wrong usage %j and exits with 2", async (args, message) => {
    const { err, code } = await run(...args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it("explains runs and domains that cannot be used, in one line, and exits with 1", async () => {
    const problems: [string[], RegExp][] = [
      [["nowhere"], /^nowhere does not exist; give the folder of a run\n$/],
      [
        [runFolder, "--on", "streets:fgo"],
        /^there is no domain "fgo" of streets \(did you mean "fog"\?\).*\n$/,
      ],
      [[runFolder, "--which", "best"], /^.* has no best weights.*\n$/],
      [[runFolder, "--device", "cuda:9"], /^device is "cuda:9", but .*\n$/],
      [[runFolder, "--data", "gone.json"], /^gone\.json: does not exist\n$/],
    ];
    for (const [args, message] of problems) {
      const { err, code } = await run(...args);
      expect(err).toMatch(message);
      expect(code).toBe(1);
    }
  });

  it("explains a run of a newer version", async () => {
    const file = join(runFolder, "last.safetensors");
    const { tensors, metadata } = loadSafetensors(file);
    saveSafetensors(file, tensors, new Map([...metadata, ["format", "2"]]));
    dispose(tensors);
    const { err, code } = await run(runFolder);
    expect(err).toMatch(/^.*last\.safetensors was written by a newer version of pinmem \(format 2.*\n$/);
    expect(code).toBe(1);
  });
});
