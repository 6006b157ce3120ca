// The demo in miniature: small scenes, few of them, few steps; everything else as it is.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCli } from "../../test/run-cli.js";
import { full } from "../../test/scope.js";
import type { DemoSummary } from "./demo/summary.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-cli-demo-"));
});
afterAll(() => rmSync(folder, { recursive: true, maxRetries: 9, retryDelay: 300 }));
const run = (...words: string[]) => runCli("demo", ...words);

const streets = (domain: string, count: number, seed: number) => ({
  name: "streets",
  domain,
  count,
  seed,
  width: 64,
  height: 32,
});

const miniature = Object.entries({
  "data.sources": [streets("boulevard", 6, 0), streets("toy-town", 6, 0)],
  "data.validation": [streets("boulevard", 1, 1)],
  "data.targets": [streets("night", 1, 2), streets("fog", 1, 2)],
  "data.crop": { width: 32, height: 32 },
  "data.perDomain": 2,
  "data.workers": 0,
  // The trainings have processes of their own, which know no backbone of the tests.
  "model.backbone": "mobilenet_v2",
  "model.width": 32,
  "validation.preciseBatchNorm": 1,
  "calibration.pictures": 1,
}).flatMap(([path, value]) => ["--set", `${path}=${JSON.stringify(value)}`]);

// Measuring how long steps take takes long itself.
const length = full ? ["--minutes", "0.03"] : ["--steps", "2,2"];

const methods = ["erm", "pin-memory"];

/** What Linux says of a process that is neither gone nor only waiting to be asked how it ended. */
const running = (pid: number | string): { parent: number; words: string } | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return state === "Z" ? undefined : { parent: Number(parent), words };
  } catch {
    return undefined; // No process, or gone already.
  }
};

/** Processes of methods that a demo's process has started. */
const methodProcesses = (demo = process.pid): number[] =>
  readdirSync("/proc").flatMap((entry) => {
    const found = running(entry);
    return found?.parent === demo && found.words.includes("contender-process") ? [Number(entry)] : [];
  });

describe("pinmem demo", () => {
  it(`trains both methods${full ? " for the same time" : ""}, prints scores on unseen looks first, and writes the report`, async () => {
    const out = join(folder, "whole");
    const { out: printed, err, code } = await run(...length, "--out", out, ...miniature);
    if (full) expect(err).toMatch(/pin-memory: \d+ steps? of .* fit into \d+ s/);
    expect(code).toBe(0);
    expect(printed).toMatch(
      /^\nmean IoU in percent +erm +\+ image +\+ logits +\+ 8 pict\. +pin-memory +\+ image +\+ logits +\+ 8 pict\.\nunseen looks, mean( +[-\d.]+){8}\n {2}night .*\n {2}fog .*\nlooks trained on, mean .*\n {2}boulevard /,
    );
    expect(printed).toContain(join(out, "report.html"));

    const html = readFileSync(join(out, "report.html"), "utf8");
    expect(html).toContain("Pin the Memory");
    expect(html).toContain("data:image/webp"); // pictures of the memory
    expect(existsSync(join(out, "looks.png"))).toBe(true);
    const { runs, again: next } = JSON.parse(readFileSync(join(out, "summary.json"), "utf8")) as DemoSummary;
    expect(runs.map(({ method }) => method)).toEqual(methods);
    for (const { method, steps, pace, unseen, looks, ownStatistics, adjusted, adapted } of runs) {
      for (const { unseen } of [ownStatistics, adjusted, adapted]) expect(unseen).not.toBeNull();
      expect(existsSync(join(out, `${method}-adapted`))).toBe(false);
      if (full) expect(pace?.step).toBeGreaterThan(0);
      const recipe = JSON.parse(readFileSync(join(out, method, "recipe.json"), "utf8"));
      expect(recipe).toMatchObject({ length: { steps }, method: { name: method } });
      const [night, fog] = looks.filter(({ role }) => role === "unseen").map(({ meanIoU }) => meanIoU ?? 0);
      expect(unseen).toBeCloseTo(((night as number) + (fog as number)) / 2, 10);
    }
    expect(next).toContain(`--steps ${runs.map(({ steps }) => steps).join(",")} --seed 304 --set`);
    const occupied = await run("--out", out, ...miniature);
    expect(occupied).toMatchObject({ code: 1, out: "" });
    expect(occupied.err).toMatch(/demo: .*erm already holds a run; choose another folder with --out/);
    const inside = await run("--out", join(out, "erm"), ...miniature);
    expect(inside.err).toMatch(/demo: .*erm already holds a run; choose another folder with --out/);
  }, 180_000);

  it("trains given numbers of steps; keeps what is there when it is interrupted, and says so", async () => {
    const out = join(folder, "stopped");
    const handlers = process.listenerCount("SIGINT");
    const stopping = run("--steps", "5000,5000", "--seed", "7", "--out", out, ...miniature);
    const timer = setInterval(() => {
      if (!methods.every((method) => existsSync(join(out, method, "events.jsonl")))) return;
      clearInterval(timer);
      process.emit("SIGINT");
    }, 10);
    const { err, out: printed, code } = await stopping;
    expect(code).toBe(130);
    expect(printed).toBe("");
    expect(err).toMatch(
      /demo: interrupted after step \d+ of 5000 of erm and after step \d+ of 5000 of pin-memory; what is there stays in/,
    );
    for (const method of methods) {
      expect(err).toContain(`npx pinmem train --resume ${join(out, method)}`);
      expect(existsSync(join(out, method, "checkpoints"))).toBe(true);
      const recipe = JSON.parse(readFileSync(join(out, method, "recipe.json"), "utf8"));
      expect(recipe).toMatchObject({ length: { steps: 5000 }, seed: 7 });
    }
    expect(process.listenerCount("SIGINT")).toBe(handlers);
  }, 180_000);

  it.skipIf(process.platform !== "linux")(
    "says which process was killed, and ends the other in good order",
    async () => {
      const out = join(folder, "killed");
      const failing = run("--steps", "5000,5000", "--out", out, ...miniature);
      const timer = setInterval(() => {
        if (!methods.every((method) => existsSync(join(out, method, "events.jsonl")))) return;
        clearInterval(timer);
        process.kill(methodProcesses()[0] as number, "SIGKILL");
      }, 10);
      const { err, out: printed, code } = await failing;
      expect(code).toBe(1);
      expect(printed).toBe("");
      expect(err).toMatch(/demo: the process of (erm|pin-memory) ended with SIGKILL/);
      expect(methodProcesses()).toEqual([]);
    },
    180_000,
  );

  it.skipIf(!full || process.platform !== "linux")(
    "keeps what both methods have when it is killed itself",
    async () => {
      const out = join(folder, "orphaned");
      const program = fileURLToPath(new URL("../../bin/pinmem.mjs", import.meta.url));
      const words = ["demo", "--steps", "5000,5000", "--out", out, ...miniature];
      const demo = spawn(process.execPath, [program, ...words], { stdio: "ignore" });
      const isThere = (...path: string[]) => methods.every((one) => existsSync(join(out, one, ...path)));
      await vi.waitUntil(() => isThere("events.jsonl"), { timeout: 60_000, interval: 50 });
      const left = methodProcesses(demo.pid);
      demo.kill("SIGKILL");
      await vi.waitUntil(() => !left.some(running), { timeout: 60_000, interval: 50 });
      expect(left).toHaveLength(methods.length);
      expect(isThere("checkpoints")).toBe(true);
    },
    180_000,
  );

  it.each([
    [["--minutes", "0"], "must be a positive number"],
    [["--steps", "10"], "two positive whole numbers"],
  ])("refuses %s", async (args, problem) => {
    const { err, code } = await run(...args);
    expect(code).toBe(2);
    expect(err).toContain(problem);
  });
});
