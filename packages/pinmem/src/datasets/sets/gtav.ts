// GTA V, "Playing for Data" (Richter et al., ECCV 2016): labels are colors, those of Cityscapes. As in the official
// code every color that is none of the 19 classes is ignored. Some labels have another size than their image: `data
// check` lists them, and training can skip them.
//
// The archives hold one flat folder of 24,966 images and no lists. The split of the benchmark (12,388 / 6,382 / 6,181; the 12,403
// that are often given count names that are not in the list for training) is taken from split_data/gtav_split_{train,val,test}.txt below the root, as it comes
// with RobustNet and with the official code, or from the official code's folders train, valid and test.

import { type Color, cityscapes19, IGNORE_INDEX } from "@pinmem/core";
import type { DatasetDefinition } from "../definition.js";
import { colorCode, type LabelDecoding } from "../label-decoding.js";

/** Colors of Cityscapes' classes that are not evaluated; polegroup and license plate share those of pole and car. */
const ignoredColors: readonly Color[] = [
  [0, 0, 0],
  [20, 20, 20],
  [111, 74, 0],
  [81, 0, 81],
  [250, 170, 160],
  [230, 150, 140],
  [180, 165, 180],
  [150, 100, 100],
  [150, 120, 90],
  [0, 0, 90],
  [0, 0, 110],
];

/** Exact colors of the 19 classes; everything else is ignored. */
export const cityscapesColorDecoding: LabelDecoding = {
  kind: "colors",
  entries: [
    ...ignoredColors.map((color) => [colorCode(color), IGNORE_INDEX] as const),
    ...cityscapes19.classes.map(({ color }, trainId) => [colorCode(color), trainId] as const),
  ],
  unlisted: "ignore",
};

const pair = { imageEndings: [".png"], labelEndings: [".png"] };

export const gtav: DatasetDefinition = {
  name: "gtav",
  title: "GTA V (Playing for Data)",
  homepage: "https://download.visinf.tu-darmstadt.de/data/from_games",
  download: "download the ten archives of images and the ten of labels, unpack all into one folder",
  splits: { train: 12388, val: 6382, test: 6181, all: 24966 },
  layouts: [
    {
      name: "official code",
      images: "images/{split}",
      labels: "labels/{split}",
      folders: { val: "valid", all: null },
      ...pair,
    },
    {
      name: "as unpacked",
      images: "images",
      labels: "labels",
      lists: (split) => (split === "all" ? undefined : `split_data/gtav_split_${split}.txt`),
      ...pair,
    },
  ],
  decoding: cityscapesColorDecoding,
};
