// Exported models in Node, beside what libtorch says of the same network.

import { join } from "node:path";
import { scope } from "@pinmem/torch";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeMemory } from "../../pinmem/src/adaptation/write-memory.js";
import { pictureInput as torchInput } from "../../pinmem/src/inference/picture-input.js";
import { predictImage } from "../../pinmem/src/prediction/predict-image.js";
import { type OpenRun, openRun } from "../../pinmem/src/runs/open-run.js";
import { temporaryFolder } from "../../pinmem/test/data-fixtures.js";
import { load, type Model, ModelError, type SegmentProgress } from "../src/index.js";
import { inputTables, pictureInput } from "../src/picture-input.js";
import { type Exported, exportTiny, memoryOfSameTiles, noRuntime, street, transformer } from "./exported.js";

const root = temporaryFolder();

describe.skipIf(noRuntime !== null)("a model in Node", () => {
  let exported: Exported;
  let run: OpenRun;
  let model: Model;
  beforeAll(async () => {
    exported = await exportTiny(root);
    run = openRun(exported.run);
    model = await load(exported.folder, { threads: 1 });
  });
  afterAll(async () => {
    run?.[Symbol.dispose]();
    await model?.dispose();
  });

  const share = (one: Uint8Array, other: Uint8Array) =>
    one.filter((label, at) => label !== other[at]).length / one.length;

  it("feeds the network the numbers that training does, to the last bit", () => {
    const picture = { width: 16, height: 48, pixels: Uint8Array.from({ length: 2304 }, (_, at) => at / 3) };
    const expected = scope(() => torchInput([picture], "cpu").contiguous().toTypedArray());
    expect(pictureInput(picture, inputTables(model.description.input)).data).toEqual(expected);
  });

  it.each([
    [96, 64],
    [33, 47],
    [1, 1],
  ])("sees what libtorch sees: %ix%i", async (width, height) => {
    const picture = street(Math.max(width, 16), Math.max(height, 16));
    const image = { width, height, pixels: picture.pixels.slice(0, 3 * width * height) };
    const { labels, ...size } = await model.segment(image);
    expect(size).toEqual({ width, height });
    const { trainIds } = await predictImage(run, image);
    expect(share(labels, trainIds)).toBeLessThan(1e-3);
  });

  it("tiles large pictures as predictions do, and says how far it is", async () => {
    const image = street(400, 256);
    const memory = memoryOfSameTiles(image, 58, model);
    await using small = await load(exported.folder, { threads: 1, memory });
    const seen: string[] = [];
    const { labels } = await small.segment(image, {
      onProgress: ({ done, total }) => seen.push(`${done}/${total}`),
    });
    const { trainIds } = await predictImage(run, image, { memory: 58 });
    const whole = await predictImage(run, image);
    expect(share(trainIds, whole.trainIds)).toBeGreaterThan(2e-3);
    expect(share(labels, trainIds)).toBeLessThan(1e-3);
    expect(seen).toEqual(["0/2", "1/2", "2/2"]);
    expect(await small.decode()).toEqual({ width: 400, height: 256, labels });
    const weights = await small.read(399, 10);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
  });

  it("cuts the tiles of a transformer between its patches, as predictions do", async () => {
    const made = await exportTiny(temporaryFolder(), transformer);
    using own = openRun(made.run);
    const image = street(701, 303);
    await using small = await load(made.folder, { threads: 1, memory: 40 });
    const seen: number[] = [];
    const { labels } = await small.segment(image, { onProgress: ({ total }) => seen.push(total) });
    expect(seen[0]).toBeGreaterThan(1);
    const { trainIds } = await predictImage(own, image, { memory: 40 });
    expect(new Set(trainIds).size).toBeGreaterThan(1);
    expect(share(labels, trainIds)).toBeLessThan(1e-3);
  });

  it("takes 40 megapixels, in tiles", async () => {
    const [width, height] = [8000, 5000];
    await using small = await load(exported.folder, { threads: 1, memory: 400 });
    const controller = new AbortController();
    const seen: number[] = [];
    const options = {
      signal: controller.signal,
      onProgress: ({ done, total }: SegmentProgress) => {
        seen.push(total);
        if (done === 1) controller.abort(new Error("that will do"));
      },
    };
    const image = { width, height, pixels: new Uint8Array(3 * width * height) };
    await expect(small.segment(image, options)).rejects.toThrow("that will do");
    expect(seen[0]).toBeGreaterThan(50);
    const tooSmall = load(exported.folder, { threads: 1, memory: 20 });
    await expect((await tooSmall).segment(image)).rejects.toThrow(/8000x5000 pixels needs at least \d+ MiB/);
    await (await tooSmall).dispose();
  });

  it("takes files, their bytes, and pixels as sharp gives them", async () => {
    const { width, height, pixels } = street(48, 32);
    const raw = sharp(pixels, { raw: { width, height, channels: 3 } });
    const file = join(root, "street.png");
    await raw.png().toFile(file);
    const { labels } = await model.segment({ width, height, pixels });
    expect((await model.segment(file)).labels).toEqual(labels);
    const packed = await raw.png().toBuffer();
    expect((await model.segment(packed)).labels).toEqual(labels);
    const unpacked = await sharp(packed).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    expect((await model.segment(unpacked)).labels).toEqual(labels);
    await expect(model.segment(join(root, "none.png"))).rejects.toThrow(/none\.png cannot be read: ENOENT/);
    await expect(model.segment(Buffer.from("no picture"))).rejects.toThrow(/the picture cannot be decoded: /);
    const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32"/>';
    await expect(model.segment(Buffer.from(drawing))).rejects.toThrow(
      /the picture cannot be decoded: it is svg, which is no picture of pixels/,
    );
    const row = sharp({ create: { width: 70_000, height: 1, channels: 3, background: "red" } });
    await expect(model.segment(await row.png().toBuffer())).rejects.toThrow(
      /it has 70000x1 pixels; no side may have more than 65535/,
    );
    await expect(model.segment({ width, height, pixels: pixels.slice(1) })).rejects.toThrow(
      /48x32 pixels must hold 4608 bytes .* got 4607/,
    );
  });

  it("writes the rows that adaptation writes from the same labels", async () => {
    const image = street(90, 61);
    const trainIds = Uint8Array.from({ length: 90 * 61 }, (_, at) =>
      at % 90 < 30 ? 2 : at % 90 < 50 ? 255 : at > 3000 ? 11 : 5,
    );
    using other = openRun(exported.run);
    const before = await model.segment(image);
    const names = await model.write({ labels: trainIds });
    expect(names).toEqual(await writeMemory(other, [{ image, trainIds }]));
    const expected = other.network.memory?.items.toTypedArray() as Float32Array;
    const { rows } = model.memory;
    const largest = rows.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (expected[at] ?? 9))),
      0,
    );
    expect(largest).toBeLessThan(1e-5);
    // With them, and with votes, the second graph alone says what a prediction with the written network says.
    model.votes = 10;
    const { labels } = await model.decode();
    if (other.network.memory) other.network.memory.voteWeight = 10;
    expect(share(labels, (await predictImage(other, image)).trainIds)).toBeLessThan(1e-3);
    expect(share(labels, before.labels)).toBeGreaterThan(0.05);
    model.reset();
    expect(model.votes).toBe(0);
    expect((await model.decode()).labels).toEqual(before.labels);
  });

  it("writes from strokes by the area that they cover, with a momentum where one is wanted", async () => {
    const image = street(96, 64);
    await model.segment(image);
    const whole = new Uint8Array(96 * 64).fill(255);
    for (let y = 0; y < 64; y++) whole.fill(8, y * 96, y * 96 + 96);
    await model.write({ labels: whole });
    const everywhere = model.memory.rows;
    model.reset();
    const all = [
      {
        class: "vegetation",
        points: [
          [-20, 32],
          [120, 32],
        ],
        width: 140,
      },
    ] as const;
    expect(await model.write(all)).toEqual(["vegetation"]);
    model.memory.rows.forEach((value, at) => {
      expect(value).toBeCloseTo(everywhere[at] as number, 2);
    });
    model.reset();
    const first = model.memory.rows;
    const thin = [
      {
        class: 8,
        points: [
          [3, 3],
          [60, 5],
        ],
        width: 3,
      },
    ] as const;
    await model.write(thin, { momentum: 0.9 });
    const width = model.description.feature.width;
    const [old, row] = [first, model.memory.rows].map((rows) => rows.subarray(8 * width, 9 * width));
    const cosine = old?.reduce((sum, value, at) => sum + value * (row?.[at] as number), 0);
    expect(cosine).toBeGreaterThan(0.9);
    expect(cosine).toBeLessThan(0.9999);
    model.reset();
  });

  it("reads what a pixel takes of each row", async () => {
    await model.segment(street(96, 64));
    const weights = await model.read(95.5, 63);
    expect(weights.length).toBe(model.classes.length);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    model.memory.temperature = 0.01;
    const sharper = await model.read(95, 63);
    expect(Math.max(...sharper)).toBeGreaterThan(Math.max(...weights));
    model.reset();
    await expect(model.read(96, 0)).rejects.toThrow(/\(96, 0\) is outside the picture, which has 96x64/);
  });

  it("tells how sure each pixel is, as predictions do, whole and in tiles", async () => {
    for (const [image, memory] of [
      [street(96, 64), 4096],
      [street(400, 256), 58],
    ] as const) {
      const same = memoryOfSameTiles(image, memory, model);
      await using small = await load(exported.folder, { threads: 1, memory: same });
      const { confidence = new Uint8Array() } = await small.segment(image, { confidence: true });
      const expected = await predictImage(run, image, { memory });
      const apart = expected.confidence.map((share, at) => Math.abs(share * 255 - (confidence[at] ?? -1)));
      expect(Math.max(...apart)).toBeLessThan(1);
    }
  });

  it("maps where a row is read and voted for, and tells the same of a pixel there", async () => {
    await model.segment(street(96, 64));
    const { width, height, weights, cosines } = await model.map("road");
    const { stride } = model.description.feature;
    expect([width, height]).toEqual([Math.ceil(96 / stride), Math.ceil(64 / stride)]);
    expect(weights.length).toBe(width * height);
    const pixel = await model.look((width - 1 + 0.5) * stride, (height - 1 + 0.5) * stride);
    expect(pixel.weights[0]).toBeCloseTo(weights.at(-1) as number, 6);
    expect(pixel.cosines[0]).toBeCloseTo(cosines.at(-1) as number, 6);
    expect(Math.max(...cosines.map(Math.abs))).toBeLessThanOrEqual(1.000001);
    await expect(model.map("roads")).rejects.toThrow('map: there is no class "roads"');
  });

  it("writes rows from several pictures as adaptation does from all of them together", async () => {
    const [one, other] = [new Uint8Array(96 * 64).fill(255), new Uint8Array(96 * 64).fill(255)];
    one.fill(0, 0, 96 * 32);
    other.fill(0, 96 * 32);
    await model.segment(street(96, 64));
    const sums = [await model.collect({ labels: one }), await model.collect({ labels: other })];
    expect(model.writeCollected(sums)).toEqual(["road"]);
    const together = model.memory.rows;
    model.reset();
    await model.write({ labels: new Uint8Array(96 * 64) });
    model.memory.rows.forEach((value, at) => {
      expect(value).toBeCloseTo(together[at] as number, 5);
    });
    model.reset();
  });

  it("ends at an abort, and goes on with the next picture", async () => {
    const controller = new AbortController();
    const options = {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    };
    await expect(model.segment(street(48, 32), options)).rejects.toThrow("enough");
    await expect(model.decode()).rejects.toThrow(/there is no picture\. Segment one first/);
    expect((await model.segment(street(48, 32))).labels.length).toBe(48 * 32);
    const late = AbortSignal.abort(new Error("too late"));
    await expect(load(exported.folder, { signal: late })).rejects.toThrow();
  });

  it("knows nothing of other models, and nothing once it is disposed", async () => {
    const other = await load(exported.folder, { threads: 1 });
    const [image, another] = [street(64, 48), street(64, 48, 1)];
    const [one, two] = await Promise.all([model.segment(image), other.segment(another)]);
    other.votes = 5;
    expect(model.votes).toBe(0);
    expect((await model.decode()).labels).toEqual(one.labels);
    expect(two.labels).not.toEqual(one.labels);
    await other.dispose();
    await other.dispose();
    await expect(other.segment(image)).rejects.toThrow(ModelError);
    await expect(other.segment(image)).rejects.toThrow(/mini was disposed/);
  });

  it("refuses rows, strokes and labels that do not fit", async () => {
    await model.segment(street(48, 32));
    expect(() => {
      model.memory.rows = new Float32Array(7);
    }).toThrow(/got 7 numbers, but the memory is \[19, \d+\].* other classes\?/);
    expect(() => {
      model.votes = -1;
    }).toThrow(/votes: must be a number of at least 0, got -1/);
    const stroke = { class: "rode", points: [[1, 1]], width: 3 } as const;
    await expect(model.write([stroke])).rejects.toThrow(/there is no class "rode"; the model knows road, /);
    await expect(model.write([])).rejects.toThrow(/nothing of the picture is labeled/);
    await expect(model.write({ labels: new Uint8Array(3) })).rejects.toThrow(/got 3 labels/);
    await expect(model.write({ labels: new Uint8Array(48 * 32).fill(77) })).rejects.toThrow(/no class 77/);
  });
});
