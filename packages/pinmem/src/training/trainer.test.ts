import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StepEvent, TrainingEvent } from "@pinmem/core/formats";
import {
  liveTensors,
  loadSafetensors,
  manualSeed,
  noGrad,
  scope,
  scalarTensor as tensorOf,
} from "@pinmem/torch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collectGarbage } from "../../test/collect-garbage.js";
import type { TinyNetwork } from "../../test/tiny-network.js";
import { MadeUpData, prepare, tinyRun } from "../../test/tiny-run.js";
import type { Batch } from "../loading/loader.js";
import { CheckpointStore } from "./checkpoints/checkpoint-store.js";
import { Erm } from "./methods/erm.js";
import { phases } from "./methods/phase.js";
import type { TrainerHook } from "./trainer.js";
import { TrainingError } from "./training-error.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-trainer-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const values = (network: TinyNetwork) =>
  [...network.stateDict()].map(([name, tensor]) => [name, tensor.toArray()]);

/** Events without what depends on the clock, and without starts and ends. */
const timeless = (events: readonly TrainingEvent[]) =>
  events
    .filter(({ event }) => event !== "start" && event !== "end")
    .map((event) => ("timing" in event ? { ...event, timing: null } : event));

const stepsOf = (events: readonly TrainingEvent[]): StepEvent[] =>
  events.filter((event): event is StepEvent => event.event === "step");

describe("Trainer", () => {
  it("trains: losses fall, and the events tell of every step", async () => {
    const { trainer, events } = tinyRun({ steps: 60 });
    const result = await trainer.run();
    expect(result).toEqual({ step: 60, reason: "finished", best: null });
    expect(events.at(0)).toEqual({ event: "start", step: 0, steps: 60, name: "tiny" });
    expect(events.at(-1)).toEqual({ event: "end", step: 60, reason: "finished" });
    const steps = stepsOf(events);
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
    const mean = (from: number, to: number) =>
      steps.slice(from, to).reduce((sum, { losses }) => sum + (losses["meta-test"]?.segmentation ?? 0), 0) /
      (to - from);
    expect(mean(50, 60)).toBeLessThan(0.7 * mean(0, 10));
    expect(Object.keys(steps[0]?.losses ?? {})).toEqual(["meta-train", "meta-test"]);
    expect(Object.keys(steps[0]?.losses["meta-train"] ?? {})).toEqual([
      "segmentation",
      "auxiliary",
      "cohesion",
      "divergence",
      "classification",
      "total",
    ]);
    expect(new Set(steps.flatMap(({ metaTest }) => metaTest))).toEqual(new Set(["north", "south"]));
    expect(steps[8]?.epoch).toBe(1);
  });

  it("is a function of the seed", async () => {
    const run = async () => {
      const { trainer, events, network } = tinyRun({ steps: 5 });
      await trainer.run();
      return [timeless(events), values(network)];
    };
    expect(await run()).toEqual(await run());
  });

  it("keeps the number of live tensors constant", async () => {
    await collectGarbage(); // of the tests before
    const { trainer } = tinyRun({
      steps: 8,
      hooks: [{ before: async (done) => void live.push(done >= 2 ? liveTensors() : 0) }],
    });
    const live: number[] = [];
    await trainer.run();
    expect(new Set(live.slice(2)).size).toBe(1);
  });

  it.each([
    ["", 0],
    [", with votes of a learned weight", { learned: 3 }],
  ])("that was interrupted continues as if it had not been, bit by bit%s", async (_, vote) => {
    const phase = phases({ every: 2, from: 0.25 }, 12);
    const whole = tinyRun({ steps: 12, vote, phase });
    await whole.trainer.run();

    const first = tinyRun({
      steps: 12,
      folder,
      vote,
      phase,
      every: 100,
      hooks: [{ before: async (done) => (done === 5 ? first.trainer.interrupt() : undefined) }],
    });
    expect(await first.trainer.run()).toMatchObject({ reason: "interrupted", step: 6 });
    const second = tinyRun({ steps: 12, folder, vote, phase, every: 100 });
    noGrad(() => {
      for (const parameter of second.network.parameters()) parameter.fill_(7);
    });
    manualSeed(1234);
    expect(second.trainer.resume()).toMatchObject({ skipped: [] });
    expect(await second.trainer.run()).toMatchObject({ reason: "finished", step: 12 });

    expect(values(second.network)).toEqual(values(whole.network));
    expect(timeless([...first.events, ...second.events])).toEqual(timeless(whole.events));
    const passes = stepsOf(whole.events).map(({ losses, metaTest }) => [
      Object.keys(losses)[0],
      metaTest?.length,
    ]);
    expect(passes.slice(0, 5)).toEqual([...Array(3).fill(["train", 0]), ["meta-train", 1], ["train", 0]]);
    const weight = whole.network.memory?.voteWeight as number;
    if (vote === 0) expect(weight).toBe(0);
    else expect(Math.abs(weight - 3)).toBeGreaterThan(1e-5);
  });

  it("resumes from nothing as null", () => {
    expect(tinyRun({ folder }).trainer.resume()).toBeNull();
  });

  it("refuses to go on with data of another length", async () => {
    await tinyRun({ folder, steps: 8 }).trainer.run();
    class Shorter extends MadeUpData {
      override readonly batchesPerEpoch = 3;
    }
    const { trainer } = tinyRun({ folder, steps: 12, data: new Shorter() });
    expect(() => trainer.resume()).toThrow(/before batch 1 of epoch 1.*batch 2 of epoch 2/s);
  });

  it("saves and restores what hooks keep", async () => {
    const restored: number[] = [];
    const counter = (): TrainerHook => {
      let count = 0;
      return {
        before: async () => void count++,
        tensors: () => new Map([["counter", scope(() => noGrad(() => tensorOf(count)))]]),
        restore: (tensors) => {
          count = tensors.get("counter")?.toNumber() ?? Number.NaN;
          restored.push(count);
        },
      };
    };
    await tinyRun({ folder, steps: 8, hooks: [counter()] }).trainer.run();
    tinyRun({ folder, steps: 8, hooks: [counter()] }).trainer.resume();
    expect(restored).toEqual([8]);
  });

  it("evaluates in between and at the end, and remembers the best score", async () => {
    const evaluated: number[] = [];
    const scores = new Map([
      [4, 0.2],
      [8, 0.6],
      [10, 0.4],
    ]);
    const validation = {
      every: 4,
      run: async (step: number) => {
        evaluated.push(step);
        return scores.get(step) ?? null;
      },
    };
    const { trainer } = tinyRun({ steps: 10, validation, folder });
    expect((await trainer.run()).best).toEqual({ step: 8, score: 0.6 });
    expect(evaluated).toEqual([4, 8, 10]);
    const again = tinyRun({ steps: 10, folder });
    again.trainer.resume();
    expect(again.trainer.best).toEqual({ step: 8, score: 0.6 });
  });

  it("saves before it validates; a validation that was stopped is done when the run goes on, and changes nothing", async () => {
    const seen: [step: number, saved: number | undefined][] = [];
    let stopAt = 10;
    const make = (steps: number, to = folder) => {
      const validation = {
        every: 5,
        run: async (step: number, _: unknown, __: unknown, signal: AbortSignal) => {
          seen.push([step, new CheckpointStore(`${to}/checkpoints`).steps().at(-1)]);
          if (step === stopAt) run.trainer.interrupt();
          signal.throwIfAborted();
          return step / 100;
        },
      };
      const run = tinyRun({ steps, validation, folder: to, every: 10 });
      return run;
    };
    const first = make(20);
    expect(await first.trainer.run()).toMatchObject({ reason: "interrupted", step: 10, best: { step: 5 } });
    stopAt = 20;
    const second = make(20);
    second.trainer.resume();
    expect(await second.trainer.run()).toMatchObject({ reason: "interrupted", step: 20, best: { step: 15 } });
    stopAt = -1;
    const third = make(20);
    third.trainer.resume();
    expect(await third.trainer.run()).toMatchObject({ reason: "finished", step: 20, best: { step: 20 } });
    expect(seen.map(([step]) => step)).toEqual([5, 10, 10, 15, 20, 20]);
    expect(seen.filter(([step]) => step % 10 === 0).every(([step, saved]) => step === saved)).toBe(true);

    const fourth = make(20);
    fourth.trainer.resume();
    expect(fourth.trainer.best).toEqual({ step: 20, score: 0.2 });
    const other = mkdtempSync(join(tmpdir(), "pinmem-trainer-"));
    const whole = make(20, other);
    await whole.trainer.run();
    rmSync(other, { recursive: true });
    expect(values(third.network)).toEqual(values(whole.network));
  });

  it("stops while a hook works, and calls it again when the run goes on", async () => {
    const calls: number[] = [];
    const make = (stop: boolean) => {
      const hook: TrainerHook = {
        before: async (done, signal) => {
          if (done !== 2) return;
          calls.push(done);
          if (stop) run.trainer.interrupt();
          signal.throwIfAborted();
        },
      };
      const run = tinyRun({ folder, steps: 3, hooks: [hook] });
      return run.trainer;
    };
    expect(await make(true).run()).toMatchObject({ reason: "interrupted", step: 2 });
    const again = make(false);
    again.resume();
    expect(await again.run()).toMatchObject({ reason: "finished" });
    expect(calls).toEqual([2, 2]);
  });

  it("saves a checkpoint when it is asked to, and goes on", async () => {
    let asked = true;
    const saveNow = () => {
      const was = asked;
      asked = false;
      return was;
    };
    const store = new CheckpointStore(`${folder}/checkpoints`);
    await tinyRun({ folder, steps: 3, every: 100, saveNow }).trainer.run();
    expect(store.steps()).toEqual([1, 3]);
  });

  it("makes one step of several episodes", async () => {
    const { trainer, events } = tinyRun({ steps: 3, accumulation: 2 });
    await trainer.run();
    expect(stepsOf(events)).toHaveLength(3);
    expect(stepsOf(events).map(({ timing }) => timing.imagesPerSecond > 0)).toEqual([true, true, true]);
  });

  it("limits the gradient where it is asked to", async () => {
    const movement = async (maxGradientNorm: number | null) => {
      const { trainer, network, events } = tinyRun({
        steps: 1,
        maxGradientNorm,
        method: (context) => new Erm(context),
        learningRate: () => 1,
      });
      const flat = () =>
        network.parameters().flatMap((parameter) => [...(parameter.toTypedArray() as Float32Array)]);
      const before = flat();
      await trainer.run();
      const moved = Math.hypot(...flat().map((value, at) => value - (before[at] as number)));
      return { moved, norm: stepsOf(events)[0]?.gradientNorm ?? 0 };
    };
    const free = await movement(null);
    expect(free.moved).toBeCloseTo(free.norm, 4);
    const limited = await movement(free.norm / 10);
    expect(limited.norm).toBeCloseTo(free.norm, 10);
    expect(limited.moved).toBeCloseTo(free.norm / 10, 4);
  });

  it("stops where a loss is not a number, naming step, term and files, and leaves a diagnostic", async () => {
    const poisoned = (batch: Batch, split: Parameters<typeof prepare>[1]) => {
      const episode = prepare(batch, split);
      if (batch.index < 2) return episode;
      const { image, label } = episode.metaTrain;
      return { ...episode, metaTrain: { image: image.div(0), label } };
    };
    const { trainer } = tinyRun({ folder, prepare: poisoned, method: (context) => new Erm(context) });
    const error = await trainer.run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TrainingError);
    const { step, problem, files, diagnostic } = (error as TrainingError).facts;
    expect(step).toBe(3);
    expect(problem).toBe("the segmentation loss of the train pass is NaN");
    expect(files).toEqual(["north/2.png", "north/2.png", "south/2.png", "south/2.png"]);
    expect((error as Error).message).toContain("training stopped at step 3");
    const report = JSON.parse(readFileSync(diagnostic as string, "utf8"));
    expect(report).toMatchObject({ step: 3, files, notFinite: { parameters: [] } });
    expect(report.notFinite.buffers).toContain("shallow.norm.running_mean");
    expect(report.notFinite.gradients).toContain("shallow.conv.weight");
    const { tensors } = loadSafetensors(report.tensors);
    expect([...tensors.keys()].sort()).toEqual([
      "episode0.metaTrain.image",
      "episode0.metaTrain.label",
      "memory",
    ]);
  });

  it("names the files also where the memory notices first", async () => {
    const poisoned = (batch: Batch, split: Parameters<typeof prepare>[1]) => {
      const episode = prepare(batch, split);
      return {
        ...episode,
        metaTrain: { ...episode.metaTrain, image: episode.metaTrain.image.mul(Number.NaN) },
      };
    };
    const { trainer } = tinyRun({ folder, prepare: poisoned });
    await expect(trainer.run()).rejects.toThrow(/step 1: .*NaN or infinite.*north\/0\.png/s);
  });

  it("refuses one domain where the method needs two, and impossible numbers", () => {
    expect(() => tinyRun({ data: new MadeUpData(["alone"]) })).toThrow(
      /pin-memory needs at least two source domains, got 1 \(alone\)\. Add another source/,
    );
    expect(() => tinyRun({ accumulation: 0 })).toThrow(/accumulation is 0/);
  });
});
