// ACDC (Sakaridis et al., ICCV 2021): the adverse conditions fog, night, rain and snow, each a domain (subset) of its
// own; 8-bit train ids.

import type { DatasetDefinition } from "../definition.js";
import { trainIdDecoding } from "../label-decoding.js";

export const acdc: DatasetDefinition = {
  name: "acdc",
  title: "ACDC",
  homepage: "https://acdc.vision.ee.ethz.ch",
  download: "register, download rgb_anon_trainvaltest.zip and gt_trainval.zip, unpack both into one folder",
  splits: { train: 1600, val: 406 },
  subsets: ["fog", "night", "rain", "snow"],
  select: (key, { split, subset }) => {
    const [condition, folder] = key.split("/");
    return folder === split && (subset === undefined || condition === subset);
  },
  layouts: [
    {
      name: "as unpacked",
      images: "rgb_anon",
      labels: "gt",
      imageEndings: ["_rgb_anon.png"],
      labelEndings: ["_gt_labelTrainIds.png"],
    },
  ],
  decoding: trainIdDecoding,
};
