import { join } from "node:path";
import { cityscapes19 } from "@pinmem/core";
import { beforeAll, expect, it } from "vitest";
import { calibrateAs, evenFrequencies } from "../../test/calibrated-run.js";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { untrainedRun } from "../../test/untrained-run.js";
import type { AdaptationRecord } from "./adaptation-record.js";
import type { Calibration } from "./calibration.js";
import { logitChoice } from "./logit-choice.js";

const root = temporaryFolder();
const { frequencies } = evenFrequencies;
const weights = (name: string) => ({
  file: join(root, name, "last.safetensors"),
  step: 0,
  adaptation: null,
  space: cityscapes19,
});

beforeAll(async () => {
  const calibrated = async (name: string, logitAdjustment: Calibration["logitAdjustment"]) => {
    await calibrateAs(untrainedRun(join(root, name), { recipe: miniRecipe() }), { logitAdjustment });
  };
  await calibrated("some", { ...evenFrequencies, chosen: 0.4, candidates: [0, 0.4] });
  await calibrated("none", evenFrequencies);
  await calibrated("unknown", null);
  untrainedRun(join(root, "uncalibrated"), { recipe: miniRecipe() });
});

it("lets what is calibrated be weighed against nothing, and what is asked for be as it is", () => {
  expect(logitChoice(weights("some"), "auto")).toEqual({ frequencies, weights: [0, 0.4], note: null });
  expect(logitChoice(weights("some"), 1)).toEqual({ frequencies, weights: [1], note: null });
  expect(logitChoice(weights("none"), "auto")).toMatchObject({ weights: [0], note: null });
  expect(logitChoice(weights("uncalibrated"), 0)).toEqual({ frequencies: null, weights: [0], note: null });
  expect(() => logitChoice(weights("uncalibrated"), 0.3)).toThrow(/is not calibrated/);
});

it("leaves logits alone where nothing is known of the classes, and says so", () => {
  const nothing = { frequencies: null, weights: [0], note: expect.stringContaining("stay in its logits") };
  expect(logitChoice(weights("uncalibrated"), "auto")).toEqual(nothing);
  expect(logitChoice(weights("unknown"), "auto")).toEqual(nothing);
});

it("refuses a calibration of other classes, or with weights that nothing can be computed with", async () => {
  await calibrateAs(untrainedRun(join(root, "other"), { recipe: miniRecipe() }), {
    logitAdjustment: { ...evenFrequencies, frequencies: [0.5, 0.5] },
  });
  expect(() => logitChoice(weights("other"), 1)).toThrow(
    /last\.safetensors has 19 classes, and its calibration the frequencies of 2: `pinmem calibrate` it anew/,
  );
  await calibrateAs(untrainedRun(join(root, "huge"), { recipe: miniRecipe() }), {
    logitAdjustment: { ...evenFrequencies, chosen: 1e308 },
  });
  expect(() => logitChoice(weights("huge"), 1)).toThrow(
    /logitAdjustment\.chosen is 1e\+308; it must be at most/,
  );
});

it("leaves those of an adapted run as they are, without a word", () => {
  const adaptation = {} as AdaptationRecord;
  expect(logitChoice({ ...weights("some"), adaptation }, "auto")).toEqual({
    frequencies: null,
    weights: [0],
    note: null,
  });
});
