// Which files become a split, and what is said where they do not: situations that people report.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOf, temporaryFolder } from "../../test/data-fixtures.js";
import { listFiles } from "../files/list-files.js";
import type { DatasetOptions } from "./dataset.js";
import type { FileSample } from "./definition.js";
import { openNamedDataset } from "./sets/index.js";

/** Files with nothing in them, for what depends on names alone. */
function folderWith(...files: readonly string[]): string {
  const root = temporaryFolder();
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  return root;
}

const pairs = (...keys: readonly string[]): string[] =>
  keys.flatMap((key) => [`images/${key}.jpg`, `labels/${key}.png`]);

async function imagesOf(name: string, options: DatasetOptions): Promise<string[]> {
  const { samples } = await openNamedDataset(name, options);
  return (samples as readonly FileSample[]).map(({ image }) =>
    relative(options.root, image).replaceAll("\\", "/"),
  );
}

const images = (...keys: readonly string[]) => keys.map((key) => `images/${key}.jpg`);

describe("a split's list", () => {
  const listed = async (files: readonly string[], list: string, options: Partial<DatasetOptions> = {}) => {
    const root = folderWith(...files);
    writeFileSync(join(root, "train.txt"), list);
    return imagesOf("folder", { root, split: "train", ...options });
  };
  const sequences = pairs("seqA/0000", "seqA/0001", "seqB/0000", "seqB/0001");

  it.each([
    ["below the images' folder", "seqA/0000.jpg\nseqA/0001.jpg\n"],
    ["without an ending", "seqA/0000\r\nseqA/0001"],
    ["with the label's ending", "seqA/0000.png\nseqA/0001.png"],
    ["below the root", "images/seqA/0000.jpg\n./images/seqA/0001.jpg"],
    ["of another machine", "/SegNet/images/seqA/0000.jpg\nC:\\data\\images\\seqA\\0001.jpg"],
    ["and labels beside them", "images/seqA/0000.jpg labels/seqA/0000.png\nseqA/0001.jpg,seqA/0001.png"],
    [
      "behind a byte order mark, with a comment and a repetition",
      "\uFEFFseqA/0000\n# day two\nseqA/0001\n\nseqA/0001",
    ],
  ])("means names with their folders: %s", async (_, list) => {
    expect(await listed(sequences, list)).toEqual(images("seqA/0000", "seqA/0001"));
  });

  it("finds names without folders where only one image can be meant, and refuses the others", async () => {
    expect(await listed(pairs("seqA/0000", "seqB/0001"), "0001.jpg\n0000")).toEqual(
      images("seqA/0000", "seqB/0001"),
    );
    await expect(listed(sequences, "seqA/0001\n0000.jpg")).rejects.toThrow(
      /train\.txt: line 2, "0000\.jpg", fits several images: seqA\/0000, seqB\/0000; write the names with their folders/,
    );
    await expect(listed(pairs("0000"), "seqA/0000.jpg\nseqB/0000.jpg")).rejects.toThrow(
      /"seqA\/0000\.jpg" and "seqB\/0000\.jpg" both mean the image 0000 in .*images, the only one of this name/,
    );
  });

  it("does not take an image of another folder for one that is missing", async () => {
    await expect(listed(sequences, "seqA/0000\nseqC/0001")).rejects.toThrow(
      /lists a name that is not in .*images: "seqC\/0001"/,
    );
    await expect(listed([...sequences, ...pairs("0001")], "seqC/0001")).rejects.toThrow(/"seqC\/0001"/);
  });

  it("keeps dots that belong to the names, and spaces", async () => {
    const files = pairs("cam.0000", "cam.0001", "cam", "front view 1");
    expect(await listed(files, "cam.0000\nfront view 1.jpg")).toEqual(images("cam.0000", "front view 1"));
    expect(await listed(files, "cam.0001.jpg")).toEqual(images("cam.0001"));
    await expect(listed(files, "cam.0002")).rejects.toThrow(/"cam\.0002"/);
  });

  it("names what is missing and what lies there, or leaves it out when asked to", async () => {
    const list = "0000\n0007.jpg\n0008.jpg";
    await expect(listed(pairs("0000", "0001"), list)).rejects.toThrow(
      /train\.txt: lists 2 names that are not in .*images: "0007\.jpg", "0008\.jpg"; there lie "0000\.jpg", "0001\.jpg"/,
    );
    expect(await listed(pairs("0000", "0001"), list, { unpaired: "skip" })).toEqual(images("0000"));
    await expect(listed(pairs("0000"), "0007", { unpaired: "skip" })).rejects.toThrow(
      /lists a name that is not/,
    );
    await expect(listed(pairs("0000"), "", {})).rejects.toThrow(
      /holds no pair of image and label for split "train"; .*images holds "0000\.jpg", and .*train\.txt names none of them/,
    );
  });

  it("says why it cannot be read", async () => {
    const root = folderWith(...pairs("0"), "train.txt/x");
    await expect(imagesOf("folder", { root, split: "train" })).rejects.toThrow(
      /train\.txt: is a folder, not a file/,
    );
  });

  it("names labels by what the data set calls them", async () => {
    const root = folderWith("701_StillsRaw_full/a.png", "LabeledApproved_full/a_L.png", "train.txt");
    writeFileSync(join(root, "train.txt"), "LabeledApproved_full/a_L.png\n");
    expect(await imagesOf("camvid", { root, split: "train" })).toEqual(["701_StillsRaw_full/a.png"]);
  });
});

describe("images and labels that do not go together one by one", () => {
  it("are an error that names both images", async () => {
    const root = folderWith("images/a.jpg", "images/a.png", "labels/a.png");
    await expect(imagesOf("folder", { root })).rejects.toThrow(
      /images\/a\.jpg: and .*images\/a\.png differ in their endings alone, .*rename, move or remove one/,
    );
  });

  it("are an error that names both labels", async () => {
    const root = folderWith("images/train/a.jpg", "labels/train/a.png", "labels/train/a_train_id.png");
    await expect(imagesOf("bdd100k", { root })).rejects.toThrow(
      /labels\/train\/a\.png: and .*a_train_id\.png/,
    );
  });

  it("do not matter where the split does not hold them", async () => {
    const root = folderWith("images/a.jpg", "images/a.png", ...pairs("b"));
    writeFileSync(join(root, "train.txt"), "b");
    expect(await imagesOf("folder", { root, split: "train" })).toEqual(images("b"));
  });
});

describe("layouts that people have", () => {
  it.each([
    ["camvid", "Kaggle", "train", ["train/0001TP_1.png", "train_labels/0001TP_1_L.png"]],
    ["folder", "no split, masks", "all", ["images/0.jpg", "labels/0_mask.png"]],
    ["folder", "split, then kind, masks", "val", ["val/images/0.jpg", "val/labels/0_mask.png"]],
    ["folder", "no split", "all", ["images/0.bmp", "labels/0.png"]],
    [
      "cityscapes",
      "as unpacked, train ids",
      "val",
      ["leftImg8bit/val/ulm/u_1_leftImg8bit.png", "gtFine/val/ulm/u_1_gtFine_labelTrainIds.png"],
    ],
  ] as const)("%s, %s", async (name, layout, split, files) => {
    const root = folderWith(...files);
    const found = await openNamedDataset(name, { root, split });
    expect(found.layout).toBe(layout);
    expect((found.samples as readonly FileSample[]).map(({ image, label }) => [image, label])).toEqual([
      files.map((file) => join(root, file)),
    ]);
  });

  it("reads Kaggle's CamVid by its colors, and Cityscapes' train ids as such", async () => {
    const kaggle = folderWith("train/a.png", "train_labels/a_L.png");
    expect((await openNamedDataset("camvid", { root: kaggle, split: "train" })).decoding.kind).toBe("colors");
    const root = folderWith("leftImg8bit/val/u_leftImg8bit.png", "gtFine/val/u_gtFine_labelTrainIds.png");
    const { decoding } = await openNamedDataset("cityscapes", { root, split: "val" });
    expect(new Map(decoding.entries).get(13)).toBe(13);
  });

  it("takes label ids where both lie there", async () => {
    const label = (kind: string) => `gtFine/val/u_gtFine_${kind}.png`;
    const root = folderWith("leftImg8bit/val/u_leftImg8bit.png", label("labelIds"), label("labelTrainIds"));
    expect((await openNamedDataset("cityscapes", { root, split: "val" })).layout).toBe("as unpacked");
  });
});

describe("what is said where nothing is found", () => {
  const problemOf = async (name: string, options: DatasetOptions): Promise<string> =>
    openNamedDataset(name, options).then(
      () => "nothing",
      (error: Error) => error.message.replaceAll(options.root, "ROOT"),
    );

  it.each([
    [
      "JPEG labels",
      ["images/0.jpg", "labels/0.jpg"],
      'ROOT/images/0.jpg: has no label: looked in ROOT/labels for "0.png"; there is "0.jpg" instead; JPEG cannot hold labels, ' +
        "since its compression changes their values: make the labels again as PNG (converted JPEG stays wrong)",
    ],
    [
      "labels of another kind",
      ["images/0.jpg", "labels/0.npy"],
      'ROOT/images/0.jpg: has no label: looked in ROOT/labels for "0.png"; there is "0.npy" instead; labels are read from PNG: ' +
        "convert them without loss",
    ],
    [
      "labels of other names",
      ["images/a/0.jpg", "images/a/1.jpg", "labels/a/0_ground_truth.png", "labels/a/1_ground_truth.png"],
      'ROOT/images/a/0.jpg: has no label, nor has any other image: looked in ROOT/labels for "a/0.png"; there is ' +
        '"a/0_ground_truth.png" instead; rename the labels: that of an image NAME.jpg is called NAME.png',
    ],
    [
      "another folder of labels",
      ["images/0.jpg", "masks/0.png"],
      'ROOT/images/0.jpg: has no label: looked in ROOT/labels for "0.png"; there is no such folder; ROOT holds "images/", ' +
        '"masks/"; put images into images/ and PNG labels of the same names into labels/',
    ],
    [
      "one label of many",
      pairs("0", "1", "2").filter((file) => file !== "labels/1.png"),
      'ROOT/images/1.jpg: has no label: looked in ROOT/labels for "1.png"; that folder holds "0.png", "2.png"; complete the ' +
        'labels, or leave such images out with unpaired: "skip", in the entry of a recipe or of a JSON file of data sets, or as an option',
    ],
  ])("%s", async (_, files, message) => {
    expect(await problemOf("folder", { root: folderWith(...files) })).toBe(message);
  });

  it("images of another kind", async () => {
    const root = folderWith("images/0.heic", "labels/0.png");
    expect(await problemOf("folder", { root })).toMatch(
      /^ROOT: holds no images of a folder of images and labels, split "all": looked in ROOT\/images for names that end in \.jpg, .*\.bmp; ROOT\/images holds "0\.heic"; to get/,
    );
  });

  it("another split", async () => {
    const root = folderWith("train/a.png", "train_labels/a_L.png");
    expect(await problemOf("camvid", { root })).toMatch(
      /looked in ROOT\/images, ROOT\/701_StillsRaw_full for .*; ROOT holds "train\/", "train_labels\/"; there are images of split "train": ask for that/,
    );
  });

  it("another root", async () => {
    const root = folderWith("data/leftImg8bit/val/u_leftImg8bit.png");
    expect(await problemOf("cityscapes", { root })).toMatch(/ROOT holds "data\/"; to get Cityscapes/);
    expect(await problemOf("cityscapes", { root: join(root, "gone") })).toMatch(
      /^ROOT: is no folder; to get/,
    );
  });
});

describe("listFiles", () => {
  it("follows links once, and never one that leads back", async () => {
    const root = folderWith("images/b/x.png", "images/a.png", "more/y.png", "more/deep/z.png");
    symlinkSync(".", join(root, "images/loop"));
    symlinkSync("..", join(root, "images/b/up"));
    symlinkSync(root, join(root, "images/b/above"));
    symlinkSync("b", join(root, "images/also"));
    symlinkSync("../more", join(root, "images/more"));
    symlinkSync("../../images", join(root, "more/deep/back"));
    symlinkSync("a.png", join(root, "images/link.png"));
    symlinkSync("gone", join(root, "images/gone.png"));
    expect(await listFiles(join(root, "images"))).toEqual([
      "a.png",
      "b/x.png",
      "link.png",
      "more/deep/z.png",
      "more/y.png",
    ]);
    expect(await listFiles(join(root, "images/more"))).toEqual([
      "deep/back/a.png",
      "deep/back/b/x.png",
      "deep/back/link.png",
      "deep/z.png",
      "y.png",
    ]);
  });

  it("goes as deep as the folders do", async () => {
    const deep = `${"d/".repeat(12)}x.png`;
    expect(await listFiles(folderWith(deep))).toEqual([deep]);
  });
});

it("opens a folder whose images link to themselves, with the pairs that there are", async () => {
  const root = folderOf({ "images/a.png": "photo.png", "labels/a.png": "train-ids.png" });
  symlinkSync(".", join(root, "images/loop"));
  expect(await imagesOf("folder", { root })).toEqual(["images/a.png"]);
});
