// Any images with labels: a folder of photographs and a folder of PNG labels of the same names. The labels hold what
// the label space's description says (values or colors), or else train ids, 255 ignored.

import type { DatasetDefinition, Layout } from "../definition.js";
import { ownDecoding, trainIdDecoding } from "../label-decoding.js";

const pair = {
  imageEndings: [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"],
  labelEndings: [".png"],
};
const bySplit: Layout[] = [
  {
    name: "kind, then split",
    images: "images/{split}",
    labels: "labels/{split}",
    folders: { all: "-" },
    ...pair,
  },
  {
    name: "split, then kind",
    images: "{split}/images",
    labels: "{split}/labels",
    folders: { all: "-" },
    ...pair,
  },
];

export const folder: DatasetDefinition = {
  name: "folder",
  title: "a folder of images and labels",
  homepage: "yours",
  download: "put images into images/ and PNG labels of the same names into labels/",
  splits: { all: undefined, train: undefined, val: undefined, test: undefined },
  layouts: [
    ...bySplit,
    {
      name: "no split",
      images: "images",
      labels: "labels",
      lists: (split) => (split === "all" ? undefined : `${split}.txt`),
      ...pair,
    },
  ],
  decoding: trainIdDecoding,
  ownDecoding,
};
