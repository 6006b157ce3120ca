// Cityscapes (Cordts et al., CVPR 2016): 8-bit label ids, mapped to train ids by the public labels.py; the classes that
// are not evaluated, and "license plate" (-1, which no file holds), are ignored.

import { cityscapes19 } from "@pinmem/core";
import type { DatasetDefinition } from "../definition.js";
import { valueDecoding } from "../label-decoding.js";

/** Label ids 0 … 33 to train ids. ACDC's labelIds are the same. */
export const labelIdDecoding = valueDecoding(
  Object.fromEntries(cityscapes19.classes.map(({ id }, trainId) => [id, trainId])),
  Array.from({ length: 34 }, (_, id) => id),
);

const pair = { imageEndings: ["_leftImg8bit.png"], labelEndings: ["_gtFine_labelIds.png"] };

export const cityscapes: DatasetDefinition = {
  name: "cityscapes",
  title: "Cityscapes",
  homepage: "https://www.cityscapes-dataset.com",
  download:
    "register, download leftImg8bit_trainvaltest.zip and gtFine_trainvaltest.zip, unpack both into one folder",
  splits: { train: 2975, val: 500 },
  layouts: [
    { name: "as unpacked", images: "leftImg8bit/{split}", labels: "gtFine/{split}", ...pair },
    {
      name: "official code",
      images: "leftImg8bit_trainvaltest/leftImg8bit/{split}",
      labels: "gtFine_trainvaltest/gtFine/{split}",
      ...pair,
    },
  ],
  decoding: labelIdDecoding,
};
