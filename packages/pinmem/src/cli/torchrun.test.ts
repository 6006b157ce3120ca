// The real torchrun, where there is one that works: on the PATH, or named by TORCHRUN. Its libtorch may be another than ours.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { distributed } from "@pinmem/torch";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe, ownProcess } from "../../test/mini-recipe.js";
import { full } from "../../test/scope.js";

const program = join(import.meta.dirname, "../../bin/pinmem.mjs");
const torchrun = (...words: string[]) =>
  spawnSync(process.env.TORCHRUN ?? "torchrun", ["--nproc_per_node", "2", "--no_python", ...words], {
    encoding: "utf8",
    env: { ...process.env, OMP_NUM_THREADS: "1" },
    timeout: 100_000,
  });
const works = () => torchrun("true").status === 0;

it.skipIf(!full || !distributed.isAvailable() || !works())(
  "torchrun starts a training as two processes",
  () => {
    const folder = temporaryFolder();
    const [file, out] = [join(folder, "recipe.json"), join(folder, "run")];
    const recipe = miniRecipe({
      ...ownProcess,
      method: { name: "erm" },
      length: { steps: 1 },
      validation: { every: 9, preciseBatchNorm: 0 },
    });
    writeFileSync(file, JSON.stringify(recipe));
    const { status, stderr } = torchrun(process.execPath, program, "train", file, "--out", out);
    expect(stderr).not.toMatch(/Error/);
    expect(status).toBe(0);
    expect(JSON.parse(readFileSync(join(out, "recipe.json"), "utf8"))).toMatchObject({ accumulation: 2 });
    expect(existsSync(join(out, "last.safetensors"))).toBe(true);
  },
  120_000,
);
