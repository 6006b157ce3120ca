// Pictures that decide how they are looked at, beside what predictions of the same run say.

import { exposed, type RgbImage } from "@pinmem/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ShiftRule } from "../../pinmem/src/inference/shift-rule.js";
import { type PredictImageOptions, predictImage } from "../../pinmem/src/prediction/predict-image.js";
import { type OpenRunOptions, openRun } from "../../pinmem/src/runs/open-run.js";
import { temporaryFolder } from "../../pinmem/test/data-fixtures.js";
import { load, type Model } from "../src/index.js";
import { type Exported, exportTiny, memoryOfSameTiles, noRuntime, street } from "./exported.js";

const auto = { kind: "image", weight: "auto" } as const;
/** Every picture departs. */
const always: ShiftRule = { threshold: 0, information: 0, departure: 0, weight: 3000 };
/** In how many pixels both may differ: rounding. */
const CLOSE = 1e-3;

describe.skipIf(noRuntime !== null)("a model whose pictures decide", () => {
  let exported: Exported;
  let model: Model;
  beforeAll(async () => {
    exported = await exportTiny(temporaryFolder(), {}, { normalize: auto }, always);
    model = await load(exported.folder, { threads: 1 });
  });
  afterAll(async () => {
    await model?.dispose();
  });

  const share = (one: Uint8Array, other: Uint8Array) =>
    one.filter((label, at) => label !== other[at]).length / one.length;
  const dark = (image: RgbImage) => exposed(image, 2.5);

  /** What libtorch says. */
  async function predicted(
    { run: path }: Exported,
    image: RgbImage,
    options: OpenRunOptions = {},
    more: PredictImageOptions = {},
  ) {
    using run = openRun(path, { normalize: auto, ...options });
    return await predictImage(run, image, more);
  }

  it("looks as predictions do, by default", async () => {
    expect([model.hasAuto, model.normalize]).toEqual([true, "auto"]);
    const all = new Set<string>();
    for (const image of [
      street(96, 64),
      street(80, 48, 1),
      dark(street(96, 64, 2)),
      exposed(street(64, 96), 0.4),
    ]) {
      const { labels, confidence, looks } = await model.segment(image, { confidence: true });
      const { trainIds, confidence: sure } = await predicted(exported, image);
      expect(looks).toHaveLength(2);
      for (const look of looks ?? []) all.add(String(look));
      expect(share(labels, trainIds)).toBeLessThan(CLOSE);
      const apart = sure.map((one, at) => Math.abs(255 * one - (confidence?.[at] as number)));
      expect(Math.max(...apart)).toBeLessThan(1);
    }
    expect(all.size).toBeGreaterThan(2); // Not the same looks at every picture.
  });

  it("keeps what was trained of pictures that do not depart, in one pass or in two", async () => {
    const image = dark(street(96, 64));
    using plain = openRun(exported.run);
    const { trainIds } = await predictImage(plain, image);
    expect(share((await model.segment(image)).labels, trainIds)).toBeGreaterThan(0.02);
    for (const rule of [
      { ...always, threshold: 100 },
      { ...always, departure: 1e6 },
    ]) {
      const near = await exportTiny(temporaryFolder(), {}, { normalize: auto }, rule);
      await using keeping = await load(near.folder, { threads: 1 });
      const { labels, looks } = await keeping.segment(image);
      expect(looks).toEqual(["trained"]);
      expect(share(labels, trainIds)).toBeLessThan(CLOSE);
    }
  });

  it("goes through tiles as the whole picture has decided", async () => {
    const image = dark(street(400, 64));
    const memory = memoryOfSameTiles(image, 14.5, model);
    await using small = await load(exported.folder, { threads: 1, memory });
    let pieces = 0;
    const onProgress = ({ total }: { total: number }) => {
      pieces = total;
    };
    const { labels, looks } = await small.segment(image, { onProgress });
    expect(pieces).toBeGreaterThan(1);
    expect(looks).toEqual((await model.segment(image)).looks);
    const { trainIds } = await predicted(exported, image, {}, { memory: 14.5 });
    expect(share(labels, trainIds)).toBeLessThan(CLOSE);
    expect((await small.decode()).labels).toEqual(labels);
  });

  it("decides with votes and logits as they were trained", async () => {
    const image = dark(street(96, 64));
    const options = { normalize: auto, logitAdjustment: "auto", vote: 8 } as const;
    const other = await exportTiny(temporaryFolder(), {}, options, always);
    await using adjusted = await load(other.folder, { threads: 1 });
    expect(adjusted.votes).toBe(8);
    const { labels, looks } = await adjusted.segment(image);
    expect(looks).toEqual((await model.segment(image)).looks);
    const { trainIds } = await predicted(other, image, options);
    expect(share(labels, trainIds)).toBeLessThan(CLOSE);
    expect(share(labels, (await predicted(other, image)).trainIds)).toBeGreaterThan(0.02);
  });

  it("takes new rows in every look, and reads and writes in the clearest", async () => {
    const image = dark(street(96, 64));
    const first = await model.segment(image);
    const read = await model.read(50, 60);
    expect(read.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 4);
    await model.write([{ class: "road", points: [[40, 50]], width: 9 }]);
    model.votes = 20;
    const second = await model.decode();
    expect(second.looks).toEqual(first.looks);
    expect(share(first.labels, second.labels)).toBeGreaterThan(0.02);
    model.reset();
    expect((await model.decode()).labels).toEqual(first.labels);
  });

  it("can be told a weight for all pictures, and to decide again", async () => {
    const image = dark(street(96, 64));
    const first = await model.segment(image);
    model.normalize = 0.3;
    const fixed = await model.decode();
    expect(fixed.looks).toBeUndefined();
    const normalize = { kind: "image", weight: 0.3 } as const;
    expect(share(fixed.labels, (await predicted(exported, image, { normalize })).trainIds)).toBeLessThan(
      CLOSE,
    );
    model.normalize = "auto";
    expect(await model.decode()).toEqual(first);
  });

  it("is seen as another picture has decided, where that is asked", async () => {
    const [image, next] = [dark(street(96, 64)), dark(street(96, 64, 5))];
    const { looks = [] } = await model.segment(image);
    const own = await model.segment(next);
    const other = own.looks?.join() === "trained,1" ? ([0.35] as const) : (["trained", 1] as const);
    const seen = await model.segment(next, { looks: other });
    expect(seen.looks).toEqual(other);
    expect(share(seen.labels, own.labels)).toBeGreaterThan(0.01);
    expect((await model.decode()).labels).toEqual(seen.labels);
    expect((await model.segment(image, { looks })).labels).toEqual((await model.segment(image)).labels);
    const wrong = (given: unknown) => model.segment(image, { looks: given as [] });
    await expect(wrong([])).rejects.toThrow(/looks must be 1 to 16.*got Array of 0/);
    await expect(wrong(["brighter"])).rejects.toThrow(/from 0\.1 to 10, got the string "brighter"/);
    await expect(wrong([0])).rejects.toThrow(/got 0/);
    model.normalize = 0.3;
    await expect(model.segment(image, { looks })).rejects.toThrow(/looks are for pictures that decide/);
    model.normalize = "auto";
  });

  it("stops between two looks where it is told to", async () => {
    const controller = new AbortController();
    const ending = model.segment(street(96, 64), { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")));
    await expect(ending).rejects.toThrow("enough");
    await expect(model.decode()).rejects.toThrow(/there is no picture/);
  });

  it("is refused where nobody calibrated, with one graph, and of models that know no rule", async () => {
    const exporting = exportTiny(temporaryFolder(), {}, { normalize: auto });
    await expect(exporting).rejects.toThrow(/is not calibrated.*`pinmem calibrate` it/);
    const single = exportTiny(temporaryFolder(), {}, { normalize: auto, single: "labels" }, always);
    await expect(single).rejects.toThrow(/each picture decides how it is looked at, which takes two graphs/);
    const fixed = await exportTiny(temporaryFolder(), {}, { normalize: { kind: "image", weight: 0.3 } });
    await using without = await load(fixed.folder, { threads: 1 });
    expect([without.hasAuto, without.normalize]).toEqual([false, 0.3]);
    expect(() => {
      without.normalize = "auto";
    }).toThrow(/does not know when a picture looks unlike its sources.*image:auto/);
    expect(() => {
      model.normalize = "always" as "auto";
    }).toThrow(/normalize: must be a number from 0 to 1, or "auto", got the string "always"/);
  });
});
