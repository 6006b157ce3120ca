import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { liveTensors, manualSeed, nn, randint, randn } from "@pinmem/torch";
import { writeMemory } from "pinmem/adaptation";
import { streetsDataset } from "pinmem/data";
import { evaluateRun, protocol } from "pinmem/evaluation";
import { openRun } from "pinmem/training";
import { expect, test } from "vitest";
import { spreadEvenly } from "../../packages/pinmem/src/loading/check.js";
import { temporaryFolder } from "../../packages/pinmem/test/data-fixtures.js";
import { miniRecipe } from "../../packages/pinmem/test/mini-recipe.js";
import "../../packages/pinmem/test/tiny-backbone.js";
import { untrainedRun } from "../../packages/pinmem/test/untrained-run.js";
import { Cells } from "../lib/cells.js";
import { measureAdapted } from "./adapted.js";
import { choose, labeledOf } from "./choose.js";
import { parseStatistics } from "./encoded.js";
import { trainLastLayer } from "./last-layer.js";
import { measureLevers } from "./levers.js";
import type { Measured } from "./measured.js";

const root = temporaryFolder();
const place = streetsDataset({ domain: "night", count: 8, width: 48, height: 32 });
const { given, scored } = choose(place, { choice: 1, count: 4 });
const runOf = (method: "erm" | "pin-memory") =>
  untrainedRun(join(root, method), {
    recipe: miniRecipe({ model: { backbone: "tiny" }, method: { name: method } }),
  });

const options = { given, scored, shots: [0, 2], votes: [7], rates: [0.01], secondsFor: () => 0, choice: 1 };

/** The same scores by the ways of every other use. */
async function expected(
  run: string,
  { vote, written = false, weight = 0 }: { vote: number; written?: boolean; weight?: number },
) {
  const normalize = weight > 0 ? ({ kind: "image", weight } as const) : ({ kind: "trained" } as const);
  using opened = openRun(run, { form: "trained", normalize, vote });
  if (written) await writeMemory(opened, { ...given, samples: labeledOf(given.samples, 2) });
  const domains = [{ name: "night", dataset: scored, role: null }];
  const result = await evaluateRun(opened, { domains, protocol: protocol("whole", { normalize, vote }) });
  return result.domains[0]?.classIoU;
}

test.each([0, 0.3])("scores rows and votes as every other use does, own statistics x %d", async (weight) => {
  const run = runOf("pin-memory");
  const statistics = weight === 0 ? parseStatistics("trained") : parseStatistics(`image:${weight}`);
  const before = liveTensors();
  const levers = await measureLevers({ ...options, run, statistics });
  expect(liveTensors()).toBe(before);
  const of = (variant: string, setting: number | null) =>
    levers.find((one) => one.variant === variant && one.setting === setting)?.classIoU;
  expect(of("off", null)).toEqual(await expected(run, { vote: 0, weight }));
  expect(of("trained rows", 7)).toEqual(await expected(run, { vote: 7, weight }));
  expect(of("written rows", 7)).toEqual(await expected(run, { vote: 7, weight, written: true }));
  expect(of("written rows", 0)).toEqual(await expected(run, { vote: 0, weight, written: true }));
  expect(of("written rows", 7)).not.toEqual(of("trained rows", 7));
  expect(of("nearest mean", null)).toBeDefined();
  expect(levers.find(({ variant }) => variant === "last layer")).toMatchObject({
    shots: 2,
    steps: 1,
    pictures: 3,
  });
});

test("leaves a network without a memory as it is, and adapts it as the product does", async () => {
  const run = runOf("erm");
  const levers = await measureLevers({ ...options, run, statistics: { kind: "place", weight: 0 } });
  expect(levers.map(({ shots, variant, setting }) => [shots, variant, setting])).toEqual([
    [0, "off", null],
    [2, "last layer", 0.01],
    [2, "nearest mean", null],
    [2, "written rows", 7],
  ]);
  const adapted = await measureAdapted({ run, given, scored, shots: 2 });
  expect(adapted).toMatchObject({ variant: "adapt", shots: 2, pictures: 3 });
  expect(adapted.seconds).toBeGreaterThan(0);
});

test("trains the last layer towards its labels, and takes steps for as long as it may", () => {
  manualSeed(1);
  const last = new nn.Conv2d(6, 3, 1);
  const example = { seen: randn([1, 6, 4, 5]), label: randint(3, [1, 8, 10], { dtype: "int64" }) };
  const lossOf = (weight: typeof last.weight, bias: typeof last.weight) => {
    const logits = nn.F.interpolate(nn.F.conv2d(example.seen, weight, bias), {
      size: [8, 10],
      mode: "bilinear",
      alignCorners: true,
    });
    return nn.F.crossEntropy(logits, example.label).toNumber();
  };
  const before = lossOf(last.weight, last.bias as never);
  const trained = trainLastLayer(last, [example], { rate: 0.05, seconds: 0.2, seed: 0 });
  expect(trained.steps).toBeGreaterThan(3);
  expect(trained.seconds).toBeGreaterThanOrEqual(0.2);
  expect(lossOf(trained.weight as never, trained.bias as never)).toBeLessThan(before - 0.05);
  expect(lossOf(last.weight, last.bias as never)).toBe(before);
});

test("gives pictures that are not scored, more of them among fewer, and the same labels as adapting", () => {
  const files = streetsDataset({ domain: "night", count: 40, width: 48, height: 32 });
  const one = choose(files, { choice: 0, count: 16 });
  expect(one).toEqual(choose(files, { choice: 0, count: 16 }));
  expect(choose(files, { choice: 1, count: 16 }).given.samples).not.toEqual(one.given.samples);
  expect(one.scored.samples.filter((sample) => one.given.samples.includes(sample))).toEqual([]);
  for (const shots of [1, 2, 4, 8, 16]) {
    const labeled = labeledOf(one.given.samples, shots);
    expect(labeled).toEqual(spreadEvenly(one.given.samples, shots));
    expect(labeledOf(one.given.samples, 16)).toEqual(expect.arrayContaining([...labeled]));
  }
  expect(() => choose(files, { choice: 0, count: 30 })).toThrow(
    /has 40 pictures, of which 27 may be given, but 30 are to be/,
  );
});

test("does not measure again what is filed, and has all parts in one file", () => {
  const folder = join(root, "study");
  const cells = new Cells<Measured>(folder, "new-place.json");
  const measured = { shots: 1, variant: "off", meanIoU: 0.5 } as Measured;
  expect(cells.read("camvid:0001TP@all erm-1")).toBeNull();
  cells.write("camvid:0001TP@all erm-1", [measured]);
  cells.write("camvid:0001TP@all erm-2", [{ ...measured, shots: 2 }]);
  writeFileSync(join(folder, "cells/erm-3.json.tmp"), "[ half"); // of one that was killed
  expect(cells.read("camvid:0001TP@all erm-1")).toEqual([measured]);
  expect(cells.all().map(({ shots }) => shots)).toEqual([1, 2]);
  expect(existsSync(join(folder, "new-place.json"))).toBe(true);
});
