import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { distributed } from "@pinmem/torch";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { fixtureFile, temporaryFolder } from "../../test/data-fixtures.js";
import { asRanks } from "../../test/ranks.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { readPng } from "../images/png.js";
import * as writing from "../images/write-png.js";
import { type OpenRun, openRun } from "../runs/open-run.js";
import type { FileResult, PredictFilesOptions } from "./file-results.js";
import { findInputs } from "./inputs.js";
import { outputKinds } from "./outputs.js";
import { predictFiles } from "./predict-files.js";
import { predictImage } from "./predict-image.js";

const root = temporaryFolder();
const out = join(root, "out");
const photos = join(root, "photos");
let run: OpenRun;
beforeAll(() => {
  run = openRun(untrainedRun(join(root, "run")));
});
afterAll(() => run[Symbol.dispose]());
beforeEach(() => {
  for (const folder of [out, photos]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(photos);
});

function photo(name: string, fixture = "photo.jpg"): string {
  const file = join(photos, name);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(fixtureFile(fixture), file);
  return file;
}

async function predictAll(more: Partial<PredictFilesOptions> = {}) {
  const results: FileResult[] = [];
  const summary = await predictFiles(run, await findInputs([photos]), {
    out,
    write: ["train-ids"],
    onResult: (result) => results.push(result),
    ...more,
  });
  return { summary, results };
}

const gray = (file: string) => readPng(readFileSync(file), file);
const files = () =>
  (readdirSync(out, { recursive: true }) as string[])
    .filter((name) => statSync(join(out, name)).isFile())
    .sort();

describe("predictFiles", () => {
  it("writes every kind of output under the name of its input, in its folders", async () => {
    const file = photo("city/a.jpg");
    photo("city/a.png", "photo.png");
    photo("b.jpg", "cmyk.jpg");
    const { summary, results } = await predictAll({ write: outputKinds });
    expect(summary).toMatchObject({ predicted: 3, failed: [], left: 0 });
    expect(files()).toEqual(
      outputKinds
        .flatMap((kind) =>
          ["b", "city/a.jpg", "city/a.png"].map(
            (name) => `${kind}/${name}.${kind === "overlay" ? "jpg" : "png"}`,
          ),
        )
        .sort(),
    );
    const { width, height, trainIds, confidence } = await predictImage(run, file);
    const written = gray(join(out, "train-ids/city/a.jpg.png"));
    expect(written).toMatchObject({ width, height, channels: 1 });
    expect(written.samples).toEqual(trainIds);
    const ids = [...trainIds].map((id) => run.space.classes[id]?.id);
    expect([...gray(join(out, "label-ids/city/a.jpg.png")).samples]).toEqual(ids);
    const bytes = [...confidence].map((value) => Math.round(value * 255));
    expect([...gray(join(out, "confidence/city/a.jpg.png")).samples]).toEqual(bytes);
    const color = gray(join(out, "color/city/a.jpg.png"));
    expect([...color.samples.subarray(0, 3)]).toEqual(run.space.classes[trainIds[0] as number]?.color);
    const made = results.find(({ input }) => input === file);
    if (!made || !("classes" in made)) throw new Error("there is no result");
    expect(made.outputs.overlay).toBe(join(out, "overlay/city/a.jpg.jpg"));
    expect(Object.values(made.classes).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 2);
  });

  it("loses the broken files alone, and tells what is wrong with each", async () => {
    for (let at = 0; at < 12; at++) photo(`${at}.jpg`);
    photo("truncated.jpg", "truncated.jpg");
    photo("text.png", "polygons.json");
    writeFileSync(join(photos, "empty.jpg"), "");
    const { summary } = await predictAll();
    expect(summary).toMatchObject({ predicted: 12, skipped: 0, left: 0 });
    const problems = new Map(
      summary.failed.map(({ input, error }) => [input.slice(photos.length + 1), error]),
    );
    expect(problems.get("truncated.jpg")).toMatch(/^is damaged or truncated/);
    expect(problems.get("text.png")).toMatch(/^is damaged, or no image that can be read/);
    expect(problems.get("empty.jpg")).toBe("is empty");
    expect(files().length).toBe(12);
  });

  it("refuses images that are larger than the limit before they are unpacked", async () => {
    const plain = { width: 300, height: 300, channels: 3 as const, background: "black" };
    await sharp({ create: plain }).png().toFile(join(photos, "large.png"));
    photo("small.jpg");
    const { summary } = await predictAll({ maxPixels: 50_000 });
    expect(summary.predicted).toBe(1);
    expect(summary.failed[0]?.error).toMatch(/is 300x300 pixels; the limit is 50000/);
  });

  it("leaves alone what is there already when asked to", async () => {
    for (const name of ["a.jpg", "b.jpg", "c.jpg"]) photo(name);
    await predictAll({ write: ["train-ids", "color"] });
    rmSync(join(out, "color/b.png"));
    const before = statSync(join(out, "train-ids/a.png")).mtimeMs;
    const { summary, results } = await predictAll({ write: ["train-ids", "color"], skipExisting: true });
    expect(summary).toMatchObject({ predicted: 1, skipped: 2 });
    expect(results.filter((result) => !("skipped" in result)).map(({ input }) => input)).toEqual([
      join(photos, "b.jpg"),
    ]);
    expect(statSync(join(out, "train-ids/a.png")).mtimeMs).toBe(before);
    expect(existsSync(join(out, "color/b.png"))).toBe(true);
  });

  it("stops after the image in progress, with nothing half-written, and counts what is left", async () => {
    for (let at = 0; at < 20; at++) photo(`${at}.jpg`);
    const stop = new AbortController();
    const { summary } = await predictAll({ signal: stop.signal, onResult: () => stop.abort() });
    expect(summary.predicted).toBeGreaterThan(0);
    expect(summary.left).toBe(20 - summary.predicted);
    expect(summary.left).toBeGreaterThan(10);
    expect(files().length).toBe(summary.predicted);
    const rest = await predictAll({ skipExisting: true });
    expect(rest.summary).toMatchObject({ predicted: summary.left, skipped: summary.predicted, left: 0 });
  });

  it("ends with one error where outputs cannot be written", async () => {
    photo("a.jpg");
    writeFileSync(join(root, "file"), "");
    await expect(predictAll({ out: join(root, "file/below") })).rejects.toThrow(
      /file\/below: cannot be written: .*file is a file, not a folder\. Choose another place with `out`/,
    );
  });

  it("ends with one error when the disk is full, and says how to go on", async () => {
    for (let at = 0; at < 10; at++) photo(`${at}.jpg`);
    let writes = 0;
    const full = vi.spyOn(writing, "writeLabelPng").mockImplementation(async () => {
      if (++writes > 2) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    });
    await expect(predictAll()).rejects.toThrow(/the disk is full\. Free some space, then .* `skipExisting`/);
    expect(writes).toBeLessThan(8);
    full.mockRestore();
  });

  it.skipIf(!distributed.isAvailable())(
    "shares files among processes, each of which writes its own; all know of all",
    async () => {
      for (const name of ["a.jpg", "b.jpg", "d.jpg"]) photo(name);
      writeFileSync(join(photos, "c.jpg"), "not a picture");
      const alone = await predictAll();
      const pixels = () => files().map((name) => gray(join(out, name)).samples);
      const expected = [files(), pixels()];
      rmSync(out, { recursive: true });
      const done: number[] = [];
      const shared = await asRanks(2, (world) =>
        predictAll({ world, ...(world.rank === 0 && { onDone: (now: number) => done.push(now) }) }),
      );
      expect([files(), pixels()]).toEqual(expected);
      for (const { summary } of shared) expect(summary).toEqual(alone.summary);
      const [first, second] = shared.map(({ results }) => results.map(({ input }) => input).sort());
      expect(first).toEqual(alone.results.map(({ input }) => input).sort());
      expect(second).toEqual(["b.jpg", "d.jpg"].map((name) => join(photos, name)));
      expect(done.at(-1)).toBe(4);
    },
  );
});
