// UrbanSyn (Gómez et al., 2023): 7,539 rendered images with 8-bit train ids in the folder ss. Its documentation defines
// the 19 classes only, so every other value is ignored. It has no official split: use `part` for one.

import type { DatasetDefinition } from "../definition.js";
import { trainIdDecoding } from "../label-decoding.js";

export const urbansyn: DatasetDefinition = {
  name: "urbansyn",
  title: "UrbanSyn",
  homepage: "https://www.urbansyn.org",
  download: "download the folders rgb and ss into one folder",
  splits: { all: 7539 },
  layouts: [
    {
      name: "as unpacked",
      images: "rgb",
      labels: "ss",
      imageEndings: [".png"],
      labelEndings: [".png"],
      prefixes: { image: "rgb_", label: "ss_" },
    },
  ],
  decoding: { ...trainIdDecoding, unlisted: "ignore" },
};
