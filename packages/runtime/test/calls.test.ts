// What a call takes of its arguments and when, what it leaves where it fails, and what it says of arguments that are none.

import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../pinmem/test/data-fixtures.js";
import { load, type Model, type Picture } from "../src/index.js";
import { exportTiny, noRuntime, street } from "./exported.js";

const root = temporaryFolder();

describe.skipIf(noRuntime !== null)("a call of a model", () => {
  let model: Model;
  let folder: string;
  beforeAll(async () => {
    ({ folder } = await exportTiny(root));
    model = await load(folder, { threads: 1 });
  });
  afterAll(() => model?.dispose());

  const stroke = { class: "road", points: [[8, 40]], width: 9 } as const;

  it("takes pixels, strokes and labels as they are when it is made, not when its turn comes", async () => {
    const [image, before] = [street(64, 48), street(64, 48, 1)];
    const { labels: expected } = await model.segment(image);
    await model.write([stroke]);
    const fromStroke = model.memory.rows;
    model.reset();
    await model.write({ labels: expected });
    const fromLabels = model.memory.rows;
    model.reset();

    const pixels = image.pixels.slice();
    const points: [number, number][] = [[8, 40]];
    const labels = expected.slice();
    void model.segment(before);
    const segmented = model.segment({ width: 64, height: 48, pixels });
    const collected = [model.collect([{ ...stroke, points }]), model.collect({ labels })];
    pixels.fill(0);
    (points[0] as [number, number])[0] = 50;
    points.push([60, 5]);
    labels.fill(3);
    expect((await segmented).labels).toEqual(expected);
    for (const [at, rows] of [fromStroke, fromLabels].entries()) {
      model.writeCollected([await (collected[at] as (typeof collected)[number])]);
      expect(model.memory.rows).toEqual(rows);
      model.reset();
    }
  });

  it("leaves the picture before as it was, for reads and for strokes, where the next cannot be decoded", async () => {
    const { labels } = await model.segment(street(64, 48));
    const late = AbortSignal.abort(new Error("too late"));
    await expect(model.segment(join(root, "nofile.jpg"))).rejects.toThrow(
      /nofile\.jpg cannot be read: ENOENT/,
    );
    await expect(model.segment(Buffer.from("no picture"))).rejects.toThrow(/cannot be decoded/);
    await expect(model.segment(street(32, 32), { signal: late })).rejects.toThrow("too late");
    expect((await model.decode()).labels).toEqual(labels);
    expect((await model.read(63, 47)).length).toBe(model.classes.length);
    expect(await model.write([stroke])).toEqual(["road"]);
    model.reset();
  });

  it("leaves no picture at all where the next was decoded, and too large", async () => {
    await using small = await load(folder, { threads: 1, memory: 20 });
    await small.segment(street(32, 32));
    const large = { width: 4000, height: 2500, pixels: new Uint8Array(30_000_000) };
    await expect(small.segment(large)).rejects.toThrow(/needs at least \d+ MiB/);
    for (const call of [small.decode(), small.read(1, 1), small.write([stroke])])
      await expect(call).rejects.toThrow(/there is no picture/);
  });

  it("takes a file's bytes as requests give them: an ArrayBuffer, or a Blob", async () => {
    const { width, height, pixels } = street(48, 32);
    const { labels } = await model.segment({ width, height, pixels });
    const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const buffer = new Uint8Array(png).buffer;
    expect((await model.segment(buffer)).labels).toEqual(labels);
    expect((await model.segment(new Blob([buffer]))).labels).toEqual(labels);
    const clamped = { width, height, pixels: new Uint8ClampedArray(pixels) } satisfies Picture;
    expect((await model.segment(clamped)).labels).toEqual(labels);
  });

  it("refuses a picture of one endless row, of which decoders would hold dozens", async () => {
    const background = { r: 1, g: 2, b: 3 };
    const row = await sharp({ create: { width: 65_536, height: 1, channels: 3, background } })
      .png()
      .toBuffer();
    await expect(model.segment(row)).rejects.toThrow(
      /cannot be decoded: it has 65536x1 pixels; no side may have more than 65535: cut it into pieces/,
    );
  });

  it("says of something else what it is, and what to give", async () => {
    const wrong: [unknown, RegExp][] = [
      [
        new Response("x"),
        /^segment: in Node a picture is a path, .*; got Response; give `await response\.blob\(\)`$/,
      ],
      [Promise.resolve(1), /got Promise; await it$/],
      [{}, /got a plain object$/],
      [7, /got 7$/],
    ];
    for (const [picture, problem] of wrong)
      await expect(model.segment(picture as Picture)).rejects.toThrow(problem);
  });

  it("refuses strokes and labels of another shape, and labels that are no train ids", async () => {
    await model.segment(street(48, 32));
    const wrong: [unknown, RegExp][] = [
      [undefined, /^write: needs strokes, \[\{ class, .*, or \{ labels \} with .*, got undefined$/],
      ["road", /got the string "road"$/],
      [stroke, /got a plain object$/],
      [{ labels: "road" }, /got \{ labels \} of the string "road"$/],
      [
        { labels: new Float32Array(48 * 32).fill(0.5) },
        /^write: there is no class 0\.5; labels are train ids/,
      ],
      [{ labels: new Float32Array(48 * 32).fill(Number.NaN) }, /there is no class NaN/],
      [{ labels: new Int8Array(48 * 32).fill(-1) }, /there is no class -1/],
      [[undefined], /^write: a stroke is \{ class, points: .*, got undefined$/],
      [[{ ...stroke, points: "1,2" }], /a stroke is .*, got points of the string "1,2"$/],
      [[{ ...stroke, points: [{ x: 1, y: 2 }] }], /at least one point of two numbers/],
      [[{ ...stroke, points: [[1]] }], /at least one point of two numbers/],
      [
        [{ ...stroke, width: "9" }],
        /^write: the width of a stroke must be .*, got the string "9"; Number\(\)/,
      ],
    ];
    for (const [labeled, problem] of wrong)
      await expect(model.write(labeled as [typeof stroke])).rejects.toThrow(problem);
    await expect(model.write([stroke], { momentum: "0.5" as unknown as number })).rejects.toThrow(/momentum/);
  });

  it("refuses votes and temperatures that are no numbers", () => {
    expect(() => {
      model.votes = "10" as unknown as number;
    }).toThrow('votes: must be a number of at least 0, got the string "10"; Number() makes a number of it');
    expect(() => {
      model.memory.temperature = null as unknown as number;
    }).toThrow("memory.temperature: must be a positive number, got null");
  });
});
