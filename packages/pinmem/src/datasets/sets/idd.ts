// IDD, the India Driving Dataset (Varma et al., WACV 2019): its archive holds polygons. The label images of the
// benchmark (8-bit Cityscapes train ids, "csTrainIds") are made by the project's public code or by
// `pinmem data prepare idd` (idd-polygons.ts).

import type { DatasetDefinition } from "../definition.js";
import { trainIdDecoding } from "../label-decoding.js";

/** Below the name that an image, its polygons and its label share. */
export const iddEndings = {
  image: ["_leftImg8bit.png", "_leftImg8bit.jpg"],
  polygons: "_gtFine_polygons.json",
  label: "_gtFine_labelcsTrainIds.png",
} as const;

const pair = { imageEndings: iddEndings.image, labelEndings: [iddEndings.label] };

export const idd: DatasetDefinition = {
  name: "idd",
  title: "IDD Segmentation (part I)",
  homepage: "https://idd.insaan.iiit.ac.in",
  download:
    "register, download 'IDD - Segmentation (IDD 20k Part I)', unpack it, and make the label images with `prepareIdd`",
  splits: { train: 6993, val: 981 },
  layouts: [
    { name: "as unpacked", images: "leftImg8bit/{split}", labels: "gtFine/{split}", ...pair },
    {
      name: "as unpacked, with its folder",
      images: "IDD_Segmentation/leftImg8bit/{split}",
      labels: "IDD_Segmentation/gtFine/{split}",
      ...pair,
    },
    {
      name: "official code",
      images: "leftImg8bit_trainvaltest/leftImg8bit/{split}",
      labels: "gtFine_trainvaltest/gtFine/{split}",
      ...pair,
    },
  ],
  decoding: trainIdDecoding,
  labelsHint:
    "if the folder holds polygons (…_gtFine_polygons.json), make the label images with `prepareIdd` first",
};
