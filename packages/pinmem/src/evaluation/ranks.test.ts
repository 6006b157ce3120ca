// Evaluations by several processes find exactly what one finds.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { protocol } from "@pinmem/core/formats";
import { distributed } from "@pinmem/torch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { miniRecipe } from "../../test/mini-recipe.js";
import { asRanks } from "../../test/ranks.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { type OpenRun, openRun } from "../runs/open-run.js";
import { train } from "../runs/train.js";
import { EvaluationInterrupted, evaluateRun } from "./evaluate-run.js";
import type { EvaluateRunOptions } from "./evaluate-run-options.js";
import { removeProgress } from "./saved-progress.js";

let root: string;
let run: OpenRun;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pinmem-evaluate-ranks-"));
  await train(miniRecipe({ length: { steps: 1 }, validation: { every: 9, preciseBatchNorm: 0 } }), {
    folder: join(root, "run"),
  });
  run = openRun(join(root, "run"));
});
afterAll(() => {
  run[Symbol.dispose]();
  rmSync(root, { recursive: true });
});

const streets = (domain: string, count: number) => ({
  name: domain,
  dataset: streetsDataset({ domain, count, seed: 5, width: 48, height: 32 }),
  role: null,
});
const options: EvaluateRunOptions = {
  protocol: protocol("whole"),
  // The second has nothing for a third rank, the first not as much for it.
  domains: [streets("night", 5), streets("fog", 2)],
  dilation: 0.02,
  cohesion: true,
};

describe.skipIf(!distributed.isAvailable())("an evaluation by several processes", () => {
  it("finds the same counts as one, bit by bit, on all of them", async () => {
    const whole = await evaluateRun(run, options);
    for (const size of [2, 3]) {
      const last: number[] = [];
      const results = await asRanks(size, (world) =>
        evaluateRun(run, {
          ...options,
          world,
          ...(world.rank === 0 && { onProgress: ({ done, total }) => last.splice(0, 2, done, total) }),
        }),
      );
      for (const { domains, shard } of results)
        expect({ domains, shard }).toEqual({ domains: whole.domains, shard: null });
      expect(last).toEqual([7, 7]);
    }
  });

  it("shares a shard of it", async () => {
    const shard = { index: 2, of: 2 };
    const whole = await evaluateRun(run, { ...options, shard });
    const [result] = await asRanks(2, (world) => evaluateRun(run, { ...options, shard, world }));
    expect(result?.domains).toEqual(whole.domains);
    expect(result?.shard).toEqual(shard);
  });

  it("stops on all ranks where one is asked to, and goes on where it was", async () => {
    const progressFile = join(root, "shared.progress");
    const ends = await asRanks(2, (world) =>
      evaluateRun(run, {
        ...options,
        progressFile,
        world,
        ...(world.rank === 1 && { signal: AbortSignal.abort() }),
      }).catch((error: unknown) => error),
    );
    for (const end of ends) expect(end).toBeInstanceOf(EvaluationInterrupted);
    const files = [0, 1].map((rank) => join(root, `shared-rank-${rank}-of-2.progress`));
    expect(files.map(existsSync)).toEqual([true, true]);
    const begun: number[] = [];
    const results = await asRanks(2, async (world) => {
      const result = await evaluateRun(run, {
        ...options,
        progressFile,
        world,
        ...(world.rank === 0 && { onProgress: ({ done, here }) => begun.push(done - here) }),
      });
      removeProgress(progressFile, world);
      return result;
    });
    expect(results[0]?.domains).toEqual((await evaluateRun(run, options)).domains);
    expect(begun[0]).toBeGreaterThan(0);
    expect(files.map(existsSync)).toEqual([false, false]);
  });

  it("is refused where ranks would not do the same, and ends everywhere where one fails", async () => {
    const told = await asRanks(2, (world) =>
      evaluateRun(run, { ...options, batch: 1 + world.rank, world }).catch((error: Error) => error.message),
    );
    for (const message of told)
      expect(message).toMatch(/not alike in what they evaluate[\s\S]*"batch":1.*on rank 0/);
    const failed = await asRanks(2, (world) =>
      evaluateRun(run, {
        ...options,
        world,
        // The disk of rank 1 is a file.
        saveEvery: 0,
        progressFile: world.rank === 1 ? join(root, "run/recipe.json/a.progress") : null,
      }).catch(async (error: Error) => {
        await world.fail(error.message);
        return error.message;
      }),
    );
    expect(failed[1]).toMatch(/ENOTDIR|not a directory|folder/i);
    expect(failed[0]).toContain(failed[1]);
  });
});
