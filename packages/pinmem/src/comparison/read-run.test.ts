import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { protocol } from "@pinmem/core/formats";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { addEvaluation, evaluationOf, recipeOf, writeRun } from "../../test/report-fixtures.js";
import { readRun } from "./read-run.js";

describe("readRun", () => {
  it("takes scores noted while training where nothing was evaluated: those of the best weights, or the last", async () => {
    const run = writeRun(temporaryFolder(), "run");
    const best = await readRun(run);
    expect(best.evaluations).toMatchObject([{ protocol: null, weights: "best", step: 3 }]);
    const last = await readRun(run, "last");
    expect(last.evaluations).toMatchObject([{ protocol: null, weights: "last", step: 4 }]);
    expect(last.log).toMatchObject({ lastStep: 4, seconds: 8, imagesPerSecond: 4, peakMemory: 2 ** 30 });
    expect(last.log?.losses.train?.total).toEqual([
      [1, 5],
      [2, 2.5],
      [3, 5 / 3],
      [4, 1.25],
    ]);
  });

  it("calls weights the last ones where no source was validated on", async () => {
    const run = writeRun(temporaryFolder(), "run", { scores: { 3: { target: 0.9 }, 4: { target: 0.1 } } });
    expect((await readRun(run)).evaluations).toMatchObject([{ weights: "last", step: 4 }]);
  });

  it("joins evaluations by one protocol, the newer scores of a domain counting, and keeps protocols apart", async () => {
    const run = writeRun(temporaryFolder(), "run");
    addEvaluation(run, "a.json", evaluationOf({ date: "2026-02-01", domains: { night: 0.5 } }));
    addEvaluation(run, "b.json", evaluationOf({ date: "2026-01-01", domains: { night: 0.1, fog: 0.2 } }));
    addEvaluation(run, "c.json", evaluationOf({ by: protocol("whole-flip"), domains: { night: 0.6 } }));
    const { evaluations } = await readRun(run);
    const scores = evaluations.map(({ protocol: by, domains }) => [
      by?.name,
      Object.fromEntries(domains.map(({ name, meanIoU }) => [name, meanIoU])),
    ]);
    expect(Object.fromEntries(scores)).toEqual({
      whole: { night: 0.5, fog: 0.2 },
      "whole-flip": { night: 0.6 },
    });
  });

  it("takes evaluations of one protocol by two names together, and those of the newest step of weights alone", async () => {
    const run = writeRun(temporaryFolder(), "run");
    const at = (step: number, one: ReturnType<typeof evaluationOf>) => ({
      ...one,
      run: { ...one.run, step },
    });
    addEvaluation(
      run,
      "a.json",
      at(4, evaluationOf({ by: protocol("whole-flip"), domains: { night: 0.5 } })),
    );
    addEvaluation(
      run,
      "b.json",
      at(4, evaluationOf({ by: protocol("official-whole"), domains: { fog: 0.2 } })),
    );
    const old = evaluationOf({ date: "2025-01-01", by: protocol("whole-flip"), domains: { rain: 0.9 } });
    addEvaluation(run, "c.json", at(2, old));
    const { evaluations, notes } = await readRun(run);
    expect(evaluations.map(({ step, domains }) => [step, domains.map(({ name }) => name)])).toEqual([
      [4, ["night", "fog"]],
    ]);
    expect(notes).toContainEqual(expect.stringMatching(/best weights at step 2 were left out: .* at step 4/));
  });

  it("keeps scores over all images where fewer were scored later", async () => {
    const run = writeRun(temporaryFolder(), "run");
    addEvaluation(run, "a.json", evaluationOf({ date: "2026-01-01", images: 50, domains: { night: 0.5 } }));
    addEvaluation(
      run,
      "b.json",
      evaluationOf({ date: "2026-02-01", images: 5, domains: { night: 0.1, fog: 0.2 } }),
    );
    const { evaluations } = await readRun(run);
    expect(evaluations[0]?.domains.map(({ name, meanIoU }) => [name, meanIoU])).toEqual([
      ["night", 0.5],
      ["fog", 0.2],
    ]);
  });

  it("leaves shards out and says so; one that is asked for is refused", async () => {
    const run = writeRun(temporaryFolder(), "run");
    const file = addEvaluation(run, "a.json", evaluationOf({ shard: { index: 1, of: 2 } }));
    const { evaluations, notes } = await readRun(run);
    expect(evaluations).toMatchObject([{ protocol: null }]);
    expect(notes.join()).toMatch(/evaluations\/a\.json is shard 1 of 2 and was left out; merge/);
    await expect(readRun(file)).rejects.toThrow(/is shard 1 of 2; merge the shards first/);
  });

  it("takes one evaluation alone, with the curves of its run where it lies in one", async () => {
    const root = temporaryFolder();
    const inside = addEvaluation(writeRun(root, "run"), "a.json", evaluationOf());
    expect(await readRun(inside)).toMatchObject({ name: "run", log: { lastStep: 4 } });
    const alone = join(root, "alone.json");
    writeFileSync(alone, JSON.stringify(evaluationOf()));
    expect(await readRun(alone)).toMatchObject({ name: "alone", log: null, evaluations: [{ step: 4 }] });
  });

  it("reads logs that are damaged, and counts what it could not read", async () => {
    const run = writeRun(temporaryFolder(), "run", { finished: false });
    const log = join(run, "events.jsonl");
    appendFileSync(log, '{"event":"step","step":5,"losses":{"train":{"total":null}},"learningRate":0.1}\n');
    appendFileSync(log, '{"event":"note","step":5,"text":"fine"}\n{"event":"step","step":-1}\n{"event":"st');
    const { log: read, notes } = await readRun(run);
    expect(read).toMatchObject({ lastStep: 5, damaged: 2 });
    expect(read?.losses.train?.total?.at(-1)).toEqual([5, null]);
    expect(notes).toEqual([
      "the run is not finished: 5 steps so far",
      "2 lines of events.jsonl could not be read",
    ]);
  });

  it("takes no more memory for a line without end, nor for more curves than a log has", async () => {
    const run = writeRun(temporaryFolder(), "run", { finished: false });
    const log = join(run, "events.jsonl");
    for (let part = 0; part < 40; part++) appendFileSync(log, Buffer.alloc(2 ** 20, "x"));
    const terms = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`term ${at}`, at]));
    const names = Array.from({ length: 255 }, (_, at) => "name".repeat(100) + at);
    const lines = [
      { event: "step", step: 5, losses: { train: { total: 9, ...terms } }, learningRate: 0.1 },
      { event: "memory", step: 5, classes: names, cosine: names.map(() => names.map(() => 1)) },
    ];
    appendFileSync(log, `\n${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
    const { log: read } = await readRun(run);
    expect(read).toMatchObject({ lastStep: 5, damaged: 3, memory: null });
    expect(read?.losses.train?.total?.at(-1)).toEqual([5, 9]);
    expect(Object.keys(read?.losses.train ?? {}).length).toBeLessThan(300);
  });

  it("says what else a log or a recipe is, and does not wait for a pipe", async () => {
    const run = writeRun(temporaryFolder(), "run");
    for (const name of ["events.jsonl", "recipe.json"]) {
      rmSync(join(run, name));
      execFileSync("mkfifo", [join(run, name)]);
    }
    await expect(readRun(run)).rejects.toThrow(
      /recipe\.json[\s\S]*is a pipe, a socket or a device, not a file/,
    );
    rmSync(join(run, "recipe.json"));
    writeFileSync(join(run, "recipe.json"), JSON.stringify(recipeOf()));
    await expect(readRun(run)).rejects.toThrow(/events\.jsonl: is a pipe, a socket or a device, not a file/);
  });

  it("keeps passes and terms that are called like what every object has", async () => {
    const run = writeRun(temporaryFolder(), "run", { finished: false });
    const losses = '{"constructor":{"polluted":1,"toString":2},"toString":{"total":3}}';
    appendFileSync(
      join(run, "events.jsonl"),
      `{"event":"step","step":5,"losses":${losses},"learningRate":0.1}\n`,
    );
    const { log } = await readRun(run);
    expect(Object.keys(log?.losses ?? {})).toEqual(expect.arrayContaining(["constructor", "toString"]));
    expect(log?.losses.constructor).toEqual({ polluted: [[5, 1]], toString: [[5, 2]] });
    expect(Object).not.toHaveProperty("polluted");
  });

  it("shows listed pictures, encoded again, and none from outside the folder", async () => {
    const run = writeRun(temporaryFolder(), "run");
    const folder = join(run, "inspection");
    mkdirSync(folder);
    const pixels = await sharp({ create: { width: 2000, height: 100, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    writeFileSync(join(folder, "grid.png"), pixels);
    writeFileSync(join(run, "secret.png"), pixels);
    writeFileSync(join(folder, "text.png"), "no picture");
    writeFileSync(
      join(folder, "drawing.png"),
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    );
    symlinkSync("../secret.png", join(folder, "link.png"));
    const files = ["grid.png", "../secret.png", "link.png", "text.png", "drawing.png", "gone.png"];
    const pictures = files.map((file) => ({
      file,
      width: 1000,
    }));
    writeFileSync(join(folder, "inspection.json"), JSON.stringify({ pictures }));
    const { pictures: shown, notes } = await readRun(run);
    expect(shown).toMatchObject([{ title: "grid.png", width: 1000, height: 50 }]);
    const [{ dataUri = "" } = {}] = shown;
    const bytes = Buffer.from(dataUri.replace("data:image/webp;base64,", ""), "base64");
    expect(await sharp(bytes).metadata()).toMatchObject({ format: "webp", width: 1600, height: 80 });
    expect(notes).toEqual([
      "inspection/../secret.png cannot be shown: lies outside the folder",
      "inspection/link.png cannot be shown: lies outside the folder",
      expect.stringMatching(/^inspection\/text\.png cannot be shown: is damaged, or no image/),
      expect.stringMatching(/^inspection\/drawing\.png cannot be shown: is damaged, or no image/),
      "inspection/gone.png cannot be shown: does not exist",
    ]);
  });

  it("says what is wrong with what is no run", async () => {
    const root = temporaryFolder();
    await expect(readRun(join(root, "gone"))).rejects.toThrow(/gone does not exist/);
    await expect(readRun(root)).rejects.toThrow(/is not the folder of a run: it holds no recipe\.json/);
  });
});
