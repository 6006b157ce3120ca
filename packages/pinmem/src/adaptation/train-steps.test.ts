import { join } from "node:path";
import { liveTensors, noGrad, scope, type Tensor } from "@pinmem/torch";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { collectGarbage } from "../../test/collect-garbage.js";
import "../../test/tiny-backbone.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { imageTensors } from "../loading/image-tensors.js";
import { evaluationImages } from "../loading/evaluation-loader.js";
import { crossEntropyLoss } from "../losses/segmentation.js";
import { predict } from "../models/segment.js";
import { openRun } from "../runs/open-run.js";
import { trainSteps } from "./train-steps.js";

const run = untrainedRun(join(temporaryFolder(), "run"), {
  recipe: miniRecipe({ model: { backbone: "tiny" } }),
});

it("lowers the loss on the pictures, and leaves running statistics, the backbone's convolutions and no gradient", async () => {
  const dataset = streetsDataset({ domain: "night", count: 1, width: 48, height: 32 });
  using opened = openRun(run, { form: "trained" });
  const { network } = opened;
  const loss = async () => {
    let sum = 0;
    for await (const picture of evaluationImages(dataset)) {
      sum += scope(() =>
        noGrad(() => {
          const { image, label } = imageTensors(picture);
          return crossEntropyLoss(predict(network, image), label).toNumber();
        }),
      );
    }
    return sum;
  };
  const numbers = (name: string) => (network.stateDict().get(name) as Tensor).toArray();
  const kept = ["layer0.0.weight", "memory.m_items", "memory.output.1.running_mean"];
  const names = [...network.stateDict().keys()].filter((name) => kept.some((one) => name.endsWith(one)));
  expect(names.length).toBeGreaterThan(1);
  const before = names.map(numbers);
  const first = await loss();
  await collectGarbage(); // of the tests before
  const live = liveTensors();
  await trainSteps(network, dataset, { steps: 4, seed: 0, writes: true, rate: 1e-2 });
  expect(liveTensors()).toBe(live);
  expect(await loss()).toBeLessThan(0.9 * first);
  expect(names.map(numbers)).toEqual(before);
  expect(network.parameters().some(({ requiresGrad, grad }) => requiresGrad || grad !== null)).toBe(false);
});
