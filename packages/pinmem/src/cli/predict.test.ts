import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { dispose, loadSafetensors, saveSafetensors } from "@pinmem/torch";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fixtureFile, temporaryFolder } from "../../test/data-fixtures.js";
import { writeImage } from "../../test/label-folders.js";
import { runCli } from "../../test/run-cli.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { readImageHeader } from "../images/image-header.js";
import { PredictProgress } from "./predict-progress.js";

const root = temporaryFolder();
const runFolder = join(root, "run");
const photos = join(root, "photos");
const out = join(root, "out");
beforeAll(() => {
  untrainedRun(runFolder);
});
beforeEach(() => {
  mkdirSync(photos);
});
afterEach(() => {
  for (const folder of [photos, out]) rmSync(folder, { recursive: true, force: true });
});

const run = (...words: string[]) => runCli("predict", ...words);

const photo = (name: string) => copyFileSync(fixtureFile("photo.jpg"), join(photos, name));

describe("pinmem predict", () => {
  it("writes train ids and overlays, and says where, without a word about progress", async () => {
    photo("a.jpg");
    photo("b.jpg");
    const done = await run(runFolder, photos, "--out", out);
    expect(done.code).toBe(0);
    expect(done.out).toMatch(/^2 predicted in \d+\.\d s; outputs are in .*out\n$/);
    expect(done.err).toBe("");
    expect(readdirSync(out, { recursive: true }).sort()).toEqual([
      "overlay",
      "overlay/a.jpg",
      "overlay/b.jpg",
      "train-ids",
      "train-ids/a.png",
      "train-ids/b.png",
    ]);
  });

  it("lists what could not be used at the end, with 1 as exit code, and a manifest as JSON lines", async () => {
    photo("a.jpg");
    writeFileSync(join(photos, "broken.jpg"), "");
    const done = await run(runFolder, photos, "--out", out, "--json", "--write", "label-ids");
    expect(done.code).toBe(1);
    const lines = done.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual({ input: join(photos, "broken.jpg"), error: "is empty" });
    expect(lines.find(({ outputs }) => outputs)).toMatchObject({
      input: join(photos, "a.jpg"),
      outputs: { "label-ids": join(out, "label-ids/a.png") },
      width: 24,
    });
    expect(lines.at(-1)).toMatchObject({ predicted: 1, skipped: 0, failed: 1, left: 0 });
    expect(done.err).toBe(`1 of 2 inputs could not be used:\n  ${join(photos, "broken.jpg")}: is empty\n`);
  });

  it("names no folder of outputs where there is none", async () => {
    writeFileSync(join(photos, "broken.jpg"), "");
    const done = await run(runFolder, photos, "--out", out);
    expect([done.code, done.out]).toEqual([1, expect.stringMatching(/^0 predicted in \d+\.\d s\n$/)]);
    expect(existsSync(out)).toBe(false);
  });

  it("warns once of pictures much larger than the crops, and shows them smaller where it is told to", async () => {
    for (const name of ["0.png", "1.png"]) await writeImage(join(photos, name), 600, 300);
    const labels = (folder: string) => readFileSync(join(folder, "train-ids/0.png"));
    const plain = await run(runFolder, photos, "--out", out);
    expect([plain.code, plain.err]).toEqual([
      0,
      expect.stringMatching(
        /^.*0\.png is 600x300 pixels, 12\.5 times as large as the crops of 48x48 .* with --height 72\n$/,
      ),
    ]);
    const smaller = `${out}/smaller`;
    const seen = await run(runFolder, photos, "--out", smaller, "--height", "72");
    expect([seen.code, seen.err]).toEqual([0, ""]);
    expect(readImageHeader(labels(smaller))).toMatchObject({ width: 600, height: 300 });
    expect(labels(smaller)).not.toEqual(labels(out));
    const still = await run(runFolder, photos, "--out", out, "--height", "288");
    expect(still.err).toMatch(/0\.png is seen at 576x288 pixels, 12\.0 times as large/);
    expect((await run(runFolder, photos, "--height", "9")).code).toBe(2);
  });

  it("stops after the image in progress at Ctrl-C, says how to go on, and goes on", async () => {
    for (let at = 0; at < 60; at++) photo(`${at}.jpg`);
    const handlers = process.listenerCount("SIGINT");
    const stopping = run(runFolder, photos, "--out", out);
    const timer = setInterval(() => {
      if (!existsSync(join(out, "overlay"))) return;
      clearInterval(timer);
      process.emit("SIGINT");
    }, 1);
    const stopped = await stopping;
    expect(stopped.code).toBe(130);
    expect(stopped.err).toContain("stopping after this image; once more to stop at once");
    expect(stopped.err).toMatch(
      /stopped with \d+ inputs left; continue with the same command and --skip-existing/,
    );
    expect(process.listenerCount("SIGINT")).toBe(handlers);
    const done = readdirSync(join(out, "overlay")).length;
    expect(done).toBeLessThan(60);
    const second = await run(runFolder, photos, "--out", out, "--skip-existing");
    expect(second.code).toBe(0);
    expect(second.out).toContain(`${60 - done} predicted`);
    expect(second.out).toContain(`, ${done} were there already`);
    expect(readdirSync(join(out, "overlay")).every((name) => /^\d+\.jpg$/.test(name))).toBe(true);
  });

  it.each([
    [["run"], /missing required argument 'input'/],
    [["run", "x", "--write", "masks"], /no "masks"; there are train-ids, label-ids/],
    [["run", "x", "--opacity", "2"], /must be a number from 0 to 1/],
    [["run", "x", "--memory", "0"], /must be a positive whole number/],
    [["run", "x", "--skip"], /unknown option '--skip'/],
  ])("explains wrong usage %j and exits with 2", async (args, message) => {
    const { err, code } = await run(...args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it("explains in one line, with 1 as exit code, what cannot be opened, read or written", async () => {
    photo("a.jpg");
    const newer = join(root, "newer.safetensors");
    const { tensors, metadata } = loadSafetensors(join(runFolder, "last.safetensors"));
    saveSafetensors(newer, tensors, new Map([...metadata, ["format", "2"]]));
    dispose(tensors);
    writeFileSync(join(root, "file"), "");
    for (const [args, message] of [
      [[join(root, "norun"), photos], /norun does not exist; give the folder of a run/],
      [[newer, photos], /newer version of pinmem \(format 2/],
      [[runFolder, join(root, "gone.jpg")], /gone\.jpg: does not exist/],
      [
        [runFolder, photos, "--out", join(root, "file")],
        /file: cannot be written: it is a file, not a folder/,
      ],
      [[runFolder, photos, "--out", out, "--device", "cuda:9"], /device is "cuda:9", but/],
    ] as const) {
      const { err, code } = await run(...args);
      expect(err).toMatch(message);
      expect(err.trim().split("\n").length).toBe(1);
      expect(code).toBe(1);
    }
    expect(readFileSync(join(root, "file"), "utf8")).toBe("");
  });
});

describe("PredictProgress", () => {
  it("tells speed and time left on a terminal, leaving out what was skipped, and nothing elsewhere", () => {
    const text: string[] = [];
    let now = 0;
    const output = { isTTY: true, columns: 80, write: (part: string) => text.push(part) > 0 };
    const progress = new PredictProgress(110, { output: output as never, now: () => now });
    for (let at = 0; at < 10; at++) progress.input({ skipped: true });
    for (let at = 0; at < 20; at++) {
      now += 500;
      progress.input({ skipped: false });
    }
    expect(text.at(-1)).toBe("\r\u001b[2K30 of 110  2.00 images/s  40 s left");
    progress.clear();
    expect(text.at(-1)).toBe("\r\u001b[2K");

    const silent: string[] = [];
    const pipe = { write: (part: string) => silent.push(part) > 0 };
    const other = new PredictProgress(2, { output: pipe as never });
    other.input({ skipped: false });
    other.clear();
    expect(silent).toEqual([]);
  });
});
