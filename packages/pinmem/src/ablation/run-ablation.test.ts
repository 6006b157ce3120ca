// Ablations by several processes: each cell once, by one of them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { distributed } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { asRanks } from "../../test/ranks.js";
import { full } from "../../test/scope.js";
import type { Ablation } from "../comparison/ablation-file.js";
import { planAblation } from "./plan.js";
import { runAblation } from "./run-ablation.js";

const root = temporaryFolder();

const base = miniRecipe({
  method: { name: "erm" },
  length: { steps: 1 },
  validation: { every: 2, preciseBatchNorm: 0 },
});

describe.skipIf(!distributed.isAvailable())("an ablation by several processes", () => {
  it.runIf(full)(
    "trains each cell once, alone, with its recipe as it is; all know how all went",
    async () => {
      const plan = planAblation(base, { studies: ["framework"], seeds: [1] });
      expect(plan.cells.length).toBeGreaterThan(2);
      const folder = join(root, "out");
      const taken: string[][] = [[], []];
      const all = await asRanks(2, (world) =>
        runAblation(base, plan, { folder, world, onCell: ({ name }) => taken[world.rank]?.push(name) }),
      );
      const names = plan.cells.map(({ name }) => name);
      expect(taken.flat().sort()).toEqual([...names].sort());
      for (const one of taken) expect(one.length).toBeGreaterThan(0);
      const written = JSON.parse(readFileSync(join(folder, "ablation.json"), "utf8")) as Ablation;
      for (const { cells } of [written, ...all]) {
        expect(cells.map(({ name, state }) => [name, state])).toEqual(names.map((name) => [name, "done"]));
        for (const { scores } of cells) expect(scores?.unseen).toBeGreaterThanOrEqual(0);
      }
      const stored = JSON.parse(
        readFileSync(join(folder, "runs", names[0] as string, "recipe.json"), "utf8"),
      );
      expect(stored).toMatchObject({ accumulation: 1, noise: "stream", device: "cpu" });
    },
  );

  it("is refused where the processes would not do the same", async () => {
    const problems = await asRanks(2, (world) =>
      runAblation(base, planAblation(base, { studies: ["framework"], seeds: [world.rank] }), {
        folder: join(root, "other"),
        world,
      }).catch((error: Error) => error.message),
    );
    for (const problem of problems) expect(problem).toMatch(/not alike in what they try out[\s\S]*cells: /);
  });
});
