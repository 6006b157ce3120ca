import { join } from "node:path";
import { cityscapes19 } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { folderOf } from "../../test/data-fixtures.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { colorLabel } from "../images/color-label.js";
import { checkDataset, spreadEvenly } from "./check.js";
import { contactSheet } from "./contact-sheet.js";

/** Pairs of fixtures, named a, b, c, … */
const folderOfPairs = (pairs: readonly (readonly [image: string, label: string])[]): string =>
  folderOf(
    Object.fromEntries(
      pairs.flatMap(([image, label], at) => {
        const name = String.fromCharCode(97 + at);
        return [
          [`images/${name}.${image.split(".").at(-1)}`, image],
          [`labels/${name}.png`, label],
        ];
      }),
    ),
  );

describe("checkDataset", () => {
  it("counts classes, ignored pixels and sizes", async () => {
    const root = folderOfPairs([
      ["photo.png", "train-ids.png"],
      ["photo.jpg", "train-ids.png"],
    ]);
    const report = await checkDataset(await openNamedDataset("folder", { root }));
    expect(report).toMatchObject({ checked: 2, problems: [], unlisted: [] });
    expect(report.histogram).toEqual(Array(19).fill(2 * 12));
    expect(report.ignoredPixels).toBe(2 * 12 * 5);
    expect(report.sizes).toEqual([{ size: "24x12", files: 2 }]);
  });

  it("finds everything that is wrong, not only the first thing", async () => {
    const root = folderOfPairs([
      ["photo.png", "train-ids.png"],
      ["truncated.png", "train-ids.png"],
      ["photo.png", "truncated-label.png"],
      ["photo.png", "train-ids-small.png"],
      ["photo.png", "unlisted.png"],
      ["photo.png", "colors.png"],
      ["cmyk.jpg", "train-ids.png"],
      ["polygons.json", "train-ids.png"],
      ["turned.jpg", "train-ids.png"],
    ]);
    const report = await checkDataset(await openNamedDataset("folder", { root }));
    const found = report.problems.map(
      ({ file, problem }) => `${file.slice(root.length + 1)} ${problem.slice(0, 22)}`,
    );
    expect(found).toEqual([
      "images/b.png is damaged or truncate",
      "labels/c.png is truncated: it ends ",
      "labels/d.png is 20x12 pixels, but i",
      "labels/f.png stores colors, but the",
      "labels/i.png is 24x12 pixels, but i",
    ]);
    expect(report.unlisted).toEqual([
      { label: 77, pixels: 12, files: 1, example: join(root, "labels/e.png") },
    ]);
    expect(report.checked).toBe(8); // a JSON file is no image, so that nobody asks for its label
  });

  it("decodes a sample, evenly spread", async () => {
    expect(spreadEvenly([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7]);
    expect(spreadEvenly([0, 1], 4)).toEqual([0, 1]);
    const root = folderOfPairs(Array(9).fill(["photo.png", "train-ids.png"]));
    const seen: number[] = [];
    const { checked } = await checkDataset(await openNamedDataset("folder", { root }), {
      sample: 3,
      onProgress: (done) => seen.push(done),
    });
    expect([checked, seen]).toEqual([3, [1, 2, 3]]);
  });
});

describe("contactSheet", () => {
  it("shows images beside their labels in the colors of the classes, and a legend", async () => {
    const root = folderOfPairs(Array(3).fill(["photo.png", "train-ids.png"]));
    const sheet = await contactSheet(await openNamedDataset("folder", { root }), { width: 48, columns: 2 });
    // Two pairs across, two down, 6 pixels around each, and the legend.
    expect(sheet.width).toBe(2 * (96 + 6) + 6);
    expect(sheet.height).toBeGreaterThan(2 * (24 + 6) + 6);
    const at = (x: number, y: number) => [...sheet.pixels.subarray((y * sheet.width + x) * 3).subarray(0, 3)];
    expect(at(2, 2)).toEqual([255, 255, 255]);
    for (const trainId of [0, 7, 18]) {
      const x = 6 + 48 + 2 * trainId + 1;
      for (const [left, top] of [
        [0, 0],
        [102, 0],
        [0, 30],
      ] as const) {
        expect(at(left + x, top + 18)).toEqual(cityscapes19.classes[trainId]?.color);
      }
    }
    expect(at(6 + 48 + 46, 18)).toEqual([0, 0, 0]);
    const [red = 0, green = 0] = at(6 + 40, 6 + 20);
    expect([red, green].map((value) => Math.round(value / 10))).toEqual([20, 20]);
  });

  it("leaves out what cannot be read, and says so when that is everything", async () => {
    const broken = folderOfPairs([
      ["truncated.png", "train-ids.png"],
      ["photo.png", "train-ids.png"],
    ]);
    const dataset = await openNamedDataset("folder", { root: broken });
    expect((await contactSheet(dataset, { width: 48 })).width).toBe(96 + 12);
    const nothing = { ...dataset, samples: dataset.samples.slice(0, 1) };
    await expect(contactSheet(nothing)).rejects.toThrow(/none of 12 samples of folder can be shown/);
  });

  it("colors labels", () => {
    expect([...colorLabel(cityscapes19, Uint8Array.of(0, 255, 13))]).toEqual([
      128, 64, 128, 0, 0, 0, 0, 0, 142,
    ]);
  });
});

describe.skipIf(!process.env.CAMVID)("CamVid (the folder in the variable CAMVID)", () => {
  it("loads whole", async () => {
    const root = process.env.CAMVID ?? "";
    const report = await checkDataset(await openNamedDataset("camvid", { root }));
    expect(report).toMatchObject({ checked: 530, problems: [], unlisted: [] });
    expect(report.sizes).toEqual([{ size: "480x360", files: 530 }]);
    for (const [subset, count] of Object.entries({ "0001TP": 124, "0006R0": 101, "0016E5": 305 })) {
      expect((await openNamedDataset("camvid", { root, subset })).samples).toHaveLength(count);
    }
    // As counted with numpy over the label files.
    const total = report.histogram.reduce((sum, pixels) => sum + pixels, report.ignoredPixels);
    expect(total).toBe(530 * 480 * 360);
    const percent = (id: number) => ((100 * (report.histogram[id] ?? 0)) / total).toFixed(3);
    expect([10, 2, 5, 0, 1, 8, 7, 4, 13, 11, 18].map(percent)).toEqual([
      "15.913",
      "22.838",
      "0.874",
      "29.305",
      "5.344",
      "12.313",
      "1.039",
      "1.459",
      "5.676",
      "0.693",
      "0.683",
    ]);
  }, 120_000);
});
