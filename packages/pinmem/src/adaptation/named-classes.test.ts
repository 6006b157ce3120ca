import { join } from "node:path";
import { renderStreet } from "@pinmem/streets";
import { noGrad } from "@pinmem/torch";
import { beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import "../../test/tiny-backbone.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { untrainedRun } from "../../test/untrained-run.js";
import type { Dataset } from "../datasets/dataset.js";
import { writeLabelPng, writeRgbPng } from "../images/write-png.js";
import type { BackboneNetwork } from "../models/backbone-network.js";
import type { CompleteAdaptOptions } from "../runs/adapt-options.js";
import { openPlace } from "../runs/open-place.js";
import { type OpenRun, openRun } from "../runs/open-run.js";
import { namedClasses } from "./named-classes.js";
import { planFor } from "./plan.js";

const root = temporaryFolder();
const run = join(root, "run");
const [width, height] = [64, 32];
const ROAD = 0;
let absent = 0;

beforeAll(async () => {
  untrainedRun(run, { recipe: miniRecipe({ model: { backbone: "tiny" } }) });
  const { image, label } = renderStreet({ domain: "night", seed: 0, index: 0, width, height });
  await writeRgbPng(join(root, "images/0.png"), { width, height, pixels: image });
  absent = Array.from({ length: 19 }, (_, id) => id).find((id) => !label.includes(id)) as number;
  for (const [name, labels] of [
    ["whole", label],
    ["road", label.map((id) => (id === ROAD ? id : 255))],
    ["rest", label.map((id) => (id === ROAD ? 255 : id))],
  ] as const)
    await writeLabelPng(join(root, name, "0.png"), { width, height, labels });
});

/** The network, which sees nothing but one class. */
function seeing(id: number) {
  const opened = openRun(run, { form: "trained" });
  noGrad(() => (opened.network as BackboneNetwork).classifier.bias?.select(0, id).fill_(1e4));
  return opened;
}

async function labeledBy(labels: string, { space }: OpenRun): Promise<Dataset> {
  const place = { images: join(root, "images"), labels: join(root, labels), shots: 1, limit: 1 };
  const { labeled } = await openPlace(place as CompleteAdaptOptions, { space, crop: { width, height } });
  return labeled as Dataset;
}

it("asks whether labels leave pixels open that a network sees as a class which none of them names", async () => {
  const found = async (id: number, labels: string) => {
    using opened = seeing(id);
    return await namedClasses(opened.network, await labeledBy(labels, opened));
  };
  expect(await found(ROAD, "road")).toEqual({ named: new Set([ROAD]), covers: true });
  expect(await found(absent, "road")).toEqual({ named: new Set([ROAD]), covers: false });
  expect((await found(ROAD, "rest")).covers).toBe(false);
  expect((await found(absent, "rest")).covers).toBe(false);
  // What is labeled is known, whatever the network makes of it.
  expect((await found(absent, "whole")).covers).toBe(true);
});

it("fits one picture's labels alone where they speak for all of it, and with what is seen of other classes where not", async () => {
  const plan = async (id: number) => {
    using opened = seeing(id);
    return await planFor(opened.network, {
      labeled: await labeledBy("road", opened),
      statistics: null,
      weight: "auto",
      own: "auto",
      ownBefore: 0,
      weightWithoutLabels: null,
      tellMoreWithOwn: () => Promise.resolve(false),
      vote: "auto",
      classifier: "auto",
      logits: { frequencies: null, weights: [0], note: null },
      momentum: 0,
    });
  };
  const fit = { rows: "trained", classifier: 1 };
  expect(await plan(ROAD)).toMatchObject({ ...fit, named: null });
  const { notes, ...some } = await plan(absent);
  expect(some).toMatchObject({ ...fit, named: new Set([ROAD]) });
  expect(notes.join()).toMatch(/what it sees of the others stands for them/);
});
