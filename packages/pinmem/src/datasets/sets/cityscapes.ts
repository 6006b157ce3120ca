// Cityscapes (Cordts et al., CVPR 2016): 8-bit label ids, mapped to train ids by the public labels.py; the classes that
// are not evaluated, and "license plate" (-1, which no file holds), are ignored. Where there are no label ids, the train ids
// that the public csCreateTrainIdLabelImgs writes are taken.

import { cityscapes19 } from "@pinmem/core";
import type { DatasetDefinition } from "../definition.js";
import { trainIdDecoding, valueDecoding } from "../label-decoding.js";

/** Label ids 0 … 33 to train ids. ACDC's labelIds are the same. */
export const labelIdDecoding = valueDecoding(
  Object.fromEntries(cityscapes19.classes.map(({ id }, trainId) => [id, trainId])),
  Array.from({ length: 34 }, (_, id) => id),
);

const imageEndings = ["_leftImg8bit.png"];
const labelIds = { imageEndings, labelEndings: ["_gtFine_labelIds.png"] };
const trainIds = { imageEndings, labelEndings: ["_gtFine_labelTrainIds.png"], decoding: trainIdDecoding };
const asUnpacked = { images: "leftImg8bit/{split}", labels: "gtFine/{split}" };
const officialCode = {
  images: "leftImg8bit_trainvaltest/leftImg8bit/{split}",
  labels: "gtFine_trainvaltest/gtFine/{split}",
};

export const cityscapes: DatasetDefinition = {
  name: "cityscapes",
  title: "Cityscapes",
  homepage: "https://www.cityscapes-dataset.com",
  download:
    "register, download leftImg8bit_trainvaltest.zip and gtFine_trainvaltest.zip, unpack both into one folder",
  splits: { train: 2975, val: 500 },
  layouts: [
    { name: "as unpacked", ...asUnpacked, ...labelIds },
    { name: "official code", ...officialCode, ...labelIds },
    { name: "as unpacked, train ids", ...asUnpacked, ...trainIds },
    { name: "official code, train ids", ...officialCode, ...trainIds },
  ],
  labelsHint:
    "the label images come with gtFine_trainvaltest.zip; from polygons csCreateTrainIdLabelImgs of cityscapesscripts makes them",
  decoding: labelIdDecoding,
};
