// Signals, closed pipes and lost parents, with real processes: what runs is dist, as for users.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { miniRecipe, ownProcess, tinyData } from "../../test/mini-recipe.js";
import { full } from "../../test/scope.js";
import type { RecipeInput } from "../recipes/recipe.js";

const bin = fileURLToPath(new URL("../../bin/pinmem.mjs", import.meta.url));

let folder: string;
let run: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-signals-"));
  run = join(folder, "run");
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function recipe(more: Partial<RecipeInput> = {}): string {
  const file = join(folder, "recipe.json");
  const small = miniRecipe({ ...ownProcess, method: { name: "erm" }, threads: 1, data: tinyData(), ...more });
  writeFileSync(file, JSON.stringify(small));
  return file;
}

const endless = () =>
  recipe({ length: { steps: 100_000 }, validation: { every: 100_000 }, checkpoints: { every: 100_000 } });

const text = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : "");
const events = () => text(join(run, "events.jsonl"));
const checkpoints = () => (existsSync(join(run, "checkpoints")) ? readdirSync(join(run, "checkpoints")) : []);

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what} did not come about`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | string | null>;
}

function start(command: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(command, words, {
    env: { ...process.env, npm_command: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const said: string[] = [];
  child.stdout?.on("data", (chunk) => said.push(String(chunk)));
  child.stderr?.on("data", (chunk) => said.push(String(chunk)));
  const ended = new Promise<number | string | null>((resolve) => {
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
  return { child, said: () => said.join(""), ended };
}

const train = (...words: string[]) => start(process.execPath, [bin, "train", ...words]);

describe("pinmem train, a process of its own,", { timeout: 120_000 }, () => {
  it("ignores SIGHUP without a terminal, saves at SIGUSR1 and goes on, and stops in good order at SIGTERM", async () => {
    const { child, said, ended } = train(endless(), "--out", run);
    await until("a step", () => events().includes('"step"'));
    child.kill("SIGHUP");
    child.kill("SIGUSR1");
    await until("a checkpoint", () => checkpoints().length === 1);
    const after = events().length;
    await until("another step", () => events().length > after);
    expect(said()).toContain("a checkpoint is saved after this step");
    expect(said()).not.toContain("Debugger");
    child.kill("SIGTERM");
    expect(await ended).toBe(130);
    expect(said()).toContain(`continue with: npx pinmem train --resume ${run}`);
    expect(checkpoints().length).toBe(2);
  });

  it.runIf(full)(
    "hears SIGTERM while it validates at the end, with the last step saved, and validates when it goes on",
    async () => {
      const scenes = { name: "streets" as const, domain: "fog", seed: 0, width: 96, height: 48 };
      const file = recipe({
        data: { ...tinyData(), validation: [{ ...scenes, count: 4 }], targets: [{ ...scenes, count: 4000 }] },
        length: { steps: 1 },
      });
      const first = train(file, "--out", run);
      await until("the validation", () => events().includes('"evaluation"'));
      expect(checkpoints()).toEqual(["step-000001"]);
      first.child.kill("SIGTERM");
      const asked = performance.now();
      expect(await first.ended).toBe(130);
      expect(performance.now() - asked).toBeLessThan(10_000);
      expect(existsSync(join(run, "last.safetensors"))).toBe(false);

      // What is left would take minutes.
      const saved = JSON.parse(readFileSync(join(run, "recipe.json"), "utf8"));
      saved.data.targets = [];
      writeFileSync(join(run, "recipe.json"), JSON.stringify(saved));
      rmSync(join(run, "data.json"));
      const second = train("--resume", run);
      expect(await second.ended).toBe(0);
      expect(second.said()).toMatch(/step 1: mIoU .* on streets[\s\S]*finished at step 1 of 1/);
      expect(existsSync(join(run, "last.safetensors"))).toBe(true);
    },
  );

  it.runIf(full).each([
    ["at the memory's start", { method: { name: "pin-memory", memoryStart: { batches: 100_000 } } }],
    ["while batch-norm statistics are estimated", { validation: { every: 1, preciseBatchNorm: 100_000 } }],
  ] satisfies [string, Partial<RecipeInput>][])("hears SIGTERM %s", async (_, more) => {
    const { child, said, ended } = train(recipe(more), "--out", run);
    await until("the training", () => said().includes("training, 4 steps"));
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill("SIGTERM");
    expect(await ended).toBe(130);
    expect(checkpoints()).toHaveLength(1);
  });

  it.runIf(full)(
    "stops in good order when the npx that started it is gone, but not when a shell is",
    async () => {
      // npx runs commands in a shell, and is called "npm exec …".
      const parent = (title: string) => `
      process.title = ${JSON.stringify(title)};
      const { spawn } = require("node:child_process");
      const line = ${JSON.stringify(`"${process.execPath}" "${bin}" train "${endless()}" --out "${run}"; true`)};
      const child = spawn("sh", ["-c", line], { stdio: ["ignore", "inherit", "inherit"] });
      setInterval(() => {}, 1000);
    `;
      const npx = start(process.execPath, ["-e", parent("npm exec pinmem")], { npm_command: "exec" });
      await until("a step", () => events().includes('"step"'));
      npx.child.kill("SIGKILL");
      await until("its end", () => npx.said().includes("continue with"));
      expect(npx.said()).toContain("the npx or npm that started this is gone: stopping after this step");
      expect(checkpoints()).toHaveLength(1);

      run = join(folder, "other");
      const shell = start(process.execPath, ["-e", parent("bash")]);
      await until("a step", () => events().includes('"step"'));
      shell.child.kill("SIGKILL");
      const { pid } = JSON.parse(readFileSync(join(run, ".lock"), "utf8")) as { pid: number };
      await new Promise((resolve) => setTimeout(resolve, 2000)); // A parent is missed after 1.5 s.
      const after = events().length;
      await until("another step", () => events().length > after);
      process.kill(pid, "SIGTERM");
      await until("its end", () => shell.said().includes("continue with"));
    },
  );

  it.runIf(full)("stops in good order when the launcher that started it is killed", async () => {
    const words = [bin, "launch", "-n", "1", "train", endless(), "--out", run];
    const { child } = start(process.execPath, words);
    await until("a step", () => events().includes('"step"'));
    child.kill("SIGKILL");
    await until("a checkpoint", () => checkpoints().length === 1);
    await until("its end", () => !existsSync(join(run, ".lock")));
  });

  it.runIf(full)("goes on where nobody reads its output any more", () => {
    const line = `"${process.execPath}" "${bin}" train "${recipe({ length: { steps: 3 } })}" --out "${run}" --json | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout } = spawnSync("bash", ["-c", line], { encoding: "utf8" });
    expect(stdout).toMatch(/^\{"event":"start".*\n0\n$/);
    expect(existsSync(join(run, "last.safetensors"))).toBe(true);
  });

  it.runIf(full)("only says which process trains where another is asked to go on with its run", async () => {
    const { child, ended } = train(endless(), "--out", run);
    await until("a step", () => events().includes('"step"'));
    child.kill("SIGUSR1");
    await until("a checkpoint", () => checkpoints().length === 1);
    const other = train("--resume", run);
    expect(await other.ended).toBe(1);
    expect(other.said().trim().split("\n").at(-1)).toMatch(
      new RegExp(`is being trained by process ${child.pid}\\. Wait for it`),
    );
    expect(other.said()).not.toContain("continue with");
    child.kill("SIGTERM");
    await ended;
  });

  it.runIf(full && spawnSync("script", ["--version"]).status === 0)(
    "stops in good order when its terminal is closed",
    async () => {
      const line = `"${process.execPath}" "${bin}" train "${endless()}" --out "${run}"`;
      const terminal = start("script", ["-qec", line, "/dev/null"]);
      await until("a step", () => events().includes('"step"'));
      terminal.child.kill("SIGKILL");
      await until("a checkpoint", () => checkpoints().length === 1);
      await until("its end", () => !existsSync(join(run, ".lock")));
    },
  );
});

it("other commands ignore SIGUSR1 instead of opening a debugger", async () => {
  const words = ["data", "streets", "--out", run, "--domain", "fog", "--count", "100000", "--no-sheet"];
  const { child, said, ended } = start(process.execPath, [bin, ...words]);
  await until("a scene", () => existsSync(join(run, "labels")));
  child.kill("SIGUSR1");
  child.kill("SIGHUP");
  const scenes = () => readdirSync(join(run, "labels")).length;
  const before = scenes();
  await until("more scenes", () => scenes() > before + 3);
  child.kill("SIGTERM");
  expect(await ended).toBe(130);
  expect(said()).not.toContain("Debugger");
}, 60_000);
