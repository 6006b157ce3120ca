// Each picture's own statistics in batch norm, with a weight that a program sets, beside what predictions of the same run say.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LARGEST_FOR_STATISTICS } from "../../pinmem/src/inference/test-time-normalization.js";
import { predictImage } from "../../pinmem/src/prediction/predict-image.js";
import { type OpenRun, openRun } from "../../pinmem/src/runs/open-run.js";
import { temporaryFolder } from "../../pinmem/test/data-fixtures.js";
import { load, type Model } from "../src/index.js";
import { statisticsView } from "../src/own-statistics.js";
import { type Exported, exportTiny, memoryOfSameTiles, noRuntime, street } from "./exported.js";

describe.skipIf(noRuntime !== null)("a model that mixes each picture's own statistics in", () => {
  let exported: Exported;
  let run: OpenRun;
  let model: Model;
  beforeAll(async () => {
    const normalize = { kind: "image", weight: 0.3 } as const;
    exported = await exportTiny(temporaryFolder(), {}, { normalize });
    run = openRun(exported.run, { normalize });
    model = await load(exported.folder, { threads: 1 });
  });
  afterAll(async () => {
    run?.[Symbol.dispose]();
    await model?.dispose();
  });

  const share = (one: Uint8Array, other: Uint8Array) =>
    one.filter((label, at) => label !== other[at]).length / one.length;

  /** What libtorch says. */
  async function predicted(image: ReturnType<typeof street>, weight: number, memory = 4096) {
    if (run.normalization) run.normalization.weight = weight;
    return (await predictImage(run, image, { memory })).trainIds;
  }

  it("follows the weight from the next call on, also where the first graph has run already", async () => {
    const image = street(96, 64);
    expect(model.normalize).toBe(0.3);
    const first = (await model.segment(image)).labels;
    expect(share(first, await predicted(image, 0.3))).toBeLessThan(1e-3);
    model.normalize = 0.8;
    const second = (await model.decode()).labels;
    expect(share(second, await predicted(image, 0.8))).toBeLessThan(1e-3);
    expect(share(first, second)).toBeGreaterThan(0.02);
    model.normalize = 0;
    const trained = (await model.segment(image)).labels;
    using plain = openRun(exported.run);
    expect(share(trained, (await predictImage(plain, image)).trainIds)).toBeLessThan(1e-3);
    model.normalize = 0.3;
  });

  it("gives tiles the statistics of the whole picture, as predictions do", async () => {
    const image = street(400, 64);
    const memory = memoryOfSameTiles(image, 14.5, model);
    await using small = await load(exported.folder, { threads: 1, memory });
    small.normalize = 0.8;
    const { labels } = await small.segment(image);
    const expected = await predicted(image, 0.8, 14.5);
    expect(share(labels, expected)).toBeLessThan(1e-3);
    expect((await small.decode()).labels).toEqual(labels);
    small.normalize = 0;
    const without = (await small.segment(image)).labels;
    expect(share(without, expected)).toBeGreaterThan(0.02);
  });

  it("reads and writes with the weight as it is", async () => {
    const image = street(96, 64);
    const stroke = { class: "road", points: [[40, 50]], width: 9 } as const;
    const after = async (weight: number) => {
      model.normalize = weight;
      await model.segment(image);
      const read = await model.read(50, 60);
      await model.write([stroke]);
      const { rows } = model.memory;
      model.reset();
      return { read, rows };
    };
    const expected = await after(0.9);
    await after(0.1);
    model.normalize = 0.9;
    expect(await model.read(50, 60)).toEqual(expected.read);
    model.normalize = 0.1;
    await model.read(50, 60);
    model.normalize = 0.9;
    await model.write([stroke]);
    expect(model.memory.rows).toEqual(expected.rows);
    model.reset();
    model.normalize = 0.3;
  });

  it("keeps the picture where another weight was not waited for", async () => {
    const { labels } = await model.segment(street(96, 64));
    model.normalize = 0.6;
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error("enough"));
    await expect(model.decode({ signal: controller.signal, onProgress })).rejects.toThrow("enough");
    model.normalize = 0.3;
    expect((await model.decode()).labels).toEqual(labels);
  });

  it("keeps a picture that the program has written over since", async () => {
    const { width, height, pixels } = street(96, 64);
    const given = { width, height, pixels: pixels.slice() };
    await model.segment(given);
    given.pixels.fill(0);
    model.normalize = 0.6;
    const { labels } = await model.decode();
    expect(labels).toEqual((await model.segment({ width, height, pixels })).labels);
    model.normalize = 0.3;
  });

  it("refuses weights that are none, and any where the statistics of training are folded in", async () => {
    expect(() => {
      model.normalize = 1.5;
    }).toThrow(/normalize: must be a number from 0 to 1, got 1\.5/);
    for (const none of [null, "", true, [], "0.5", Number.NaN]) {
      expect(() => {
        model.normalize = none as number;
      }).toThrow(/normalize: must be a number from 0 to 1, got /);
    }
    expect(model.normalize).toBe(0.3);
    const { folder } = await exportTiny(temporaryFolder());
    await using folded = await load(folder, { threads: 1 });
    expect([folded.hasNormalization, folded.normalize, model.hasNormalization]).toEqual([false, 0, true]);
    expect(() => {
      folded.normalize = 0.3;
    }).toThrow(/statistics of training folded in\. Export the run once more, with `normalize` \(image:W\)/);
  });

  it("takes statistics of very large pictures from a smaller one", () => {
    const { width, height } = statisticsView(street(64, 32), 512);
    expect([width, height]).toEqual([32, 16]);
    expect(model.description.normalization?.largest).toBe(LARGEST_FOR_STATISTICS);
  });
});
