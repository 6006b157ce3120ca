// N ranks that share the episodes of a step are one process that has all of them: parameters, memory, running statistics and events
// are equal to rounding, and bit by bit between ranks.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StepEvent, TrainingEvent } from "@pinmem/core/formats";
import { distributed } from "@pinmem/torch";
import { describe, expect, it, onTestFinished } from "vitest";
import { asRanks } from "../../test/ranks.js";
import type { TinyNetwork } from "../../test/tiny-network.js";
import { tinyRun } from "../../test/tiny-run.js";
import type { GradientCompression } from "../processes/gradient-compression.js";
import { CheckpointStore } from "./checkpoints/checkpoint-store.js";
import { Erm } from "./methods/erm.js";
import { MemoryErm } from "./methods/memory-erm.js";
import type { Method } from "./methods/method.js";
import { Mldg } from "./methods/mldg.js";
import { phases } from "./methods/phase.js";
import { PinMemory } from "./methods/pin-memory.js";
import type { PassContext } from "./methods/training-pass.js";

const valuesOf = (network: TinyNetwork): Map<string, number[]> =>
  new Map(
    [...network.stateDict()].map(([name, tensor]) => [
      name,
      Array.from(tensor.to("float64").toTypedArray(), Number),
    ]),
  );

function largestDifference(a: Map<string, number[]>, b: Map<string, number[]>): number {
  expect([...b.keys()]).toEqual([...a.keys()]);
  return Math.max(
    ...[...a].flatMap(([name, values]) =>
      values.map((value, at) => Math.abs(value - (b.get(name)?.[at] as number))),
    ),
  );
}

const stepsOf = (events: readonly TrainingEvent[]): StepEvent[] =>
  events.filter((event): event is StepEvent => event.event === "step");

const common = { noisePerTurn: true, maxGradientNorm: 0.5 } as const;
const methods: Record<string, (context: PassContext) => Method> = {
  erm: (context) => new Erm(context),
  "memory-erm": (context) => new MemoryErm(context),
  "mldg, first order": (context) => new Mldg(context),
  "mldg, second order, statistics of both": (context) =>
    new Mldg(context, { order: "second", statistics: "both" }),
  "pin-memory, first order": (context) => new PinMemory(context),
  "pin-memory, second order": (context) => new PinMemory(context, { order: "second" }),
};

describe.skipIf(!distributed.isAvailable())("ranks that train together", () => {
  it.each(Object.entries(methods))("are one process: %s", async (name, method) => {
    for (const ranks of name === "pin-memory, first order" ? [2, 3] : [2]) {
      // Which two ranks share unevenly.
      const options = { ...common, method, accumulation: 3, steps: 3 };
      const whole = tinyRun(options);
      await whole.trainer.run();
      const expected = valuesOf(whole.network);
      const results = await asRanks(ranks, async (world) => {
        const { trainer, network, events } = tinyRun({ ...options, world });
        expect(await trainer.run()).toMatchObject({ reason: "finished", step: 3 });
        return { values: valuesOf(network), steps: stepsOf(events) };
      });
      for (const { values, steps } of results) {
        expect(values).toEqual(results[0]?.values);
        expect(largestDifference(expected, values)).toBeLessThan(1e-5);
        for (const [at, step] of steps.entries()) {
          const { losses, gradientNorm, epoch, metaTest } = stepsOf(whole.events)[at] as StepEvent;
          expect([step.epoch, step.metaTest]).toEqual([epoch, metaTest]);
          expect(step.gradientNorm).toBeCloseTo(gradientNorm, 4);
          for (const [pass, terms] of Object.entries(losses))
            expect(step.losses[pass]?.total).toBeCloseTo(terms.total, 4);
        }
      }
    }
  });

  it("differ by the rounding of gradients alone where those travel as bfloat16, and not from each other", async () => {
    const options = { ...common, method: methods.erm as (context: PassContext) => Method, accumulation: 3 };
    const trained = (steps: number, gradientCompression: GradientCompression) =>
      asRanks(3, async (world) => {
        const { trainer, network, events } = tinyRun({ ...options, steps, world, gradientCompression });
        await trainer.run();
        const buffers = new Set([...network.namedBuffers()].map(([name]) => name));
        return { values: valuesOf(network), steps: stepsOf(events), buffers };
      });
    const [exact] = await trained(1, "none");
    const [compressed] = await trained(1, "bfloat16");
    if (!exact || !compressed) throw new Error("no ranks");
    // Of the first step the same losses and running statistics; its gradient is rounded, to 8 bits.
    expect(compressed.steps[0]?.losses).toEqual(exact.steps[0]?.losses);
    const norms = [compressed, exact].map(({ steps }) => steps[0]?.gradientNorm as number);
    expect(norms[0]).not.toBe(norms[1]);
    expect((norms[0] as number) / (norms[1] as number)).toBeCloseTo(1, 2);
    const changed = [...exact.values].filter(
      ([name, values]) => JSON.stringify(values) !== JSON.stringify(compressed.values.get(name)),
    );
    expect(changed.length).toBeGreaterThan(0);
    for (const [name] of changed) expect(exact.buffers.has(name)).toBe(false);

    const ranks = await trained(3, "bfloat16");
    for (const { values, steps } of ranks) {
      expect(values).toEqual(ranks[0]?.values);
      expect(steps.map(({ losses }) => losses)).toEqual(ranks[0]?.steps.map(({ losses }) => losses));
    }

    const alone = tinyRun({ ...options, steps: 2, gradientCompression: "bfloat16" });
    await alone.trainer.run();
    const plain = tinyRun({ ...options, steps: 2 });
    await plain.trainer.run();
    expect(valuesOf(alone.network)).toEqual(valuesOf(plain.network));
  });

  it("go on as another number of ranks, without repeating or losing an episode", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pinmem-ranks-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const phase = phases({ every: 2, from: 0.25 }, 6);
    const options = { ...common, accumulation: 3, steps: 6, phase };
    const whole = tinyRun(options);
    await whole.trainer.run();

    const legs: [ranks: number, until: number][] = [
      [2, 2],
      [3, 4],
      [1, 6],
    ];
    let last: Map<string, number[]> = new Map();
    for (const [ranks, until] of legs) {
      const results = await asRanks(ranks, async (world) => {
        const { trainer, network } = tinyRun({
          ...options,
          world,
          ...(world.rank === 0 && { folder, every: 100 }),
          hooks: [
            { before: async (done) => void (done === until - 1 && world.rank === 0 && trainer.interrupt()) },
          ],
        });
        // As if each had its own copy of the newest checkpoint.
        const found = new CheckpointStore(`${folder}/checkpoints`).latest();
        if (found) trainer.resume(found);
        expect(await trainer.run()).toMatchObject({ step: until });
        return valuesOf(network);
      });
      for (const values of results) expect(values).toEqual(results[0]);
      last = results[0] as Map<string, number[]>;
    }
    expect(largestDifference(valuesOf(whole.network), last)).toBeLessThan(2e-5);
  });

  it("tell all of them what goes wrong on one", async () => {
    const results = await asRanks(2, async (world) => {
      const { trainer } = tinyRun({
        ...common,
        world,
        accumulation: 2,
        hooks: [
          {
            before: async (done) => {
              if (done === 1 && world.rank === 1) throw new Error("the disk is full");
            },
          },
        ],
      });
      return trainer.run().then(
        () => "trained",
        async (error: Error) => {
          await world.fail(error.message);
          return error.message;
        },
      );
    });
    expect(results[1]).toBe("the disk is full");
    expect(results[0]).toMatch(/on rank 0 of 2: [\s\S]*rank 1: the disk is full/);
  });

  it("are refused where a step has fewer episodes than there are ranks", async () => {
    await asRanks(2, async (world) => {
      expect(() => tinyRun({ world, accumulation: 1 })).toThrow(/1 episode cannot be shared by 2 processes/);
    });
  });
});
