// The cohesion loss of an evaluation is that of training, of the network that predicts.

import { join } from "node:path";
import { protocol } from "@pinmem/core/formats";
import { noGrad, scope } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { calibrateAs } from "../../test/calibrated-run.js";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { TINY } from "../../test/tiny-backbone.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { evaluationImages } from "../loading/evaluation-loader.js";
import { imageTensors } from "../loading/image-tensors.js";
import { cohesionLoss } from "../losses/memory.js";
import { type OpenRunOptions, openRun } from "../runs/open-run.js";
import { evaluateRun } from "./evaluate-run.js";

const root = temporaryFolder();
let made = 0;
const dataset = streetsDataset({ domain: "night", count: 1, seed: 5, width: 96, height: 48 });

async function cohesionOf(
  path: string,
  normalize: Exclude<OpenRunOptions["normalize"], undefined> = { kind: "trained" },
) {
  using run = openRun(path, { normalize });
  const { domains } = await evaluateRun(run, {
    protocol: protocol("whole", { normalize }),
    domains: [{ name: "night", dataset, role: null }],
    cohesion: true,
  });
  return domains[0]?.cohesionLoss as number;
}

describe("the cohesion loss of an evaluation", () => {
  it("counts classes alike where training does", async () => {
    const memory = { balance: "classes", temperature: 0.1 } as const;
    const recipe = miniRecipe({ model: { backbone: TINY, width: 32, memory } });
    const path = untrainedRun(join(root, `run-${made++}`), { recipe });
    using run = openRun(path);
    const { network } = run;
    for await (const sample of evaluationImages(dataset)) {
      const by = (balance: "classes" | "pixels") =>
        scope(() =>
          noGrad(() => {
            const { image, label } = imageTensors(sample, "cpu");
            const scores = network.memory?.read(network.encode(image).feature).scores;
            return scores ? cohesionLoss(scores, label, { temperature: 0.1, balance }).toNumber() : 0;
          }),
        );
      expect(by("classes")).not.toBeCloseTo(by("pixels"), 2);
      expect(await cohesionOf(path)).toBeCloseTo(by("classes"), 5);
    }
  });

  it("is that with the statistics which the picture's rule decides on", async () => {
    const path = untrainedRun(join(root, `run-${made++}`));
    const auto = { kind: "image", weight: "auto" } as const;
    const rule = { threshold: 0, information: 0, departure: 0, weight: 0.3 };
    await calibrateAs(path, { rule });
    const own = await cohesionOf(path, { kind: "image", weight: 0.3 });
    const trained = await cohesionOf(path);
    expect(own).not.toBeCloseTo(trained, 4);
    expect(await cohesionOf(path, auto)).toBeCloseTo(own, 5);
    await calibrateAs(path, { rule: { ...rule, threshold: Number.MAX_VALUE } });
    expect(await cohesionOf(path, auto)).toBeCloseTo(trained, 5);
  });
});
