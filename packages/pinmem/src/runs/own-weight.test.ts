import { existsSync } from "node:fs";
import { join } from "node:path";
import { protocol } from "@pinmem/core/formats";
import { renderStreet } from "@pinmem/streets";
import { beforeAll, describe, expect, it } from "vitest";
import { collectGarbage } from "../../test/collect-garbage.js";
import { temporaryFolder } from "../../test/data-fixtures.js";
import "../../test/tiny-backbone.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { torchGraphs } from "../cli/studio/torch-graphs.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { evaluateRun } from "../evaluation/evaluate-run.js";
import { exportRun } from "../export/export-run.js";
import { writeLabelPng, writeRgbPng } from "../images/write-png.js";
import { findPlace } from "../inference/place.js";
import { predictImage } from "../prediction/predict-image.js";
import { adaptToPlace } from "./adapt-to-place.js";
import { describeAdaptation } from "./describe-adaptation.js";
import { type OpenRun, openRun, openRunAtPlace } from "./open-run.js";

const root = temporaryFolder();
const run = untrainedRun(join(root, "run"), { recipe: miniRecipe({ model: { backbone: "tiny" } }) });
const images = join(root, "night/images");
const labels = join(root, "night/labels");
const [width, height] = [64, 32];
let turn = 0;
const fresh = () => join(root, `adapted-${turn++}`);
const scene = (index: number) => renderStreet({ domain: "night", seed: 0, index, width, height });

beforeAll(async () => {
  for (const index of [0, 1, 2]) {
    const { image, label } = scene(index);
    await writeRgbPng(join(images, `${index}.png`), { width, height, pixels: image });
    await writeLabelPng(join(labels, `${index}.png`), { width, height, labels: label });
  }
});

const shown = { width, height, pixels: scene(7).image };
const answer = async (opened: OpenRun) => (await predictImage(opened, shown)).trainIds;

/** What the studio's engine makes of a gray picture, with this weight of its own statistics. */
async function featureFor(out: string, input: string, weight: number): Promise<number[]> {
  const compute = torchGraphs(out, { normalize: { kind: "trained" }, place: null });
  const picture = { data: new Float32Array(3 * width * height).fill(0.4), shape: [1, 3, height, width] };
  const given = { image: picture, [input]: { data: Float32Array.of(weight), shape: [] } };
  const { feature } = await compute("encode", given, ["feature"]);
  return Array.from((feature?.data ?? []) as Float32Array);
}

describe("a run adapted with a share of each picture's own statistics", () => {
  it("takes them wherever nothing else is asked for, and only there", async () => {
    const { out, record } = await adaptToPlace(run, { images, out: fresh(), weight: 0.5, own: 0.3 });
    expect(record).toMatchObject({ weight: 0.5, own: 0.3 });
    expect(describeAdaptation(record)).toContain(
      "batch norm: statistics of the place with weight 0.5, and each picture's own with 0.3",
    );
    using adapted = openRun(out);
    using asked = openRun(out, { normalize: { kind: "image", weight: 0.3 } });
    using without = openRun(out, { normalize: { kind: "image", weight: 0 } });
    using elsewhere = await openRunAtPlace(out, await findPlace(images));
    expect(adapted.normalize).toEqual({ kind: "trained" });
    expect([adapted, asked, without, elsewhere].map((one) => one.normalization?.weight)).toEqual([
      0.3,
      0.3,
      undefined,
      undefined,
    ]);
    expect(await answer(adapted)).toEqual(await answer(asked));
    expect(await answer(adapted)).not.toEqual(await answer(without));
    const dataset = streetsDataset({ domain: "night", count: 3, width, height });
    const score = async (opened: OpenRun, normalize = opened.normalize) =>
      (
        await evaluateRun(opened, {
          protocol: protocol("whole", { normalize }),
          domains: [{ name: "night", dataset, role: null }],
        })
      ).domains[0]?.meanIoU;
    expect(await score(adapted)).toBe(await score(asked));
    expect(await score(adapted)).not.toBe(await score(without));
  });

  it("is exported with that share, and computed so for the studio", async () => {
    const { out } = await adaptToPlace(run, { images, out: fresh(), weight: 0.5, own: 0.3 });
    const model = await exportRun(out, { out: fresh() });
    expect(model.normalization?.weight).toBe(0.3);
    expect(model.verification).toMatchObject({ verified: true });
    const none = await exportRun(out, { out: fresh(), normalize: { kind: "image", weight: 0 } });
    expect(none.normalization?.weight).toBe(0);
    const input = model.normalization?.input ?? "";
    expect(await featureFor(out, input, 0.3)).not.toEqual(await featureFor(out, input, 0));
    await collectGarbage(); // The studio's networks live as long as its server.
  });

  it("keeps it when it is adapted again, where nothing else is asked for", async () => {
    const first = await adaptToPlace(run, { images, out: fresh(), own: 0.3 });
    const again = await adaptToPlace(first.out, { images, out: fresh() });
    expect(again.record.own).toBe(0.3);
    const given = await adaptToPlace(first.out, { images, labels, out: fresh(), weight: 0, vote: 10 });
    expect(given.record.own).toBe(0.3);
    const none = await adaptToPlace(first.out, { images, out: fresh(), own: 0 });
    expect(none.record.own).toBe(0);
  });

  it("answers as the candidate did that was chosen, with labels too", async () => {
    const options = { images, labels, weight: 1, vote: 10, own: 0.5 } as const;
    const { out, record } = await adaptToPlace(run, { ...options, out: fresh() });
    expect(record.leftOut?.candidates).toMatchObject([{ weight: 1, own: 0.5, vote: 10, rows: "place" }]);
    const one = await adaptToPlace(run, { ...options, shots: 1, out: fresh() });
    expect(one.record).toMatchObject({ labeled: 1, weight: 1, own: 0.5, leftOut: null });
    using adapted = openRun(out);
    expect(adapted.normalization?.weight).toBe(0.5);
  });
});

describe("a share that cannot be", () => {
  it.each([
    [{ own: 1.5 }, /`own` is 1.5, but must be a number from 0 to 1, or "auto"/],
    [{ labels, own: 0.1, steps: 2 }, /`own` and `steps` cannot go together/],
  ])("%j is refused before anything is read", async (options, message) => {
    const out = fresh();
    await expect(adaptToPlace(run, { images, out, ...options })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  it("steps leave none", async () => {
    const first = await adaptToPlace(run, { images, out: fresh(), own: 0.3 });
    const { record } = await adaptToPlace(first.out, { images, labels, out: fresh(), vote: 10, steps: 1 });
    expect(record).toMatchObject({ steps: 1, own: 0 });
  });
});
