// The data sets that go by a name. To add one: write its definition beside the others and list it here.

import { orWhat } from "@pinmem/core";
import { type Dataset, type DatasetOptions, openDataset } from "../dataset.js";
import type { DatasetDefinition } from "../definition.js";
import { acdc } from "./acdc.js";
import { bdd100k } from "./bdd100k.js";
import { camvid } from "./camvid.js";
import { cityscapes } from "./cityscapes.js";
import { folder } from "./folder.js";
import { gtav } from "./gtav.js";
import { idd } from "./idd.js";
import { mapillary, mapillary2 } from "./mapillary.js";
import { synthia } from "./synthia.js";
import { urbansyn } from "./urbansyn.js";

const definitions: readonly DatasetDefinition[] = [
  cityscapes,
  bdd100k,
  mapillary,
  mapillary2,
  idd,
  gtav,
  synthia,
  camvid,
  acdc,
  urbansyn,
  folder,
];

/** Names of all data sets that there are definitions of. */
export const datasetNames: readonly string[] = definitions.map(({ name }) => name);

/**
 * The definition of a data set: its layouts, splits and how its labels are stored.
 * @throws Error where there is none of that name
 */
export function datasetDefinition(name: string): DatasetDefinition {
  const found = definitions.find((definition) => definition.name === name);
  if (found) return found;
  throw new Error(`there is no data set "${name}"; ${orWhat(name, datasetNames)}`);
}

/**
 * Opens a data set by its name: finds and pairs its files, in whichever of its layouts they lie.
 * @throws DataError saying what to download and where to put it, or which label is missing
 */
export async function openNamedDataset(name: string, options: DatasetOptions): Promise<Dataset> {
  return openDataset(datasetDefinition(name), options);
}
