import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { readPngSize } from "../images/png.js";
import { type OpenRun, openRun } from "../runs/open-run.js";
import { probeVideo, readFrames, VideoWriter } from "./ffmpeg.js";
import type { FileResult, PredictFilesOptions } from "./file-results.js";
import { findInputs } from "./inputs.js";
import { predictFiles } from "./predict-files.js";

const installed = spawnSync("ffmpeg", ["-version"]).status === 0;
const root = temporaryFolder();
const clip = join(root, "drive/clip.mp4");
let run: OpenRun;
beforeAll(() => {
  run = openRun(untrainedRun(join(root, "run")));
  if (!installed) return;
  const source = ["-f", "lavfi", "-i", "testsrc=size=66x50:rate=5:duration=1.2"];
  spawnSync("mkdir", ["-p", join(root, "drive")]);
  const made = spawnSync("ffmpeg", ["-v", "error", ...source, "-pix_fmt", "yuv420p", clip]);
  expect(String(made.stderr)).toBe("");
});
afterAll(() => run[Symbol.dispose]());
afterEach(() => vi.unstubAllEnvs());

async function predictVideo(file: string, out: string, more: Partial<PredictFilesOptions> = {}) {
  const results: FileResult[] = [];
  const summary = await predictFiles(run, await findInputs([file]), {
    out: join(root, out),
    write: ["overlay", "train-ids"],
    onResult: (result) => results.push(result),
    ...more,
  });
  return {
    summary,
    results,
    everything: existsSync(join(root, out)) ? readdirSync(join(root, out), { recursive: true }) : [],
  };
}

describe.skipIf(!installed)("videos", () => {
  it("become overlays that play, and frames where they are wanted", async () => {
    const frames: number[] = [];
    const { results, everything } = await predictVideo(clip, "frames", {
      frames: true,
      onFrame: ({ done }) => frames.push(done),
    });
    expect(results[0]).toMatchObject({ input: clip, width: 66, height: 50, frames: 6 });
    expect(frames).toEqual([1, 2, 3, 4, 5, 6]);
    expect(everything.sort()).toEqual(
      ["overlay", "overlay/clip.mp4", "train-ids", "train-ids/clip"].concat(
        frames.map((number) => `train-ids/clip/00000${number}.png`),
      ),
    );
    const last = readFileSync(join(root, "frames/train-ids/clip/000006.png"));
    expect(readPngSize(last, "")).toMatchObject({ width: 66, height: 50 });
    const written = join(root, "frames/overlay/clip.mp4");
    const { rate } = await probeVideo(written);
    expect(rate).toBe("5/1");
    const shown = [];
    for await (const frame of readFrames(written, { rate })) shown.push(frame);
    expect(shown.map(({ width, height }) => `${width}x${height}`)).toEqual(Array(6).fill("66x50"));
  });

  it("give the overlay alone unless frames are wanted, and are skipped when it is there", async () => {
    const { everything } = await predictVideo(clip, "overlay");
    expect(everything.sort()).toEqual(["overlay", "overlay/clip.mp4"]);
    const again = await predictVideo(clip, "overlay", { skipExisting: true });
    expect(again.summary).toMatchObject({ predicted: 0, skipped: 1 });
    const nothing = await predictVideo(clip, "nothing", { write: ["train-ids"] });
    expect(nothing.summary.failed[0]?.error).toMatch(/only an overlay is written unless `frames` is given/);
  });

  it("leave nothing behind when they are interrupted, and are left for the next time", async () => {
    const stop = new AbortController();
    const { summary, everything } = await predictVideo(clip, "interrupted", {
      frames: true,
      signal: stop.signal,
      onFrame: () => stop.abort(),
    });
    expect(summary).toMatchObject({ predicted: 0, failed: [], left: 1 });
    expect(everything.filter((name) => /\.(mp4|png|tmp)$/.test(String(name)))).toEqual([]);
  });

  it("are refused when damaged, without leaving anything", async () => {
    const broken = join(root, "broken.mp4");
    writeFileSync(broken, readFileSync(clip).subarray(0, 1500));
    const { summary } = await predictVideo(broken, "broken");
    expect(summary.failed[0]?.error).toMatch(/is damaged, or no video that ffmpeg can read/);
    expect(existsSync(join(root, "broken/overlay/broken.mp4"))).toBe(false);
    const large = await predictVideo(clip, "large", { maxPixels: 1000 });
    expect(large.summary.failed[0]?.error).toMatch(/is 66x50 pixels; the limit is 1000/);
  });
});

describe.skipIf(!installed || !existsSync("/dev/full"))("VideoWriter", () => {
  it("tells that the disk is full", async () => {
    const frame = { width: 64, height: 48, pixels: new Uint8Array(64 * 48 * 3) };
    const writer = new VideoWriter("/dev/full", frame, "5/1");
    const writing = async () => {
      for (let at = 0; at < 5; at++) await writer.write(frame);
      await writer.finish();
    };
    await expect(writing()).rejects.toThrow(/cannot be written: the disk is full/);
  });
});

describe("videos without ffmpeg", () => {
  it("are told apart from images, with what to install", async () => {
    const video = join(root, "any.mp4");
    writeFileSync(video, "");
    vi.stubEnv("PATH", root);
    const { summary } = await predictVideo(video, "none");
    expect(summary.failed[0]?.error).toMatch(
      /is a video, and ffprobe, which reads videos, is not installed.*apt-get install ffmpeg/,
    );
  });
});
