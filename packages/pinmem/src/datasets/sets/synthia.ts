// SYNTHIA-RAND-CITYSCAPES (Ros et al., CVPR 2016): 16-bit PNG whose first channel is the class (the second numbers
// instances). Mapping as in the official code; SYNTHIA has no terrain, and its truck and train are taken as such.
//
// The archive is one flat folder. The benchmark's split (6,580 / 2,820) is taken from
// split_data/synthia_split_{train,val}.txt below the root or from the official code's folders train and val.

import type { DatasetDefinition } from "../definition.js";
import { type LabelDecoding, valueDecoding } from "../label-decoding.js";

const decoding: LabelDecoding = {
  ...valueDecoding(
    {
      1: 10, // sky
      2: 2, // building
      3: 0, // road
      4: 1, // sidewalk
      5: 4, // fence
      6: 8, // vegetation
      7: 5, // pole
      8: 13, // car
      9: 7, // traffic sign
      10: 11, // pedestrian
      11: 18, // bicycle
      12: 17, // motorcycle
      15: 6, // traffic light
      16: 9, // terrain
      17: 12, // rider
      18: 14, // truck
      19: 15, // bus
      20: 16, // train
      21: 3, // wall
    },
    [0, 13, 14, 22], // void, parking slot, road work, lane marking
  ),
  firstChannel: true,
};

const pair = { imageEndings: [".png"], labelEndings: [".png"] };
const lists = (split: string) => (split === "all" ? undefined : `split_data/synthia_split_${split}.txt`);

export const synthia: DatasetDefinition = {
  name: "synthia",
  title: "SYNTHIA-RAND-CITYSCAPES",
  homepage: "https://synthia-dataset.net",
  download: "download SYNTHIA_RAND_CITYSCAPES, unpack it, and give the folder that holds RGB and GT as root",
  splits: { train: 6580, val: 2820, all: 9400 },
  layouts: [
    {
      name: "official code",
      images: "RGB/{split}",
      labels: "GT/LABELS/{split}",
      folders: { all: null },
      ...pair,
    },
    { name: "as unpacked", images: "RGB", labels: "GT/LABELS", lists, ...pair },
    {
      name: "as unpacked, with its folder",
      images: "RAND_CITYSCAPES/RGB",
      labels: "RAND_CITYSCAPES/GT/LABELS",
      lists,
      ...pair,
    },
  ],
  decoding,
};
