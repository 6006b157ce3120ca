// A data set: pairs of an image file and a label file, and how the labels become train ids. Plain data, so that every
// thread can have it. One look of the world each: several data sets trained together are the domains of the method.
//
// A definition (datasets/*.ts) says where the files lie, in each layout that users have on their disks, and how labels
// are stored. dataset-files.ts finds and pairs the files; no image is opened here: `data check` does that.

import { join } from "node:path";
import { cityscapes19, type LabelSpace } from "@pinmem/core";
import type { StreetRequest } from "@pinmem/streets";
import { DataError } from "../files/data-error.js";
import { findFiles } from "./dataset-files.js";
import type { DatasetDefinition, FileSample, Layout } from "./definition.js";
import { decodingFor, type LabelDecoding, trainIdDecoding } from "./label-decoding.js";

/** A scene that is rendered when it is needed. */
export interface SceneSample {
  readonly scene: StreetRequest;
}

export type Sample = FileSample | SceneSample;

export interface Dataset {
  /** The data set, and its subset where it has any: "cityscapes", "acdc-night". */
  readonly name: string;
  readonly split: string;
  readonly root: string;
  /** The layout in which the files were found. */
  readonly layout: string;
  readonly space: LabelSpace;
  /** To the train ids of `space`. */
  readonly decoding: LabelDecoding;
  readonly samples: readonly Sample[];
}

/** A data set from pairs of files that the caller knows; by default its labels hold the train ids of Cityscapes. */
export const defineDataset = ({
  name,
  samples,
  split = "all",
  space = cityscapes19,
  decoding = trainIdDecoding,
}: Pick<Dataset, "name" | "samples"> & Partial<Pick<Dataset, "split" | "space" | "decoding">>): Dataset => ({
  name,
  split,
  root: "",
  layout: "given",
  space,
  decoding,
  samples,
});

export interface DatasetOptions {
  readonly root: string;
  /** One of the definition's splits. */
  readonly split?: string;
  /** One of the definition's subsets (a weather, a drive); all of them unless given. */
  readonly subset?: string;
  /** Every tenth file in order of names can be kept for validation where there is no official split. */
  readonly part?: "all" | "every-10th" | "all-but-every-10th";
  readonly space?: LabelSpace;
  /** What to do about images without a label. */
  readonly unpaired?: "error" | "skip";
}

/** Finds the files of a data set. Throws a DataError that says what to download and where to put it. */
export async function openDataset(
  definition: DatasetDefinition,
  {
    root,
    split = Object.keys(definition.splits)[0] ?? "all",
    subset,
    part = "all",
    space = cityscapes19,
    unpaired = "error",
  }: DatasetOptions,
): Promise<Dataset> {
  const { layout, samples, imagesWithoutLabel } = await findFiles(definition, { root, split, subset });
  const [first] = imagesWithoutLabel;
  if (first !== undefined && unpaired === "error") {
    const others = imagesWithoutLabel.length > 1 ? ` (and ${imagesWithoutLabel.length - 1} others)` : "";
    const cure =
      definition.labelsHint ?? "complete the labels, or pass unpaired: 'skip' to leave such images out";
    throw new DataError(first, `has no label in ${join(root, layout.labels)}${others}; ${cure}`);
  }
  const chosen = samples.filter((_, at) => part === "all" || (at % 10 === 0) === (part === "every-10th"));
  if (chosen.length === 0) throw new DataError(root, `holds no pair of image and label for split "${split}"`);
  return {
    name: subset ? `${definition.name}-${subset}` : definition.name,
    split: part === "all" ? split : `${split}, ${part}`,
    root,
    layout: layout.name,
    space,
    decoding: await findDecoding(definition, layout, root, space),
    samples: chosen,
  };
}

async function findDecoding(
  definition: DatasetDefinition,
  layout: Layout,
  root: string,
  space: LabelSpace,
): Promise<LabelDecoding> {
  if (definition.ownDecoding) return definition.ownDecoding(space);
  const { decoding } = definition;
  const found = layout.decoding ?? (typeof decoding === "function" ? await decoding(root) : decoding);
  return decodingFor(space, found);
}
