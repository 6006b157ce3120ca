import { cityscapes19, defineLabelSpace } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { fixtureFile, readFixture } from "../../test/data-fixtures.js";
import { readPng } from "../images/png.js";
import {
  decodingFor,
  describeUnlisted,
  LabelDecoder,
  type LabelDecoding,
  ownDecoding,
  trainIdDecoding,
  valueDecoding,
} from "./label-decoding.js";
import { datasetDefinition } from "./sets/index.js";

/** Train ids of the first row: every column of the miniature labels holds one value. */
function firstRow(decoding: LabelDecoding, fixture: string): number[] {
  const png = readPng(readFixture(fixture), fixtureFile(fixture));
  return [...new LabelDecoder(decoding).decodeStrictly(png, fixture).subarray(0, png.width)];
}

async function decodingOf(name: string, layout = 0): Promise<LabelDecoding> {
  const { decoding, layouts } = datasetDefinition(name);
  return layouts[layout]?.decoding ?? (typeof decoding === "function" ? decoding("nowhere") : decoding);
}

const all19 = Array.from({ length: 19 }, (_, id) => id);

describe("labels of each data set, in its own format", () => {
  it("cityscapes: label ids 10 to 33", async () => {
    expect(firstRow(await decodingOf("cityscapes"), "ids.png")).toEqual([
      255, 2, 3, 4, 255, 255, 255, 5, 255, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255, 255, 16, 17, 18,
    ]);
  });

  it.each(["bdd100k", "idd", "acdc", "urbansyn"])("%s: train ids", async (name) => {
    expect(firstRow(await decodingOf(name), "train-ids.png")).toEqual([...all19, ...Array(5).fill(255)]);
  });

  it.each(["gtav.png", "colors.png"])(
    "gtav: colors, from a palette or not, others ignored: %s",
    async (fixture) => {
      expect(firstRow(await decodingOf("gtav"), fixture)).toEqual([...all19, ...Array(5).fill(255)]);
    },
  );

  it("synthia: the first of three 16-bit channels", async () => {
    expect(firstRow(await decodingOf("synthia"), "synthia.png")).toEqual([
      255, 10, 2, 0, 1, 4, 8, 5, 13, 7, 11, 18, 17, 255, 255, 6, 9, 12, 14, 15, 16, 3, 255, 255,
    ]);
  });

  it("mapillary: palette indices 42 to 65, whatever the palette shows", async () => {
    expect(firstRow(await decodingOf("mapillary"), "vistas.png")).toEqual([
      255, 255, 255, 5, 255, 5, 6, 255, 7, 255, 18, 255, 15, 13, 255, 17, 16, 255, 255, 14, 255, 255, 255,
      255,
    ]);
  });

  it("camvid: 11 classes, and the 32 colors of the original", async () => {
    const ids = [10, 2, 5, 0, 1, 8, 7, 4, 13, 11, 18, 255];
    expect(firstRow(await decodingOf("camvid"), "camvid.png")).toEqual([...ids, ...ids]);
    const original = new Map((await decodingOf("camvid", 3)).entries);
    expect(original.size).toBe(32);
    expect([original.get(0x804080), original.get(0x808080), original.get(0x0080c0)]).toEqual([0, 10, 18]);
  });
});

describe("LabelDecoder", () => {
  it("names values outside the table, and how many pixels hold them", () => {
    expect(() => firstRow(trainIdDecoding, "unlisted.png")).toThrow(
      /unlisted\.png: holds label values that this data set does not define: 77 \(12 pixels\)/,
    );
    const png = readPng(readFixture("unlisted.png"), "unlisted.png");
    const { trainIds, unlisted } = new LabelDecoder(trainIdDecoding).decode(png, "unlisted.png");
    expect(unlisted).toEqual([{ label: 77, pixels: 12 }]);
    expect([...trainIds.subarray(4, 7)]).toEqual([4, 255, 6]);
  });

  it("says which values there are, and that those of Cityscapes' own tools look like it", () => {
    const told = (decoding: LabelDecoding, labels: number[]) =>
      describeUnlisted(
        decoding,
        labels.map((label) => ({ label, pixels: 4 })),
      );
    expect(told(trainIdDecoding, [77])).toMatch(/: 77 \(4 pixels\); it defines 0 to 18 and 255$/);
    expect(told(trainIdDecoding, [26, 23])).toMatch(
      /; it defines 0 to 18 and 255; the values look like Cityscapes' label ids .*make train ids of them/,
    );
    expect(told(trainIdDecoding, [26, 77])).not.toContain("look like");
    expect(told(valueDecoding({ 3: 0, 7: 1 }, [8]), [26])).toMatch(/; it defines 3 and 7 to 8$/);
  });

  it("takes values in three equal channels, and a part of a picture in colors for no such thing", () => {
    const channels = 3 as const;
    const label = (...pixels: [number, number, number][]) => ({
      width: pixels.length,
      height: 1,
      channels,
      samples: Uint8Array.from(pixels.flat()),
    });
    const decoder = new LabelDecoder(trainIdDecoding);
    const gray = label([0, 0, 0], [18, 18, 18], [255, 255, 255]);
    expect([...decoder.decodeStrictly(gray, "a.png")]).toEqual([0, 18, 255]);
    expect([...decoder.count(gray, "a.png").keys()]).toEqual([0, 18, 255]);
    const grid = { rows: Int32Array.of(0), columns: Int32Array.of(0) };
    expect([...decoder.decodeGrid(gray, grid, "a.png")]).toEqual([0]);
    const colored = label([0, 0, 0], [128, 64, 128]);
    expect(() => decoder.decodeGrid(colored, grid, "a.png")).toThrow(/a\.png: stores colors/);
  });

  it.each(["gtav.png", "colors.png"])("names colors outside the table: %s", (fixture) => {
    const { entries } = datasetDefinition("gtav").decoding as LabelDecoding;
    expect(() => firstRow({ kind: "colors", entries, unlisted: "error" }, fixture)).toThrow(
      /label colors that this data set does not define: rgb\(1, 2, 3\) \(12 pixels\)/,
    );
  });

  it("refuses colors where numbers are expected, and numbers where colors are", async () => {
    expect(() => firstRow(trainIdDecoding, "colors.png")).toThrow(/colors\.png: stores colors, but/);
    const colors = await decodingOf("gtav");
    expect(() => firstRow(colors, "ids.png")).toThrow(/ids\.png: has 1 channel\(s\) of 8 bits, but/);
    expect(() => firstRow(colors, "synthia.png")).toThrow(/has 3 channel\(s\) of 16 bits, but/);
  });
});

describe("LabelDecoder.decodeGrid", () => {
  const grid = { rows: Int32Array.of(3, 3, 0), columns: Int32Array.of(9, 2, 2, 17) };
  const decode = (decoding: LabelDecoding, fixture: string) => [
    ...new LabelDecoder(decoding).decodeGrid(readPng(readFixture(fixture), fixture), grid, fixture),
  ];

  it.each([
    ["bdd100k", "train-ids.png", [9, 2, 2, 17]],
    ["gtav", "gtav.png", [9, 2, 2, 17]],
    ["gtav", "colors.png", [9, 2, 2, 17]],
    ["synthia", "synthia.png", [7, 2, 2, 12]],
    ["mapillary", "vistas.png", [255, 255, 255, 255]],
  ])("gives the train ids of the pixels asked for: %s, %s", async (name, fixture, row) => {
    expect(decode(await decodingOf(name), fixture)).toEqual([...row, ...row, ...row]);
  });

  it("names unlisted labels among the pixels asked for, and is silent about others", () => {
    expect(decode(trainIdDecoding, "unlisted.png")).toHaveLength(12);
    const png = readPng(readFixture("unlisted.png"), "unlisted.png");
    const hit = { rows: Int32Array.of(0), columns: Int32Array.of(4, 5) };
    const decoder = new LabelDecoder(trainIdDecoding);
    expect(() => decoder.decodeGrid(png, hit, "unlisted.png")).toThrow(/unlisted\.png: .*: 77 \(1 pixels\)/);
    const lenient = new LabelDecoder({ ...trainIdDecoding, unlisted: "ignore" });
    expect([...lenient.decodeGrid(png, hit, "unlisted.png")]).toEqual([4, 255]);
  });
});

describe("a user's own label space", () => {
  const space = defineLabelSpace({
    name: "three",
    classes: [
      { name: "ground", color: [1, 1, 1], values: [0, 1, 9], cityscapes: ["road", "sidewalk", "terrain"] },
      {
        name: "things",
        color: [2, 2, 2],
        values: [2, 3, 4, 5, 6, 7],
        cityscapes: ["building", "pole", "car"],
      },
      { name: "sky", color: [3, 3, 3], values: [10] },
    ],
    ignored: [8, 11, 12, 13, 14, 15, 16, 17, 18],
  });

  it("reaches the street data sets through Cityscapes' classes", () => {
    const row = firstRow(decodingFor(space, trainIdDecoding), "train-ids.png");
    expect(row.slice(0, 14)).toEqual([0, 0, 1, 255, 255, 1, 255, 255, 255, 0, 2, 255, 255, 1]);
  });

  it("reads its own label files by their values", () => {
    const row = firstRow(ownDecoding(space), "train-ids.png");
    expect(row.slice(0, 14)).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 255, 0, 2, 255, 255, 255]);
  });

  it("reads train ids where no description says otherwise", () => {
    expect(firstRow(ownDecoding(cityscapes19), "train-ids.png").slice(0, 19)).toEqual(all19);
  });
});
