// A data set: pairs of an image file and a label file, and how the labels become train ids. Plain data, so that every
// thread can have it. One look of the world each: several data sets trained together are the domains of the method.
//
// A definition (datasets/*.ts) says where the files lie, in each layout that users have on their disks; this file
// finds them, pairs them and says what is missing. It opens no image: `data check` does that.

import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { DataError } from "./data-error.js";
import { isFolder, listFiles } from "./files.js";
import { decodingFor, type LabelDecoding } from "./label-decoding.js";
import { cityscapes19, type LabelSpace } from "./label-space.js";
import type { StreetRequest } from "./streets/index.js";

/** An image file and its label file. */
export interface FileSample {
  readonly image: string;
  readonly label: string;
}

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

/** Folders below the root; `{split}` stands for the split's folder. Files are found in all folders below them. */
export interface Layout {
  readonly name: string;
  readonly images: string;
  readonly labels: string;
  /** What the names end with after the part that an image and its label have in common; first match counts. */
  readonly imageEndings: readonly string[];
  readonly labelEndings: readonly string[];
  /** What the file names begin with before that part. */
  readonly prefixes?: { readonly image: string; readonly label: string };
  /** Folder names of the splits where they differ from the split's own name. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Splits that this layout does not separate by folders: by lists of names, or not at all. */
  readonly lists?: (split: string) => string | undefined;
  readonly decoding?: LabelDecoding;
}

export interface DatasetDefinition {
  readonly name: string;
  readonly title: string;
  /** Where it can be had, and under which conditions. */
  readonly homepage: string;
  /** What to download there and what it unpacks to. */
  readonly download: string;
  /** Files expected by split; undefined where no number is official. The first is the default. */
  readonly splits: Readonly<Record<string, number | undefined>>;
  readonly subsets?: readonly string[];
  /** Whether the common part of a pair's names (relative to the images' folder) belongs to a subset and split. */
  readonly select?: (key: string, choice: { split: string; subset: string | undefined }) => boolean;
  readonly layouts: readonly Layout[];
  /** To the train ids of Cityscapes; `root` for those that need the data set's own tables. */
  readonly decoding: LabelDecoding | ((root: string) => Promise<LabelDecoding>);
  /** To the train ids of the space itself, for files made for it. */
  readonly ownDecoding?: (space: LabelSpace) => LabelDecoding;
  /** A sentence about labels that are missing, where there is a known cure. */
  readonly labelsHint?: string;
}

/** What was found on disk, whether or not it can be used. */
export interface DatasetFiles {
  readonly layout: Layout;
  readonly samples: readonly FileSample[];
  readonly imagesWithoutLabel: readonly string[];
  readonly labelsWithoutImage: readonly string[];
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

/** Pairs images and labels of a split in the first layout whose folders exist. */
export async function findFiles(
  definition: DatasetDefinition,
  { root, split, subset }: { root: string; split: string; subset: string | undefined },
): Promise<DatasetFiles> {
  checkChoice(definition, split, subset);
  if (!(await isFolder(root))) {
    throw new DataError(root, `is no folder; ${howToGet(definition)}`);
  }
  const place = (layout: Layout, pattern: string) =>
    join(root, pattern.replace("{split}", layout.folders?.[split] ?? split));
  const found: Layout[] = [];
  for (const layout of definition.layouts) {
    const names = await filesBelow(place(layout, layout.images));
    if (keyed(names, layout.imageEndings, layout.prefixes?.image).size > 0) found.push(layout);
  }
  const withLabels = await firstWhere(found, (layout) => isFolder(place(layout, layout.labels)));
  const layout = withLabels ?? found[0];
  if (layout !== undefined) {
    const listed = await readList(root, layout.lists?.(split), definition.name, split);
    const belongs = (key: string) =>
      (definition.select?.(key, { split, subset }) ?? true) && (listed?.has(basename(key)) ?? true);
    return pair(layout, place(layout, layout.images), place(layout, layout.labels), belongs);
  }
  const looked = [...new Set(definition.layouts.map((entry) => place(entry, entry.images)))].join(", ");
  const nothing = `holds no images of ${definition.title}, split "${split}": looked in ${looked}`;
  throw new DataError(root, `${nothing}; ${howToGet(definition)}`);
}

/** What to download, from where, and where to put it. */
export const howToGet = ({ title, homepage, download, layouts }: DatasetDefinition): string =>
  `to get ${title}: ${download} (${homepage}); expected below the root: ${layouts
    .map(({ images, labels }) => `${images} and ${labels}`)
    .join(", or ")}`;

export async function findDecoding(
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

function checkChoice({ name, splits, subsets }: DatasetDefinition, split: string, subset?: string): void {
  if (!Object.hasOwn(splits, split)) {
    throw new Error(`${name}: there is no split "${split}"; there are ${Object.keys(splits).join(", ")}`);
  }
  if (subset === undefined || subsets?.includes(subset)) return;
  const known = subsets ? `there are ${subsets.join(", ")}` : "it has none";
  throw new Error(`${name}: there is no subset "${subset}"; ${known}`);
}

/** Files by the part of their names that an image and its label have in common. */
function keyed(files: readonly string[], endings: readonly string[], prefix = ""): Map<string, string> {
  const result = new Map<string, string>();
  for (const file of files) {
    const ending = endings.find((candidate) => file.toLowerCase().endsWith(candidate.toLowerCase()));
    const name = basename(file);
    if (ending === undefined || !name.startsWith(prefix)) continue;
    const folder = file.slice(0, -name.length);
    result.set(folder + name.slice(prefix.length, -ending.length), file);
  }
  return result;
}

async function pair(
  layout: Layout,
  images: string,
  labels: string,
  belongs: (key: string) => boolean,
): Promise<DatasetFiles> {
  const imageFiles = keyed(await filesBelow(images), layout.imageEndings, layout.prefixes?.image);
  const labelFiles = keyed(await filesBelow(labels), layout.labelEndings, layout.prefixes?.label);
  const samples: FileSample[] = [];
  const imagesWithoutLabel: string[] = [];
  for (const [key, file] of imageFiles) {
    if (!belongs(key)) continue;
    const label = labelFiles.get(key);
    if (label === undefined) imagesWithoutLabel.push(join(images, file));
    else samples.push({ image: join(images, file), label: join(labels, label) });
  }
  const labelsWithoutImage = [...labelFiles]
    .filter(([key]) => belongs(key) && !imageFiles.has(key))
    .map(([, file]) => join(labels, file));
  return { layout, samples, imagesWithoutLabel, labelsWithoutImage };
}

const filesBelow = async (folder: string) => ((await isFolder(folder)) ? listFiles(folder) : []);

async function firstWhere<T>(
  items: readonly T[],
  test: (item: T) => Promise<boolean>,
): Promise<T | undefined> {
  for (const item of items) if (await test(item)) return item;
  return undefined;
}

/** The names (without endings) that belong to a split, from a text file of the user's with one file name a line. */
async function readList(
  root: string,
  list: string | undefined,
  name: string,
  split: string,
): Promise<Set<string> | undefined> {
  if (list === undefined) return undefined;
  const text = await readFile(join(root, list), "utf8").catch(() => undefined);
  if (text === undefined) {
    throw new DataError(
      join(root, list),
      `does not exist: the files of ${name} lie in one folder, so split "${split}" needs this list of its file ` +
        "names, one a line; or use split 'all', with part 'every-10th' to validate and 'all-but-every-10th' to train",
    );
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return new Set(lines.map((line) => basename(line.trim()).replace(/\.[^.]+$/, "")));
}
