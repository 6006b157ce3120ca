// Any images with labels: a folder of photographs and a folder of PNG labels of the same names, or of these names with
// "_mask" behind them. The labels hold what
// the label space's description says (values or colors), or else train ids, 255 ignored.

import type { DatasetDefinition, Layout } from "../definition.js";
import { ownDecoding, trainIdDecoding } from "../label-decoding.js";

const imageEndings = [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"];

/** What the name of a label ends with, where it begins with that of its image. */
export const labelEndings = [".png", "_mask.png"];

const places = [
  { name: "kind, then split", images: "images/{split}", labels: "labels/{split}", folders: { all: null } },
  { name: "split, then kind", images: "{split}/images", labels: "{split}/labels", folders: { all: null } },
  {
    name: "no split",
    images: "images",
    labels: "labels",
    lists: (split: string) => (split === "all" ? undefined : `${split}.txt`),
  },
];

const layouts = (labelEnding: string, suffix = ""): Layout[] =>
  places.map((place) => ({
    ...place,
    name: place.name + suffix,
    imageEndings,
    labelEndings: [labelEnding],
  }));

export const folder: DatasetDefinition = {
  name: "folder",
  title: "a folder of images and labels",
  homepage: "yours",
  download: "put images into images/ and PNG labels of the same names into labels/",
  splits: { all: undefined, train: undefined, val: undefined, test: undefined },
  layouts: labelEndings.flatMap((ending, at) => layouts(ending, at === 0 ? "" : ", masks")),
  decoding: trainIdDecoding,
  ownDecoding,
};
