import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cityscapes19, defineLabelSpace, type LabelSpace } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { fixtureFile, temporaryFolder } from "../../test/data-fixtures.js";
import { folderOfLabels, writeImage, writeLabel } from "../../test/label-folders.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { checkDataset } from "./check.js";
import { surveyLabels } from "./label-survey.js";

const two = defineLabelSpace({
  name: "two",
  classes: [
    { name: "bg", color: [0, 0, 0] },
    { name: "fg", color: [255, 0, 0] },
  ],
});

async function survey(root: string, space: LabelSpace = two, name = "folder", split?: string) {
  return surveyLabels(await openNamedDataset(name, { root, space, ...(split && { split }) }));
}

/** Labels in Cityscapes' layout that hold these values. */
async function cityscapes(kind: string, ...rows: readonly number[][]): Promise<string> {
  const root = temporaryFolder();
  for (const [at, row] of rows.entries()) {
    await writeImage(join(root, `leftImg8bit/val/ulm/u_${at}_leftImg8bit.png`), row.length);
    await writeLabel(join(root, `gtFine/val/ulm/u_${at}_gtFine_${kind}.png`), row);
  }
  return root;
}

describe("surveyLabels", () => {
  it("is content with labels that hold every class", async () => {
    expect(await survey(await folderOfLabels([[0, 0, 1, 255]]))).toEqual([]);
    expect(await survey(await folderOfLabels([[0], [1]]))).toEqual([]);
  });

  it("names classes without a pixel, and the values that were ignored", async () => {
    const root = await folderOfLabels([[0, 0, 0, 255], Array(4).fill(0)]);
    expect(await survey(root)).toEqual([
      'warning: folder: no pixel of "fg" in 2 labels; ignored: 255 (12.5 %) (255 is ignored unless a class of the label space has ' +
        "it among its values)",
    ]);
  });

  it("takes 255 for a class where the label space lists it", async () => {
    const space = defineLabelSpace({
      name: "mask",
      classes: [
        { name: "bg", color: [0, 0, 0], values: [0] },
        { name: "fg", color: [255, 0, 0], values: [255] },
      ],
    });
    expect(await survey(await folderOfLabels([[0, 255]]), space)).toEqual([]);
  });

  it("speaks of classes alone that the data set can label", async () => {
    const root = temporaryFolder();
    await writeImage(join(root, "images/a.png"), 11);
    await writeLabel(join(root, "labels/a.png"), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await survey(root, cityscapes19, "camvid")).toEqual([]);
  });

  it("says how much is ignored where it is more than half", async () => {
    expect(await survey(await folderOfLabels([[0, 1, 255, 255, 255]]))).toEqual([
      "warning: folder: 60.0 % of the pixels of 1 label are ignored; ignored: 255 (60.0 %)",
    ]);
  });

  it("refuses labels in which nothing is labeled", async () => {
    await expect(survey(await folderOfLabels([[255, 255], [255]]))).rejects.toThrow(
      /labels\/0\.png: and the other labels of folder cannot be used: nothing is labeled: all pixels of 2 labels are ignored; they are stored as 255 \(100\.0 %\)/,
    );
  });

  it("looks on until it finds a labeled pixel", async () => {
    const root = await folderOfLabels([...Array(70).fill([255]), [0]], 1);
    expect(await survey(root)).toEqual([expect.stringMatching(/no pixel of "fg" in 71 labels/)]);
  }, 30_000);

  it("says how many of the labels it looked at", async () => {
    const rows = Array.from({ length: 300 }, (_, at) => [at === 99 ? 1 : 0]);
    expect(await survey(await folderOfLabels(rows, 1))).toEqual([
      'warning: folder: no pixel of "fg" in 256 labels (of 300)',
    ]);
  }, 60_000);

  it("recognizes train ids that are called label ids", async () => {
    await expect(
      survey(await cityscapes("labelIds", [3, 4], [0, 1]), cityscapes19, "cityscapes", "val"),
    ).rejects.toThrow(/nothing is labeled.*the values look like train ids .* call them …_labelTrainIds\.png/);
    await expect(
      survey(await cityscapes("labelIds", [0, 2, 10, 8]), cityscapes19, "cityscapes", "val"),
    ).rejects.toThrow(
      /look like train ids .*; read as they are, 75\.0 % of the pixels of 1 label are ignored/,
    );
    await expect(
      survey(await cityscapes("labelIds", [0, 255]), cityscapes19, "cityscapes", "val"),
    ).rejects.toThrow(
      /does not define: 255 \(8 pixels\); it defines 0 to 33; nothing is labeled.*look like train ids/,
    );
    const real = await cityscapes("labelIds", [7, 8, 11, 21, 23, 26, 1, 2]);
    expect((await survey(real, cityscapes19, "cityscapes", "val")).join()).not.toContain("look like");
  });

  it("recognizes label ids that are called train ids", async () => {
    const root = await cityscapes("labelTrainIds", [7, 8, 11, 21, 23, 26, 26, 26, 26]);
    await expect(survey(root, cityscapes19, "cityscapes", "val")).rejects.toThrow(
      /does not define: 26 \(32 pixels\).*look like Cityscapes' label ids \(0 to 33\), but the files are read as train ids/,
    );
  });

  it("stops at a label that cannot be used, or leaves it out when asked to", async () => {
    const root = await folderOfLabels([[0, 1], [0]]);
    writeFileSync(join(root, "labels/1.png"), "no picture");
    const dataset = await openNamedDataset("folder", { root, space: two });
    await expect(surveyLabels(dataset)).rejects.toThrow(/labels\/1\.png: is not a PNG file/);
    expect(await surveyLabels(dataset, { onError: "skip" })).toEqual([]);
  });

  it("counts palettes, colors and 16 bits as they are decoded", async () => {
    for (const [name, fixture] of [
      ["gtav", "gtav.png"],
      ["gtav", "colors.png"],
      ["synthia", "synthia.png"],
    ] as const) {
      const root = temporaryFolder();
      const [images, labels] = name === "gtav" ? ["images", "labels"] : ["RGB", "GT/LABELS"];
      for (const [folder, file] of [
        [images, "photo.png"],
        [labels, fixture],
      ] as const) {
        mkdirSync(join(root, folder), { recursive: true });
        cpSync(fixtureFile(file), join(root, folder, "0.png"));
      }
      const dataset = await openNamedDataset(name, { root, split: "all" });
      const { histogram, ignoredPixels, warnings } = await checkDataset(dataset);
      expect(histogram, fixture).toEqual(Array(19).fill(12));
      expect(ignoredPixels).toBe(12 * 5);
      expect(warnings).toEqual([]);
    }
  });
});

describe("colors in a folder of labels", () => {
  it("say how to list them", async () => {
    const root = await folderOfLabels([[0]]);
    cpSync(fixtureFile("colors.png"), join(root, "labels/0.png"));
    await expect(survey(root)).rejects.toThrow(
      /labels\/0\.png: stores colors, but the labels of this data set are numbers .*list the colors of each class in the label space: .*"colors": \[\[128, 64, 128\]\]/,
    );
  });

  it("say what the file really is", async () => {
    const root = await folderOfLabels([[0]]);
    cpSync(fixtureFile("photo.jpg"), join(root, "labels/0.png"));
    await expect(survey(root)).rejects.toThrow(
      /labels\/0\.png: is not a PNG file; it is JPEG by its content/,
    );
  });
});
