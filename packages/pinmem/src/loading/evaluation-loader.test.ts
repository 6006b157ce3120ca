import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOf, pixelsOf } from "../../test/data-fixtures.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { evaluationImages } from "./evaluation-loader.js";
import { planCenterCrop } from "./transforms/geometric.js";

describe("evaluationImages", () => {
  const names = ["a", "b", "c", "d", "e"];
  const root = folderOf(
    Object.fromEntries(
      names.flatMap((name) => [
        [`images/${name}.png`, "photo.png"],
        [`labels/${name}.png`, "train-ids.png"],
      ]),
    ),
  );

  it("gives whole images in the order of their names", async () => {
    const seen: string[] = [];
    for await (const { index, name, image, label, width, height } of evaluationImages(
      await openNamedDataset("folder", { root }),
    )) {
      expect(name).toMatch(new RegExp(`${names[index]}\\.png$`));
      expect([width, height]).toEqual([24, 12]);
      expect(image).toEqual(pixelsOf("photo.png").data);
      expect([...label.subarray(0, 3), label[23]]).toEqual([0, 1, 2, 255]);
      seen.push(name);
    }
    expect(seen).toHaveLength(5);
  });

  it("shows Mapillary's portrait images in the middle, their padding ignored; or as the official code does", async () => {
    const files = {
      "validation/images/x.jpg": "portrait.jpg",
      "validation/labels/x.png": "vistas-portrait.png",
    };
    const dataset = await openNamedDataset("mapillary", { root: folderOf(files), split: "val" });
    const columns = async (padding: "ignored" | "official") => {
      const plan = (source: { width: number; height: number }) =>
        planCenterCrop(source, { size: { width: 48, height: 48 }, height: 48, padding });
      for await (const { image, label } of evaluationImages(dataset, { plan })) {
        expect([...image.subarray(0, 3)]).toEqual([0, 0, 0]);
        return [...label.subarray(26 * 48, 27 * 48)];
      }
      return [];
    };
    // Row 26 of 48 shows row 13 of the label, palette index 55: car, train id 13. The image is 24 wide in 48.
    expect(await columns("ignored")).toEqual([
      ...Array(12).fill(255),
      ...Array(24).fill(13),
      ...Array(12).fill(255),
    ]);
    expect(await columns("official")).toEqual([...Array(36).fill(0), ...Array(12).fill(13)]);
  });

  it("tells of images that cannot be used and goes on, also where image and label are both broken", async () => {
    const broken = folderOf({
      "images/a.png": "truncated.png",
      "labels/a.png": "truncated.png",
      "images/b.png": "photo.png",
      "labels/b.png": "train-ids.png",
      "images/c.png": "photo.png",
      "labels/c.png": "truncated.png",
    });
    writeFileSync(join(broken, "images/a.png"), "");
    writeFileSync(join(broken, "labels/a.png"), "");
    const problems: string[] = [];
    const seen: number[] = [];
    const images = evaluationImages(await openNamedDataset("folder", { root: broken }), {
      onProblem: ({ index, file }) => problems.push(`${index} ${relative(broken, file)}`),
    });
    for await (const { index } of images) seen.push(index);
    expect(seen).toEqual([1]);
    expect(problems).toEqual(["0 images/a.png", "2 labels/c.png"]);
  });

  it("throws where an image cannot be read, after the ones before it", async () => {
    const broken = folderOf({
      "images/a.png": "photo.png",
      "labels/a.png": "train-ids.png",
      "images/b.png": "truncated.png",
      "labels/b.png": "train-ids.png",
    });
    const images = evaluationImages(await openNamedDataset("folder", { root: broken }));
    expect((await images.next()).value?.index).toBe(0);
    await expect(images.next()).rejects.toThrow(/images\/b\.png: is damaged or truncated/);
  });
});
