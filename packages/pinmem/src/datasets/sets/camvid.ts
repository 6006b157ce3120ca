// CamVid (Brostow, Fauqueur, Cipolla, 2009) in the four forms in use: the 480x360 version with 11 classes that came
// with SegNet (split folders train, val, test), the same sorted by drive, and the original 960x720 stills whose labels
// are 32 colors, in two folders or, on Kaggle, by split (train, train_labels, …). A drive is a subset: 0001TP (dusk), 0006R0, 0016E5 and Seq05VD (day).
//
// The 11 classes map as their names say (sign: traffic sign, bicyclist: bicycle). Of the 32, those that Cityscapes cuts
// differently (Truck_Bus, Bridge, Tunnel, Archway, ParkingBlock, TrafficCone, Misc_Text, CartLuggagePram, Animal,
// OtherMoving) are ignored; this choice is ours.

import { type Color, IGNORE_INDEX } from "@pinmem/core";
import type { DatasetDefinition } from "../definition.js";
import { colorCode, type LabelDecoding, valueDecoding } from "../label-decoding.js";

const elevenClasses = valueDecoding(
  { 0: 10, 1: 2, 2: 5, 3: 0, 4: 1, 5: 8, 6: 7, 7: 4, 8: 13, 9: 11, 10: 18 },
  [11, 255],
);

// As label_colors.txt names them; Kaggle's class_dict.csv spells the one "MotorcycycleScooter".
const colors: readonly (readonly [name: string, color: Color, trainId: number])[] = [
  ["Animal", [64, 128, 64], IGNORE_INDEX],
  ["Archway", [192, 0, 128], IGNORE_INDEX],
  ["Bicyclist", [0, 128, 192], 18],
  ["Bridge", [0, 128, 64], IGNORE_INDEX],
  ["Building", [128, 0, 0], 2],
  ["Car", [64, 0, 128], 13],
  ["CartLuggagePram", [64, 0, 192], IGNORE_INDEX],
  ["Child", [192, 128, 64], 11],
  ["Column_Pole", [192, 192, 128], 5],
  ["Fence", [64, 64, 128], 4],
  ["LaneMkgsDriv", [128, 0, 192], 0],
  ["LaneMkgsNonDriv", [192, 0, 64], 0],
  ["Misc_Text", [128, 128, 64], IGNORE_INDEX],
  ["MotorcycleScooter", [192, 0, 192], 17],
  ["OtherMoving", [128, 64, 64], IGNORE_INDEX],
  ["ParkingBlock", [64, 192, 128], IGNORE_INDEX],
  ["Pedestrian", [64, 64, 0], 11],
  ["Road", [128, 64, 128], 0],
  ["RoadShoulder", [128, 128, 192], 1],
  ["Sidewalk", [0, 0, 192], 1],
  ["SignSymbol", [192, 128, 128], 7],
  ["Sky", [128, 128, 128], 10],
  ["SUVPickupTruck", [64, 128, 192], 13],
  ["TrafficCone", [0, 0, 64], IGNORE_INDEX],
  ["TrafficLight", [0, 64, 64], 6],
  ["Train", [192, 64, 128], 16],
  ["Tree", [128, 128, 0], 8],
  ["Truck_Bus", [192, 128, 192], IGNORE_INDEX],
  ["Tunnel", [64, 0, 64], IGNORE_INDEX],
  ["VegetationMisc", [192, 192, 0], 8],
  ["Void", [0, 0, 0], IGNORE_INDEX],
  ["Wall", [64, 192, 0], 3],
];

const originalColors: LabelDecoding = {
  kind: "colors",
  entries: colors.map(([, color, trainId]) => [colorCode(color), trainId] as const),
  unlisted: "error",
};

const pair = { imageEndings: [".jpg", ".png"], labelEndings: ["_L.png", ".png"] };

export const camvid: DatasetDefinition = {
  name: "camvid",
  title: "CamVid",
  homepage: "http://mi.eng.cam.ac.uk/research/projects/VideoRec/CamVid",
  download: "get the SegNet version (train, trainannot, …) or 701_StillsRaw_full with LabeledApproved_full",
  splits: { all: undefined, train: 367, val: 101, test: 233 },
  subsets: ["0001TP", "0006R0", "0016E5", "Seq05VD"],
  select: (key, { subset }) => subset === undefined || baseName(key).startsWith(`${subset}_`),
  layouts: [
    { name: "SegNet", images: "{split}", labels: "{split}annot", folders: { all: null }, ...pair },
    {
      name: "Kaggle",
      images: "{split}",
      labels: "{split}_labels",
      folders: { all: null },
      decoding: originalColors,
      ...pair,
    },
    {
      name: "by drive",
      images: "images",
      labels: "labels",
      lists: (split) => (split === "all" ? undefined : `${split}.txt`),
      ...pair,
    },
    {
      name: "original stills",
      images: "701_StillsRaw_full",
      labels: "LabeledApproved_full",
      lists: (split) => (split === "all" ? undefined : `${split}.txt`),
      decoding: originalColors,
      ...pair,
    },
  ],
  decoding: elevenClasses,
};

const baseName = (key: string) => key.slice(key.lastIndexOf("/") + 1);
