// A data set: pairs of an image file and a label file, and how the labels become train ids. Plain data, so that every
// thread can have it. One look of the world each: several data sets trained together are the domains of the method.
//
// A definition (datasets/*.ts) says where the files lie, in each layout that users have on their disks, and how labels
// are stored. dataset-files.ts finds and pairs the files; no image is opened here: `data check` does that.

import { cityscapes19, type LabelSpace, orWhat } from "@pinmem/core";
import type { StreetRequest } from "@pinmem/streets";
import { DataError } from "../files/data-error.js";
import { findFiles } from "./dataset-files.js";
import type { DatasetDefinition, FileSample, Layout } from "./definition.js";
import { decodingFor, type LabelDecoding, trainIdDecoding } from "./label-decoding.js";
import { examples, noLabel, notListed } from "./not-found.js";

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
  /** How many images were left out since they have no label; not there where none was. */
  readonly unlabeled?: number;
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
  /** One of the definition's mappings, for data sets of many classes. */
  readonly mapping?: string;
  /** What to do about images without a label, and about names in a split's list that have no image. */
  readonly unpaired?: "error" | "skip";
}

/**
 * Finds the files of a data set.
 * @throws DataError that says what to download and where to put it, which images have no label, or what of a list is missing
 */
export async function openDataset(
  definition: DatasetDefinition,
  {
    root,
    split = Object.keys(definition.splits)[0] ?? "all",
    subset,
    part = "all",
    space = cityscapes19,
    mapping = definition.mappings?.[0],
    unpaired = "error",
  }: DatasetOptions,
): Promise<Dataset> {
  const { name, mappings = [] } = definition;
  if (mapping !== undefined && !mappings.includes(mapping)) {
    const known = mappings.length > 0 ? orWhat(mapping, mappings) : "it has none";
    throw new Error(`${name}: there is no mapping "${mapping}"; ${known}`);
  }
  const files = await findFiles(definition, { root, split, subset });
  const { layout, images, samples, imagesWithoutLabel, list, listedWithoutImage } = files;
  const chosen = samples.filter((_, at) => part === "all" || (at % 10 === 0) === (part === "every-10th"));
  const strict = unpaired === "error" || chosen.length === 0;
  if (strict && list !== undefined && listedWithoutImage.length > 0) {
    throw notListed(list, listedWithoutImage, images);
  }
  if (strict && imagesWithoutLabel.length > 0) {
    throw await noLabel(definition, root, { ...files, somePairs: samples.length > 0 });
  }
  if (chosen.length === 0) {
    const which = `split "${split}"${subset === undefined ? "" : `, subset "${subset}"`}${part === "all" ? "" : `, part "${part}"`}`;
    const there = `${images.folder} holds ${examples([...images.byKey.values()].flat())}`;
    const cause = list === undefined ? "" : `, and ${list} names ${lineCount(samples.length)} of them`;
    throw new DataError(root, `holds no pair of image and label for ${which}; ${there}${cause}`);
  }
  return {
    name: [name, subset, mapping === mappings[0] ? undefined : mapping].filter(Boolean).join("-"),
    split: part === "all" ? split : `${split}, ${part}`,
    root,
    layout: layout.name,
    space,
    decoding: await findDecoding(definition, layout, { root, space, mapping }),
    samples: chosen,
    ...(imagesWithoutLabel.length > 0 && { unlabeled: imagesWithoutLabel.length }),
  };
}

const lineCount = (count: number): string => (count === 0 ? "none" : `${count}`);

async function findDecoding(
  definition: DatasetDefinition,
  layout: Layout,
  { root, space, mapping }: { root: string; space: LabelSpace; mapping: string | undefined },
): Promise<LabelDecoding> {
  if (definition.ownDecoding) return definition.ownDecoding(space);
  const { decoding } = definition;
  const found =
    layout.decoding ?? (typeof decoding === "function" ? await decoding(root, mapping) : decoding);
  return decodingFor(space, found);
}
