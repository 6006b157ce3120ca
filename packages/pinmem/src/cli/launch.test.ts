import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { distributed } from "@pinmem/torch";
import { describe, expect, it, onTestFinished } from "vitest";
import { miniRecipe, ownProcess } from "../../test/mini-recipe.js";
import { runCli } from "../../test/run-cli.js";

const program = join(import.meta.dirname, "../../bin/pinmem.mjs");

function written(more: Parameters<typeof miniRecipe>[0] = {}): { file: string; out: string } {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-launch-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "recipe.json");
  const method = { name: "erm" } as const;
  writeFileSync(file, JSON.stringify(miniRecipe({ ...ownProcess, method, ...more })));
  return { file, out: join(folder, "run") };
}

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

  it.skipIf(!distributed.isAvailable())(
    "trains as two processes, and starts again after one was killed",
    async () => {
      const { file, out } = written({
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
