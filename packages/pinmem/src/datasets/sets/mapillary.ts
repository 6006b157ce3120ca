// Mapillary Vistas (Neuhold et al., ICCV 2017): 8-bit palette PNG whose index is the class. Version 1.2 has 66 classes,
// version 2.0 has 124; which index is which class is read from the config.json that comes with the images. Version 1.2
// also has a built-in table, that of the official code, for archives without the file.
//
// Version 2.0 splits classes of 1.2 further, and there is no official mapping of it. Two can be asked for, both in the table of
// docs/mapillary-v2.md: "ours" maps its names as 1.2 maps theirs (markings on the road are road except crosswalks, which 1.2
// ignores; backs of signs, groups of vehicles and of poles are ignored), "rein" follows the rule of Rein (Wei et al., CVPR
// 2024, tools/convert_datasets/mapillary2cityscape.py), for figures that are to be compared with those of its followers.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { cityscapes19, trainId } from "@pinmem/core";
import { DataError } from "../../files/data-error.js";
import { readJsonFile } from "../../files/json-file.js";
import type { DatasetDefinition } from "../definition.js";
import { type LabelDecoding, valueDecoding } from "../label-decoding.js";

const trainIdsByName: Readonly<Record<string, number>> = {
  "construction--flat--road": 0,
  "marking--general": 0,
  "object--manhole": 0,
  "construction--barrier--curb": 1,
  "construction--flat--sidewalk": 1,
  "construction--structure--building": 2,
  "construction--barrier--wall": 3,
  "construction--barrier--fence": 4,
  "object--support--pole": 5,
  "object--support--utility-pole": 5,
  "object--traffic-light": 6,
  "object--traffic-sign--front": 7,
  "nature--vegetation": 8,
  "nature--terrain": 9,
  "nature--sky": 10,
  "human--person": 11,
  "human--rider--bicyclist": 12,
  "human--rider--motorcyclist": 12,
  "human--rider--other-rider": 12,
  "object--vehicle--car": 13,
  "object--vehicle--truck": 14,
  "object--vehicle--bus": 15,
  "object--vehicle--on-rails": 16,
  "object--vehicle--motorcycle": 17,
  "object--vehicle--bicycle": 18,
};

/** Families of version 2.0 whose members are all one class; the first that fits counts, crosswalks fit none. */
const familiesOfVersion2: readonly (readonly [pattern: RegExp, id: number])[] = [
  [/^marking(-only)?--(?!.*crosswalk)/, 0],
  [/^object--traffic-light--/, 6],
  [/^object--traffic-sign--(front|direction-front|information-parking|temporary-front)$/, 7],
  [/^human--person--/, 11],
];

/** Version 1.2 by index, as in the official code. */
const version1Decoding = valueDecoding(
  Object.fromEntries(
    Object.entries({
      0: [13, 24, 41],
      1: [2, 15],
      2: [17],
      3: [6],
      4: [3],
      5: [45, 47],
      6: [48],
      7: [50],
      8: [30],
      9: [29],
      10: [27],
      11: [19],
      12: [20, 21, 22],
      13: [55],
      14: [61],
      15: [54],
      16: [58],
      17: [57],
      18: [52],
    }).flatMap(([trainId, indices]) => indices.map((index) => [index, Number(trainId)])),
  ),
  Array.from({ length: 66 }, (_, index) => index),
);

/** The Cityscapes train id of a class by its name in the config; undefined where it is ignored. */
export function mapillaryTrainId(name: string): number | undefined {
  return trainIdsByName[name] ?? familiesOfVersion2.find(([pattern]) => pattern.test(name))?.[1];
}

/** Rein's rule reads what the config calls readable, without spaces and hyphens; the first that fits counts. */
const reinRule: readonly (readonly [pattern: RegExp, className: string])[] = [
  [/trafficsign|front|back/, "traffic sign"],
  [/onrail/, "train"],
  [/cyclist|rider/, "rider"],
  [/pole|streetlight/, "pole"],
  [/curb|pedestrianarea/, "sidewalk"],
  [/crosswalkplain|parking|bikelane|servicelane|lanemarking/, "road"],
];

/** The Cityscapes train id that Rein's code gives to a class by its readable name; undefined where it is ignored. */
export function reinTrainId(readable: string): number | undefined {
  const plain = readable.toLowerCase().replace(/[ -]/g, "");
  const same = cityscapes19.classes.findIndex(({ name }) => name.replaceAll(" ", "") === plain);
  if (same >= 0) return same;
  const rule = reinRule.find(([pattern]) => pattern.test(plain));
  return rule && trainId(cityscapes19, rule[1]);
}

/** How classes become Cityscapes'; `mappings` lists the names. */
const mappings: Readonly<Record<string, (label: ConfigLabel) => number | undefined>> = {
  ours: ({ name }) => mapillaryTrainId(name),
  rein: ({ readable }) => reinTrainId(readable),
};

interface ConfigLabel {
  readonly name: string;
  readonly readable: string;
}

const pair = { imageEndings: [".jpg"], labelEndings: [".png"] };
const folders = { train: "training", val: "validation" };
const common = {
  homepage: "https://www.mapillary.com/dataset/vistas",
  splits: { train: 18000, val: 2000 },
  mappings: Object.keys(mappings),
};

export const mapillary: DatasetDefinition = {
  ...common,
  name: "mapillary",
  title: "Mapillary Vistas 1.2",
  download: "register, download version 1.2 (or 2.0, which holds it too) and unpack it",
  layouts: [
    { name: "as unpacked", images: "{split}/images", labels: "{split}/labels", folders, ...pair },
    { name: "within version 2.0", images: "{split}/images", labels: "{split}/v1.2/labels", folders, ...pair },
  ],
  decoding: (root, mapping) =>
    readConfig(root, ["config.json", "config_v1.2.json"], mapping, version1Decoding),
};

export const mapillary2: DatasetDefinition = {
  ...common,
  name: "mapillary-v2",
  title: "Mapillary Vistas 2.0",
  download: "register, download version 2.0 and unpack it",
  layouts: [
    { name: "as unpacked", images: "{split}/images", labels: "{split}/v2.0/labels", folders, ...pair },
  ],
  decoding: (root, mapping) => readConfig(root, ["config_v2.0.json", "config.json"], mapping),
};

async function readConfig(
  root: string,
  names: readonly string[],
  mapping = "ours",
  ours?: LabelDecoding,
): Promise<LabelDecoding> {
  for (const name of names) {
    const file = join(root, name);
    if (existsSync(file)) return decodingOfConfig(file, mapping);
  }
  if (ours && mapping === "ours") return ours;
  throw new DataError(
    join(root, names[0] ?? ""),
    "does not exist; it comes with the images and lists the classes",
  );
}

function decodingOfConfig(file: string, mapping: string): LabelDecoding {
  const labels = (readJsonFile(file) as { labels?: unknown } | null)?.labels;
  if (!Array.isArray(labels) || labels.length === 0 || labels.length > 256) {
    throw new DataError(file, "does not hold a list 'labels' of 1 to 256 classes");
  }
  const trainIdOf = mappings[mapping];
  if (!trainIdOf) throw new Error(`internal: mapillary has no mapping ${mapping}`);
  const mapped = labels.flatMap((label: Partial<ConfigLabel> | null, index) => {
    const { name, readable } = label ?? {};
    if (typeof name !== "string") throw new DataError(file, `class ${index} of 'labels' has no name`);
    if (mapping === "rein" && typeof readable !== "string") {
      throw new DataError(
        file,
        `class ${index} of 'labels' has no readable name, by which mapping "rein" goes`,
      );
    }
    const id = trainIdOf({ name, readable: readable ?? "" });
    return id === undefined ? [] : [[index, id] as const];
  });
  return valueDecoding(Object.fromEntries(mapped), labels.keys());
}
