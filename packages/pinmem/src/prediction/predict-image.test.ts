import type { RgbImage } from "@pinmem/core";
import { protocol } from "@pinmem/core/formats";
import { renderStreet } from "@pinmem/streets";
import { liveTensors, scope } from "@pinmem/torch";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixtureFile, temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { full } from "../../test/scope.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { Predictor } from "../inference/predictor.js";
import { imageTensor, normalize } from "../loading/batch-tensors.js";
import { predict } from "../models/segment.js";
import { type OpenRun, openRun } from "../runs/open-run.js";
import { predictImage } from "./predict-image.js";
import { scoreImage } from "./score-image.js";
import { scorerOf } from "./scorer.js";

const folder = temporaryFolder();
// Of a backbone whose need of memory is known.
const recipe = miniRecipe({ model: { backbone: "mobilenet_v2" } });
let run: OpenRun;
beforeAll(() => {
  run = openRun(untrainedRun(`${folder}/run`, { recipe }));
});
afterAll(() => run[Symbol.dispose]());

function street(width: number, height: number) {
  const { image } = renderStreet({ domain: "boulevard", seed: 1, index: 0, width, height });
  return { width, height, pixels: image };
}

function meanDistance(
  values: Float32Array = new Float32Array(),
  other: (at: number) => number | undefined,
): number {
  return (
    values.reduce((sum, value, at) => sum + Math.abs(value - (other(at) ?? Number.NaN)), 0) / values.length
  );
}

describe("predictImage", () => {
  it("gives for each pixel a class, its probability, and the logits behind them where they are wanted", async () => {
    const {
      width,
      height,
      trainIds,
      confidence,
      logits = new Float32Array(),
    } = await predictImage(run, street(96, 64), {
      logits: true,
    });
    expect([width, height, logits.length]).toEqual([96, 64, 19 * 96 * 64]);
    for (let pixel = 0; pixel < width * height; pixel += 7) {
      const values = run.space.classes.map((_, k) => logits[k * width * height + pixel] as number);
      const best = trainIds[pixel] as number;
      expect(values[best]).toBe(Math.max(...values));
      const sum = values.reduce((total, value) => total + Math.exp(value - (values[best] as number)), 0);
      expect(confidence[pixel]).toBeCloseTo(1 / sum, 4);
      expect(confidence[pixel]).toBeGreaterThanOrEqual(1 / 19);
      expect(confidence[pixel]).toBeLessThanOrEqual(1);
    }
  });

  it("gives pictures that are asked for together what each has alone, whose own statistics are noted between tiles", async () => {
    using mixing = openRun(`${folder}/run`, { normalize: { kind: "image", weight: 0.5 } });
    const [width, height] = [360, 240];
    const [bright, dark] = (["boulevard", "night"] as const).map((domain) => {
      const { image } = renderStreet({ domain, seed: 1, index: 0, width, height });
      return { width, height, pixels: image };
    }) as [RgbImage, RgbImage];
    const ask = async (image: RgbImage) => (await predictImage(mixing, image, { memory: 60 })).confidence;
    const alone = [await ask(bright), await ask(dark)];
    expect(await Promise.all([ask(bright), ask(dark)])).toEqual(alone);
    const failing = predictImage(mixing, bright, { memory: 1 });
    const next = ask(dark);
    await expect(failing).rejects.toThrow(RangeError);
    expect(await next).toEqual(alone[1]);
  });

  it("shows the network an image at another height, as evaluation does, and answers in the image's size", async () => {
    for (const [image, height] of [
      [street(250, 130), 48],
      [street(96, 64), 96],
    ] as const) {
      const predictor = new Predictor({
        forward: (pixels) => predict(run.network, pixels),
        protocol: { ...protocol("whole", { resize: { height } }), combine: "logits" },
      });
      const expected = scope(() => predictor.scores([image]).to("float32").toTypedArray());
      const before = liveTensors();
      const { logits, width, trainIds } = await predictImage(run, image, { height, logits: true });
      expect(liveTensors()).toBe(before);
      expect([width, trainIds.length]).toEqual([image.width, image.width * image.height]);
      const sizes = [...(expected as Float32Array)].map(Math.abs);
      const mean = sizes.reduce((sum, value) => sum + value, 0) / sizes.length;
      expect(meanDistance(logits, (at) => Number(expected[at]))).toBeLessThan(1e-4 * mean);
      const own = await predictImage(run, image, { logits: true });
      expect(meanDistance(own.logits, (at) => logits?.[at])).toBeGreaterThan(1e-3 * mean);
    }
  });

  it("tiles what it sees at a height where memory is short, and takes statistics as evaluation does", async () => {
    using mixing = openRun(`${folder}/run`, { normalize: { kind: "image", weight: 0.5 } });
    const image = street(270, 180);
    const ask = (memory: number) => predictImage(mixing, image, { memory, height: 480 });
    const [tiled, whole] = [await ask(60), await ask(4096)];
    expect(tiled.trainIds).toHaveLength(270 * 180);
    expect(tiled.confidence).not.toEqual(whole.confidence);
    expect(meanDistance(tiled.confidence, (at) => whole.confidence[at])).toBeLessThan(0.05);
  });

  it("gives what the network gives", async () => {
    const image = street(96, 64);
    const { confidence, logits } = await predictImage(run, image, { logits: true });
    const [probability, expected] = scope(() => {
      const pixels = imageTensor(image.pixels, [1, image.height, image.width]);
      const all = run.network.call(normalize(pixels)).logits;
      return [all.softmax(1).max(1)[0].toTypedArray(), all.toTypedArray()] as const;
    });
    for (let at = 0; at < confidence.length; at++) {
      expect(confidence[at]).toBeCloseTo(probability[at] as number, 5);
    }
    for (let at = 0; at < expected.length; at += 11) {
      expect(logits?.[at]).toBeCloseTo(expected[at] as number, 4);
    }
  });

  it("takes the mean over sizes and the mirror image, as the evaluation does", async () => {
    const image = street(96, 64);
    const options = { flip: true, scales: [0.75, 1] };
    const {
      trainIds,
      confidence,
      logits = [],
    } = await predictImage(run, image, { ...options, logits: true });
    const wanted = protocol("whole", options);
    const predictor = new Predictor({ forward: (input) => predict(run.network, input), protocol: wanted });
    expect(trainIds).toEqual(predictor.labels([image])[0]);
    const mean = scope(() => predictor.scores([image]).max(1)[0].to("float32").toTypedArray());
    expect(confidence).toEqual(mean);
    expect(Math.exp(logits[(trainIds[5] as number) * 96 * 64 + 5] as number)).toBeCloseTo(
      mean[5] as number,
      5,
    );
    const single = await predictImage(run, image);
    expect(single.confidence).not.toEqual(confidence);
  });

  it.each([
    [1, 1],
    [3, 5],
    [17, 33],
    [200, 2],
  ])("takes images of any size: %ix%i", async (width, height) => {
    const pixels = new Uint8Array(width * height * 3).fill(90);
    const prediction = await predictImage(run, { width, height, pixels });
    expect(prediction.trainIds.length).toBe(width * height);
    expect(prediction.confidence.every((value) => value > 0 && value <= 1)).toBe(true);
  });

  it.runIf(full)("takes the statistics of the whole image for each of its tiles", async () => {
    const image = street(700, 420);
    // A dark half: tiles of it would have statistics of their own.
    image.pixels.fill(4, 0, 700 * 200 * 3);
    using normalized = openRun(untrainedRun(`${folder}/normalized`, { recipe }), {
      normalize: { kind: "image", weight: 0.9 },
    });
    const before = liveTensors();
    const whole = await predictImage(normalized, image, { logits: true });
    const tiled = await predictImage(normalized, image, { memory: 60, logits: true });
    expect(liveTensors()).toBe(before);
    const alone = new Float32Array(whole.logits?.length ?? 0);
    const { score } = scorerOf(normalized, {});
    await scoreImage(score, image, {
      tile: { width: 257, height: 257 },
      outputStride: normalized.network.outputStride,
      finish: (scores, top) => {
        const rows = scores.toTypedArray() as Float32Array;
        const [, classes = 0, count = 0] = scores.shape;
        for (let k = 0; k < classes; k++) {
          alone.set(rows.subarray(k * count * 700, (k + 1) * count * 700), k * 700 * 420 + top * 700);
        }
      },
    });
    const distance = (logits: Float32Array | undefined) => meanDistance(logits, (at) => whole.logits?.[at]);
    expect(distance(tiled.logits)).toBeGreaterThan(0);
    expect(distance(tiled.logits)).toBeLessThan(distance(alone));
  });

  it("tiles what the memory does not hold whole, without leaving tensors behind", async () => {
    const image = street(700, 420);
    const before = liveTensors();
    const whole = await predictImage(run, image, { logits: true });
    const tiled = await predictImage(run, image, { memory: 60, logits: true });
    expect(liveTensors()).toBe(before);
    // A tile pools over itself alone, so that the scores differ, but less than they vary.
    const difference = meanDistance(tiled.logits, (at) => whole.logits?.[at]);
    const middle =
      (whole.logits ?? new Float32Array()).reduce((sum, value) => sum + value, 0) / (19 * 700 * 420);
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(0.5 * meanDistance(whole.logits, () => middle));
    await expect(predictImage(run, image, { memory: 1 })).rejects.toThrow(/needs at least \d+ MiB/);
  });

  it("reads files upright, as viewers show them", async () => {
    const { width, height, pixels } = street(96, 48);
    const raw = { raw: { width, height, channels: 3 as const } };
    const jpeg = `${folder}/turned.jpg`;
    await sharp(pixels, raw).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toFile(jpeg);
    const upright = await sharp(jpeg).rotate().raw().toBuffer({ resolveWithObject: true });
    const expected = await predictImage(run, {
      width: upright.info.width,
      height: upright.info.height,
      pixels: upright.data,
    });
    const got = await predictImage(run, jpeg);
    expect([got.width, got.height]).toEqual([48, 96]);
    expect(got.trainIds).toEqual(expected.trainIds);
  });

  it("takes CMYK photographs", async () => {
    expect(await predictImage(run, fixtureFile("cmyk.jpg"))).toMatchObject({ width: 24, height: 12 });
  });

  it("says what is wrong with pixels and files", async () => {
    const image = { width: 4, height: 4, pixels: new Uint8Array(47) };
    await expect(predictImage(run, image)).rejects.toThrow(/4x4 pixels must hold 48 bytes .* got 47/);
    await expect(predictImage(run, `${folder}/none.jpg`)).rejects.toThrow(/none\.jpg: does not exist/);
    await expect(predictImage(run, fixtureFile("photo.png"), { maxPixels: 10 })).rejects.toThrow(
      /limit is 10/,
    );
  });
});
