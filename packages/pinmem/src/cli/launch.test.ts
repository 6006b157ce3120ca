import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { distributed } from "@pinmem/torch";
import { describe, expect, it, onTestFinished } from "vitest";
import { fixtureFile } from "../../test/data-fixtures.js";
import { miniRecipe, ownProcess, tinyData } from "../../test/mini-recipe.js";
import { runCli } from "../../test/run-cli.js";
import { full } from "../../test/scope.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { readResult } from "../evaluation/result-file.js";

const program = join(import.meta.dirname, "../../bin/pinmem.mjs");

function written(more: Parameters<typeof miniRecipe>[0] = {}): { file: string; out: string } {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-launch-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "recipe.json");
  const method = { name: "erm" } as const;
  writeFileSync(file, JSON.stringify(miniRecipe({ ...ownProcess, method, ...more })));
  return { file, out: join(folder, "run") };
}

/** A process of its own, with one thread. */
const pinmem = (...words: string[]) =>
  spawnSync(process.execPath, [program, ...words], {
    encoding: "utf8",
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });

const stepsIn = (out: string): number => {
  try {
    return readFileSync(join(out, "events.jsonl"), "utf8").split('"event":"step"').length - 1;
  } catch {
    return 0;
  }
};

describe("pinmem launch", () => {
  it.each([
    [["-n", "2", "report"], /report cannot be shared/],
    [["-n", "2", "evaluate", "merge", "a.json"], /done by one process/],
    [["-n", "0", "train"], /integer of at least 1/],
    [["-n", "2", "--nodes", "2", "train"], /--master HOST:PORT/],
    [["-n", "2", "--nodes", "2", "--node", "2", "--master", "a:1", "train"], /from 0 to 1/],
    [["-n", "2", "--master", "nowhere", "train"], /HOST:PORT/],
    [["-n", "2", "--restarts", "1", "train", "recipe.mjs"], /--out or --resume/],
  ])("refuses %j", async (words, problem) => {
    const { err, code } = await runCli("launch", ...words);
    expect(err).toMatch(problem);
    expect(code).toBe(2);
  });

  it.skipIf(!distributed.isAvailable() || !full)(
    "evaluates as two processes: one result, one table, by the first",
    () => {
      const { out } = written();
      untrainedRun(out, { recipe: miniRecipe({ ...ownProcess, method: { name: "erm" } }) });
      const asked = ["evaluate", out, "--on", "streets:night,streets:fog", "--limit", "3"];
      const one = pinmem(...asked, "--out", join(out, "one.json"));
      const two = pinmem("launch", "-n", "2", ...asked, "--out", join(out, "two.json"));
      expect([one.status, two.status]).toEqual([0, 0]);
      expect(two.stdout).toBe(one.stdout);
      expect(two.stderr).toMatch(/^\[0\] written to .*two\.json\n$/);
      const [a, b] = ["one", "two"].map((name) => readResult(join(out, `${name}.json`)).domains);
      expect(b).toEqual(a);
      expect(readdirSync(out).filter((name) => name.endsWith(".progress"))).toEqual([]);
    },
    120_000,
  );

  it.skipIf(!distributed.isAvailable() || !full)(
    "predicts as two processes, and shares an ablation's runs out",
    () => {
      const scenes = { name: "streets" as const, count: 1, seed: 1, width: 32, height: 32 };
      const { file, out } = written({
        data: { ...tinyData(), targets: [{ ...scenes, domain: "night" }] },
        length: { steps: 1 },
        validation: { every: 9, preciseBatchNorm: 0 },
      });
      untrainedRun(out, { recipe: miniRecipe({ ...ownProcess, method: { name: "erm" } }) });
      const photos = ["photo.jpg", "photo.png", "cmyk.jpg"].map(fixtureFile);
      const told = (text: string) =>
        text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as { input?: string; classes?: object; predicted?: number });
      const predict = (to: string) => ["predict", out, ...photos, "--json", "--out", join(out, to)];
      const one = told(pinmem(...predict("one")).stdout);
      const two = told(pinmem("launch", "-n", "2", ...predict("two")).stdout);
      const classes = (lines: typeof one) =>
        Object.fromEntries(lines.map((line) => [line.input, line.classes]));
      expect(classes(two)).toEqual(classes(one));
      expect(two.at(-1)?.predicted).toBe(3);

      const ablate = (to: string) => ["ablate", file, "--studies", "framework", "--out", join(out, to)];
      const alone = pinmem(...ablate("alone"));
      const shared = pinmem("launch", "-n", "2", ...ablate("shared"));
      expect([alone.status, shared.status, shared.stderr]).toEqual([0, 0, expect.stringContaining("[1]")]);
      expect(shared.stdout).toBe(alone.stdout);
    },
    240_000,
  );

  it.skipIf(!distributed.isAvailable())(
    "trains as two processes, and starts again after one was killed",
    async () => {
      const { file, out } = written({
        data: tinyData(),
        length: { steps: 3 },
        validation: { every: 100, preciseBatchNorm: 0 },
        checkpoints: { every: 1, keep: 1 },
      });
      const words = ["launch", "-n", "2", "--timeout", "30", "--restarts", "1", "train", file, "--out", out];
      const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "ignore", "pipe"] });
      onTestFinished(() => void child.kill("SIGKILL"));
      let text = "";
      let killed = false;
      child.stderr.on("data", (bytes: Buffer) => {
        text += String(bytes);
      });
      // Once a step is done, rank 1 dies.
      const timer = setInterval(() => {
        if (killed || stepsIn(out) === 0) return;
        killed = true;
        const ranks = spawnSync("pgrep", ["-P", String(child.pid)], { encoding: "utf8" })
          .stdout.trim()
          .split("\n");
        for (const id of ranks) {
          const isLast = readFileSync(`/proc/${id}/environ`, "utf8").split("\0").includes("RANK=1");
          if (isLast) process.kill(Number(id), "SIGKILL");
        }
      }, 20);
      const code = await new Promise((resolve) => child.once("close", resolve));
      clearInterval(timer);
      expect(text).toMatch(/launch: rank 1 failed first \(SIGKILL\)/);
      expect(text).toMatch(/\[0\] train: .*rank 0 of 2: the connection to another rank broke/);
      expect(text).toMatch(/restart 1 of 1/);
      expect(code).toBe(0);
      expect(stepsIn(out)).toBe(3);
      expect(readdirSync(out)).toContain("last.safetensors");
    },
    120_000,
  );
});
