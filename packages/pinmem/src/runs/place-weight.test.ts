import { basename, join } from "node:path";
import { protocol } from "@pinmem/core/formats";
import { renderStreet } from "@pinmem/streets";
import { full, liveTensors, scope, type Tensor } from "@pinmem/torch";
import { beforeAll, describe, expect, it } from "vitest";
import { calibrateAs } from "../../test/calibrated-run.js";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { lookMoreClearly, placeDeparts, tellMoreWithOwn } from "../adaptation/look-at-pictures.js";
import { exportRun } from "../export/export-run.js";
import { writeLabelPng, writeRgbPng } from "../images/write-png.js";
import type { AutoPredictor } from "../inference/auto-predictor.js";
import { pictureInput } from "../inference/picture-input.js";
import {
  BRIGHTER,
  CLEARLY_MORE,
  FAR_OWN_WEIGHT,
  FAR_PLACE_WEIGHT,
  findPlace,
  PLACE_WEIGHT,
} from "../inference/place.js";
import { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { type PredictionSigns, predictionSigns, type ShiftRule } from "../inference/shift-rule.js";
import { adjustLogits } from "../models/adjust-logits.js";
import type { BackboneNetwork } from "../models/backbone-network.js";
import { predict } from "../models/segment.js";
import { predictImage } from "../prediction/predict-image.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { adaptToPlace } from "./adapt-to-place.js";
import { calibrate } from "./calibrate.js";
import { type OpenRun, openRun, openRunAtPlace } from "./open-run.js";
import { predictorOf } from "./predictor-of.js";

const root = temporaryFolder();
const images = join(root, "night");
let made = 0;
const fresh = () => join(root, `run-${made++}`);

beforeAll(async () => {
  for (const index of [0, 1]) {
    const { image } = renderStreet({ domain: "night", seed: 0, index, width: 64, height: 32 });
    await writeRgbPng(join(images, `${index}.png`), { width: 64, height: 32, pixels: image });
  }
});

async function calibrated(rule: ShiftRule): Promise<string> {
  const run = untrainedRun(fresh(), { recipe: miniRecipe() });
  await calibrateAs(run, { rule });
  return run;
}

/** Rules that every picture passes, and none. */
const always = { threshold: 0, information: 0, departure: 0, weight: 0.3 };
const never = { ...always, threshold: Number.MAX_VALUE };

const signsOf = (network: SegmentationNetwork, file: string): PredictionSigns =>
  scope(() => {
    const [width, height] = [64, 32];
    const { image } = renderStreet({
      domain: "night",
      seed: 0,
      index: Number(basename(file, ".png")),
      width,
      height,
    });
    return predictionSigns(predict(network, pictureInput([{ width, height, pixels: image }], "cpu")));
  });

const logits = ({ network }: OpenRun): number[] =>
  scope(() => {
    const image = full([1, 3, 32, 32], 0.5);
    return [...network.call(image).logits.flatten().toTypedArray()].map(Number);
  });

describe("the weight of a place's statistics", () => {
  it("is decided once by all of its pictures, and is half where they depart from the sources, with a tenth of each picture's own beside it, or none", async () => {
    const place = await findPlace(images);
    const run = await calibrated(always);
    using auto = await openRunAtPlace(run, place, { weight: "auto" });
    using given = await openRunAtPlace(run, place, { weight: FAR_PLACE_WEIGHT, form: "trained" });
    const tell = await tellMoreWithOwn(given.network, place.files, FAR_OWN_WEIGHT);
    expect(tell).toBe(true); // They are few and differ, and the network is not trained.
    expect([auto, given].map(({ normalization }) => normalization?.weight)).toEqual([
      FAR_OWN_WEIGHT,
      undefined,
    ]);
    using _ = new TestTimeNormalization(given.network, FAR_OWN_WEIGHT);
    expect(auto.placeWeight).toBe(FAR_PLACE_WEIGHT);
    expect(auto.normalize).toMatchObject({ kind: "place", weight: "auto", place: "night", pictures: 2 });
    const model = await exportRun(run, { normalize: auto.normalize, place, out: fresh() });
    expect([model.normalization?.weight, model.verification.verified]).toEqual([FAR_OWN_WEIGHT, true]);
    expect(logits(auto)).toEqual(logits(given));
    using stays = await openRunAtPlace(await calibrated(never), place, { weight: "auto" });
    using trained = openRun(run);
    expect([stays.placeWeight, stays.normalization]).toEqual([0, null]);
    expect(logits(stays)).toEqual(logits(trained));
    await expect(openRunAtPlace(untrainedRun(fresh()), place, { weight: "auto" })).rejects.toThrow(
      /is not calibrated/,
    );
  });

  it("comes with pictures' own where these tell clearly more so, taken together", async () => {
    using run = openRun(untrainedRun(fresh()), { form: "trained" });
    const { network } = run;
    const { files } = await findPlace(images);
    const told = () => files.reduce((sum, file) => sum + signsOf(network, file).information, 0);
    const without = told();
    const answers: boolean[] = [];
    for (const own of [0.001, 0.1, 1]) {
      const normalization = new TestTimeNormalization(network, own);
      const clearly = told() > CLEARLY_MORE * without;
      normalization.remove();
      const answer = await tellMoreWithOwn(network, files, own);
      expect(answer).toBe(clearly);
      answers.push(answer);
    }
    expect(new Set(answers).size).toBe(2);
    using other = openRun(run.file, { form: "trained" });
    expect(logits(run)).toEqual(logits(other)); // As it was.
  });

  it("follows the means over the pictures, of either look", async () => {
    using run = openRun(untrainedRun(fresh()), { form: "trained" });
    const { network } = run;
    const { files } = await findPlace(images);
    const entropies = files.map((file) => signsOf(network, file).entropy);
    const mean = ((entropies[0] ?? 0) + (entropies[1] ?? 0)) / 2;
    const by = (rule: Partial<ShiftRule>) => placeDeparts(network, files, { ...always, ...rule });
    expect(await by({ threshold: mean - 1e-6 })).toBe(true);
    expect(await by({ threshold: mean + 1e-6 })).toBe(false);
    expect(await by({ departure: 0 })).toBe(true);
    expect(await by({ departure: Number.MAX_VALUE })).toBe(false);
    using other = openRun(run.file, { form: "trained" });
    expect(logits(run)).toEqual(logits(other)); // As it was.
  });
});

describe("the exposure of a place", () => {
  it("is brighter where the network sees its pictures more clearly then, and holds while their statistics do", async () => {
    const place = await findPlace(images);
    using run = openRun(untrainedRun(fresh(), { recipe: miniRecipe() }), { form: "trained" });
    const network = run.network as BackboneNetwork;
    /** Logits that are so many times as sure where pictures are exposed. */
    const asSure = (times: number) => (of: Tensor) => (network.exposure === 1 ? of : of.mul(times));
    const seenAt = async (times: number) => {
      const asTrained = asSure(times);
      using statistics = await lookMoreClearly(network, place.files, FAR_PLACE_WEIGHT, { asTrained });
      const before = network.exposure;
      statistics.mixInto(FAR_PLACE_WEIGHT);
      const mixed = network.exposure;
      statistics.mixInto(0);
      return [before, mixed, network.exposure];
    };
    expect(await seenAt(4)).toEqual([1, BRIGHTER, 1]);
    expect(await seenAt(0.25)).toEqual([1, 1, 1]);
  });
});

describe("the rule of own statistics", () => {
  it("is asked of the logits as they were in training, whatever is taken out of them", async () => {
    const frequencies = Array.from({ length: 19 }, (_, trainId) => (trainId < 2 ? 0.45 : 0.1 / 17));
    const run = untrainedRun(fresh(), { recipe: miniRecipe() });
    const signs = () => {
      using opened = openRun(run, { form: "trained" });
      return [0, 1].map((index) => signsOf(opened.network, `${index}.png`));
    };
    const before = signs();
    const mean = before.reduce((sum, { entropy }) => sum + entropy, 0) / 2;
    const decisions = async (threshold: number) => {
      const logitAdjustment = { frequencies, chosen: 1.5, candidates: [1.5], shown: [] };
      await calibrateAs(run, { rule: { ...always, threshold, departure: 0 }, logitAdjustment });
      const [width, height] = [64, 32];
      const of = async (asked: number) => {
        using auto = openRun(run, { normalize: { kind: "image", weight: "auto" }, logitAdjustment: asked });
        const by = protocol("whole", { normalize: auto.normalize, logitAdjustment: asked });
        const predictor = predictorOf(auto, { protocol: by }) as AutoPredictor;
        using place = await openRunAtPlace(run, await findPlace(images), {
          weight: "auto",
          logitAdjustment: asked,
        });
        const looks = [0, 1].map((index) => {
          const { image } = renderStreet({ domain: "night", seed: 0, index, width, height });
          return predictor.looksAt({ width, height, pixels: image });
        });
        return { looks, weights: [place.placeWeight, place.normalization?.weight ?? 0] };
      };
      const [plain, adjusted] = [await of(0), await of(1.5)];
      expect(adjusted).toEqual(plain);
      return plain;
    };
    using adjusted = openRun(run, { form: "trained" });
    adjustLogits(adjusted.network, frequencies, 1.5);
    const [first] = [0].map((index) => signsOf(adjusted.network, `${index}.png`));
    const between = (mean + (first?.entropy ?? 0)) / 2;
    expect(Math.abs((first?.entropy ?? 0) - mean)).toBeGreaterThan(0.01); // So that the adjusted ones would be told apart otherwise.
    await decisions(between);
    const { looks, weights } = await decisions(0);
    expect(looks.map((one) => one.length)).toEqual([2, 2]);
    expect(weights[0]).toBe(FAR_PLACE_WEIGHT);
  });

  it("that is missing leaves nothing of the network behind", () => {
    const run = untrainedRun(fresh(), { recipe: miniRecipe() });
    const live = liveTensors();
    expect(() => openRun(run, { normalize: { kind: "image", weight: "auto" } })).toThrow(/is not calibrated/);
    expect(() => openRun(run, { vote: "auto" })).toThrow(/is not calibrated/);
    expect(liveTensors()).toBe(live);
  });
});

describe("adapting without labels", () => {
  it("takes the weight that the pictures ask for, and says where they ask for none", async () => {
    const { record } = await adaptToPlace(await calibrated(always), { images, out: fresh() });
    expect([record.weight, record.own, record.notes]).toEqual([FAR_PLACE_WEIGHT, FAR_OWN_WEIGHT, []]);
    const near = await adaptToPlace(await calibrated(never), { images, out: fresh() });
    expect([near.record.weight, near.record.own]).toEqual([0, 0]);
    expect(near.record.notes.join()).toMatch(/look like those of the sources/);
  });

  it("takes what does well on average where the run is not calibrated, and says so", async () => {
    const { out, record } = await adaptToPlace(untrainedRun(fresh()), { images, out: fresh() });
    expect([record.weight, record.own]).toEqual([PLACE_WEIGHT, 0]);
    expect(record.notes.join()).toMatch(/the run is not calibrated/);
    const again = await adaptToPlace(out, { images, out: fresh() });
    expect([again.record.weight, again.record.notes.join()]).toEqual([
      PLACE_WEIGHT,
      expect.stringContaining("the run was adapted before"),
    ]);
  });

  it("leaves statistics under which a fit was made to labels", async () => {
    const labels = fresh();
    const { width, height, label } = renderStreet({
      domain: "night",
      seed: 0,
      index: 0,
      width: 64,
      height: 32,
    });
    await writeLabelPng(join(labels, "0.png"), { width, height, labels: label });
    const told = await adaptToPlace(untrainedRun(fresh(), { recipe: miniRecipe() }), {
      images,
      labels,
      out: fresh(),
    });
    expect(told.record).toMatchObject({ labeled: 1, weight: PLACE_WEIGHT });
    const again = await adaptToPlace(told.out, { images, out: fresh() });
    expect([again.record.weight, again.record.notes.join()]).toEqual([
      0,
      expect.stringContaining("adapted to labels before, under the statistics that it has: these stay"),
    ]);
  });

  it("makes a run of which auto asks for no more than it was given, and that cannot be calibrated, with a reason", async () => {
    const { out } = await adaptToPlace(await calibrated(always), { images, out: fresh(), own: 0.3, vote: 5 });
    using asAdapted = openRun(out);
    using found = openRun(out, {
      normalize: { kind: "image", weight: "auto" },
      logitAdjustment: "auto",
      vote: "auto",
    });
    expect([found.auto, found.normalization?.weight, found.adjustedBy]).toEqual([null, 0.3, 0]);
    expect(found.network.memory?.voteWeight).toBe(5);
    const { image } = renderStreet({ domain: "fog", seed: 0, index: 3, width: 64, height: 32 });
    const [as, by] = await Promise.all(
      [asAdapted, found].map((one) => predictImage(one, { width: 64, height: 32, pixels: image })),
    );
    expect(by?.trainIds).toEqual(as?.trainIds);
    const reason = /was adapted to a place \(from .*\) and has its statistics and rows/;
    await expect(openRunAtPlace(out, await findPlace(images), { weight: "auto" })).rejects.toThrow(reason);
    await expect(calibrate(out, [])).rejects.toThrow(reason);
  });
});
