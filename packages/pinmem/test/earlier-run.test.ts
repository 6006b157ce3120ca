// A run that commit bbe9754 wrote, interrupted at step 4 of 6, still opens, evaluates and resumes. Its weights repeat a short
// pattern, so that the folder fits into a small file; that commit's own continuation and scores are what is expected.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { protocol, type TrainingEvent } from "@pinmem/core/formats";
import { setNumThreads } from "@pinmem/torch";
import { beforeAll, expect, test } from "vitest";
import { evaluateRun } from "../src/evaluation/evaluate-run.js";
import { openDomains } from "../src/evaluation/open-domains.js";
import { readResult } from "../src/evaluation/result-file.js";
import { loadRecipe } from "../src/recipes/load-recipe.js";
import { openRun } from "../src/runs/open-run.js";
import { RunFolder } from "../src/runs/run-folder.js";
import { train } from "../src/runs/train.js";
import { fixtureFile, readJson, temporaryFolder } from "./data-fixtures.js";
import { full } from "./scope.js";

let folder: string;
const root = temporaryFolder();

beforeAll(() => {
  setNumThreads(1);
  const archive = brotliDecompressSync(readFileSync(join(fixtureFile("."), "../run-0.1.0.tar.br")));
  const { status, stderr } = spawnSync("tar", ["-x", "-C", root], { input: archive, maxBuffer: 2 ** 28 });
  expect(status, String(stderr)).toBe(0);
  folder = join(root, "run");
});

/** Other processors add up in another order, in single precision. */
const near = (value: unknown): unknown => {
  if (typeof value === "number" && !Number.isInteger(value)) return expect.closeTo(value, 2);
  if (Array.isArray(value)) return value.map(near);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, near(one)]));
};

test("opens and evaluates to the scores of then", async () => {
  const [name = ""] = readdirSync(join(folder, "evaluations"));
  const before = readResult(join(folder, "evaluations", name));
  using run = openRun(folder);
  expect([run.recipe.name, run.step, run.score]).toEqual([
    before.run.name,
    before.run.step,
    before.run.score,
  ]);
  const domains = await openDomains(["streets:night"], run, { limit: 2 });
  const now = await evaluateRun(run, { protocol: protocol("whole"), domains });
  expect(now.domains[0]?.meanIoU).toBeCloseTo(before.domains[0]?.meanIoU as number, 3);
  expect(now.domains[0]?.images).toBe(2);
});

test.runIf(full)("resumes with the losses of then", async () => {
  const expected = readJson<(TrainingEvent & { gradientNorm?: number })[]>("run-0.1.0.json");
  const events: TrainingEvent[] = [];
  const recipe = await loadRecipe(new RunFolder(folder).recipe);
  await train(recipe, {
    folder,
    resume: true,
    events: [{ write: (event) => void events.push(event), flush: () => {}, close: () => {} }],
  });
  const comparable = events.flatMap((event): object[] => {
    if (event.event === "step") {
      const { timing: _, gradientNorm: __, ...rest } = event;
      return [rest];
    }
    return event.event === "evaluation" ? [event] : [];
  });
  expect(comparable).toEqual(near(expected.map(({ gradientNorm: _, ...event }) => event)));
});
