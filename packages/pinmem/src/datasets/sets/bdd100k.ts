// BDD100K, the 10,000 images with semantic labels (Yu et al., CVPR 2020): 8-bit train ids, 255 ignored.

import type { DatasetDefinition } from "../definition.js";
import { trainIdDecoding } from "../label-decoding.js";

const pair = { imageEndings: [".jpg"], labelEndings: ["_train_id.png", ".png"] };

export const bdd100k: DatasetDefinition = {
  name: "bdd100k",
  title: "BDD100K",
  homepage: "https://bdd-data.berkeley.edu",
  download: "register, download '10K Images' and 'Semantic Segmentation', unpack both into one folder",
  splits: { train: 7000, val: 1000 },
  layouts: [
    { name: "as unpacked", images: "images/10k/{split}", labels: "labels/sem_seg/masks/{split}", ...pair },
    {
      name: "as unpacked, with its folder",
      images: "bdd100k/images/10k/{split}",
      labels: "bdd100k/labels/sem_seg/masks/{split}",
      ...pair,
    },
    { name: "first release", images: "seg/images/{split}", labels: "seg/labels/{split}", ...pair },
    {
      name: "first release, with its folder",
      images: "bdd100k/seg/images/{split}",
      labels: "bdd100k/seg/labels/{split}",
      ...pair,
    },
    { name: "official code", images: "images/{split}", labels: "labels/{split}", ...pair },
  ],
  decoding: trainIdDecoding,
};
