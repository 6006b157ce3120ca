import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { miniRecipe } from "../../test/mini-recipe.js";
import { runCli } from "../../test/run-cli.js";
import type { Ablation } from "../comparison/ablation-file.js";

let folder: string;
let recipe: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-ablate-"));
  recipe = join(folder, "recipe.json");
  const small = miniRecipe({ validation: { every: 2, preciseBatchNorm: 0 } });
  writeFileSync(
    recipe,
    JSON.stringify({ ...small, data: { ...small.data, crop: { width: 32, height: 32 } } }),
  );
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]) => runCli("ablate", ...words);

const out = () => join(folder, "out");
const ablation = (): Ablation => JSON.parse(readFileSync(join(out(), "ablation.json"), "utf8"));
const states = () => Object.fromEntries(ablation().cells.map(({ name, state }) => [name, state]));

describe("pinmem ablate", () => {
  it("is interrupted, goes on where it was, and does not train again what is done", async () => {
    const args = [recipe, "--studies", "gradient-order", "--steps", "2", "--out", out()];
    const stopping = run(...args);
    const second = join(out(), "runs", "gradient-order-second-304", "events.jsonl");
    const timer = setInterval(() => {
      if (!existsSync(second)) return;
      clearInterval(timer);
      process.emit("SIGINT");
    }, 5);
    const first = await stopping;
    expect(first.code).toBe(130);
    expect(first.err).toMatch(/1 of 2 runs are not done: give the same command again/);
    expect(states()).toEqual({ "base-304": "done", "gradient-order-second-304": "interrupted" });
    expect(first.out.trimEnd().split("\n")).toHaveLength(3);

    const weights = join(out(), "runs", "base-304", "last.safetensors");
    const before = statSync(weights).mtimeMs;
    const rest = await run(...args);
    expect(rest.code).toBe(0);
    expect(rest.err).toMatch(/\[1\/2\] base-304.*done already/);
    expect(rest.err).toMatch(/\[2\/2\] gradient-order-second-304.*continued/);
    expect(statSync(weights).mtimeMs).toBe(before);
    expect(states()).toEqual({ "base-304": "done", "gradient-order-second-304": "done" });
    expect(readdirSync(out()).sort()).toEqual(["ablation.html", "ablation.json", "ablation.md", "runs"]);
    const [cell] = ablation().cells;
    expect(cell?.scores?.domains.map(({ role }) => role)).toEqual(["source", "target"]);
    expect(rest.out).toContain(
      `first order (baseline) | 1 | ${((cell?.scores?.unseen ?? 0) * 100).toFixed(1)} |`,
    );

    const other = await run(...args, "--set", "maxGradientNorm=1");
    expect(other.code).toBe(1);
    expect(other.err).toMatch(
      /base-304 holds a run by another recipe: maxGradientNorm is null, not 1. Choose another --out/,
    );
  });

  it("scores finished runs with other statistics, without training or scoring them again", async () => {
    const args = [recipe, "--studies", "gradient-order", "--steps", "1", "--out", out()];
    await run(...args);
    const trained = ablation();
    const weights = join(out(), "runs", "base-304", "last.safetensors");
    const before = statSync(weights).mtimeMs;
    const { code, out: table } = await run(...args, "--normalize", "image:0.5");
    expect(code).toBe(0);
    expect(statSync(weights).mtimeMs).toBe(before);
    const mixed = ablation();
    expect(mixed.normalize).toEqual({ kind: "image", weight: 0.5 });
    expect(trained.normalize).toBeUndefined();
    for (const [at, { scores }] of mixed.cells.entries())
      expect(scores).not.toEqual(trained.cells[at]?.scores);
    const unseen = ((mixed.cells[0]?.scores?.unseen ?? 0) * 100).toFixed(1);
    expect(table).toContain(`first order (baseline) | 1 | ${unseen} |`);
    const evaluations = join(out(), "runs", "base-304", "evaluations");
    const [file = ""] = readdirSync(evaluations);
    const made = statSync(join(evaluations, file)).mtimeMs;
    await run(...args, "--normalize", "image:0.5");
    expect(readdirSync(evaluations)).toEqual([file]);
    expect(statSync(join(evaluations, file)).mtimeMs).toBe(made);
    const idle = await run(...args, "--normalize", "image:0.5", "--dry-run");
    expect(idle.err).toContain("--normalize has no effect");
  });

  it("goes on with the others where a run fails, and says which did", async () => {
    const blocked = join(out(), "runs", "gradient-order-second-304");
    const { RunFolder } = await import("../runs/run-folder.js");
    const unlock = new RunFolder(blocked).lock();
    const { code, err } = await run(recipe, "--studies", "gradient-order", "--steps", "1", "--out", out());
    unlock();
    expect(code).toBe(1);
    expect(states()).toEqual({ "base-304": "done", "gradient-order-second-304": "failed" });
    expect(err).toMatch(/gradient-order-second-304 failed: .* is being trained by process/);
  });

  it("lists the runs that it would make, and makes none", async () => {
    const args = ["--studies", "gradient-order,losses", "--seeds", "1,2", "--out", out(), "--dry-run"];
    const { out: text } = await run(recipe, ...args);
    expect(text.trimEnd().split("\n")).toHaveLength(12);
    expect(text).toMatch(/^base-1 {2}the recipe as it is\ngradient-order-second-1 {2}method\.order=second/);
    expect(existsSync(out())).toBe(false);
  });

  it.each([
    [["--seeds", "1,x"], 2, /whole numbers, 0 or more, with commas/],
    [["--which", "worst"], 2, /It must be best or last/],
    [["--studies", "loses"], 2, /did you mean "losses"/],
    [["--studies", ","], 2, /It must be a name/],
    [["--set", "seed"], 2, /Write it as path=value/],
    [["--set", "method=erm"], 1, /cannot be used/],
  ])("explains %j and exits with %i", async (args, code, message) => {
    const result = await run(recipe, ...args, "--out", out());
    expect(result.err).toMatch(message);
    expect(result.code).toBe(code);
  });
});
