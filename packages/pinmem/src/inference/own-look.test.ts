import { protocol } from "@pinmem/core/formats";
import { liveTensors } from "@pinmem/torch";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { observe } from "../inspection/observe.js";
import { openRun } from "../runs/open-run.js";
import { predictorOf } from "../runs/predictor-of.js";

const folder = temporaryFolder();

it("shows of a picture larger than statistics need what is predicted of it", () => {
  using run = openRun(untrainedRun(`${folder}/run`, { recipe: miniRecipe({}) }), {
    normalize: { kind: "image", weight: 0.5 },
  });
  const [width, height] = [1216, 928];
  const image = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7 + (at >> 9)) % 256);
  const sample = { index: 0, name: "large", image, label: new Uint8Array(width * height), width, height };
  const before = liveTensors();
  const { prediction } = observe(run.network, sample, { normalization: run.normalization });
  expect(liveTensors()).toBe(before);
  const by = protocol("whole", { normalize: { kind: "image", weight: 0.5 } });
  const [predicted] = predictorOf(run, { protocol: by }).labels([{ width, height, pixels: image }]);
  const differ = prediction.reduce((sum, one, at) => sum + Number(one !== predicted?.[at]), 0);
  expect(differ / prediction.length).toBeLessThan(1e-4);
  const without = observe(run.network, sample).prediction;
  expect(without.some((one, at) => one !== predicted?.[at])).toBe(true);
});
