// Finds the files of a data set on disk, in whichever layout they lie, and pairs images with labels. What is missing is
// returned, for the caller to judge; what is ambiguous is an error.

import { join } from "node:path";
import { orWhat } from "@pinmem/core";
import { isFolder, listFiles } from "../files/list-files.js";
import type { DatasetDefinition, FileSample, Layout } from "./definition.js";
import { type KeyedFiles, keyed, onlyFile } from "./keyed-files.js";
import { noImages, noList, noRoot } from "./not-found.js";
import { findListed, readSplitList } from "./split-list.js";

/** What was found on disk, whether or not it can be used. */
export interface DatasetFiles {
  readonly layout: Layout;
  readonly images: KeyedFiles;
  readonly labels: KeyedFiles;
  readonly samples: readonly FileSample[];
  readonly imagesWithoutLabel: readonly string[];
  readonly labelsWithoutImage: readonly string[];
  /** The list of names that the split is taken from, where there is one. */
  readonly list?: string;
  /** Entries of the list that name no image. */
  readonly listedWithoutImage: readonly string[];
}

/** Pairs images and labels of a split, in the first layout in which some go together. */
export async function findFiles(
  definition: DatasetDefinition,
  { root, split, subset }: { root: string; split: string; subset: string | undefined },
): Promise<DatasetFiles> {
  checkChoice(definition, split, subset);
  if (!(await isFolder(root))) throw noRoot(definition, root);
  const listings = new Map<string, Promise<string[]>>();
  const filesBelow = (folder: string): Promise<string[]> => {
    const known = listings.get(folder) ?? isFolder(folder).then((is) => (is ? listFiles(folder) : []));
    listings.set(folder, known);
    return known;
  };
  const search = async (layout: Layout, part: string): Promise<Found> => {
    const { imageEndings, labelEndings, prefixes } = layout;
    const [images, labels] = [layout.images, layout.labels].map((pattern) =>
      join(root, pattern.replace("{split}", layout.folders?.[part] ?? part)),
    ) as [string, string];
    return {
      layout,
      images: keyed(images, await filesBelow(images), imageEndings, prefixes?.image),
      labels: keyed(labels, await filesBelow(labels), labelEndings, prefixes?.label),
    };
  };
  const layoutsOf = (part: string) => definition.layouts.filter(({ folders }) => folders?.[part] !== null);
  const searched: Found[] = [];
  for (const layout of layoutsOf(split)) searched.push(await search(layout, split));
  const withImages = searched.filter(({ images }) => images.byKey.size > 0);
  const found =
    withImages.find(({ images, labels }) => [...images.byKey.keys()].some((key) => labels.byKey.has(key))) ??
    withImages.find(({ labels }) => labels.names.length > 0) ??
    withImages[0];
  if (!found) {
    const others: string[] = [];
    for (const other of Object.keys(definition.splits).filter((one) => one !== split && one !== "all")) {
      const there = await Promise.all(layoutsOf(other).map((layout) => search(layout, other)));
      if (there.some(({ images }) => images.byKey.size > 0)) others.push(other);
    }
    throw await noImages(definition, { root, split, subset }, searched, others);
  }
  return pair(definition, found, { root, split, subset });
}

interface Found {
  readonly layout: Layout;
  readonly images: KeyedFiles;
  readonly labels: KeyedFiles;
}

async function pair(
  { name, select }: DatasetDefinition,
  { layout, images, labels }: Found,
  { root, split, subset }: { root: string; split: string; subset: string | undefined },
): Promise<DatasetFiles> {
  const listName = layout.lists?.(split);
  const list = listName === undefined ? undefined : join(root, listName);
  const lines = list === undefined ? undefined : await readSplitList(list);
  if (list !== undefined && lines === undefined) throw noList(list, name, split);
  const listed = list && lines && findListed(list, lines, layout, images, labels);
  const belongs = (key: string) =>
    (select?.(key, { split, subset }) ?? true) && (!listed || listed.keys.has(key));
  const samples: FileSample[] = [];
  const imagesWithoutLabel: string[] = [];
  for (const key of images.byKey.keys()) {
    if (!belongs(key)) continue;
    const image = onlyFile(images, key, "image");
    if (labels.byKey.has(key)) samples.push({ image, label: onlyFile(labels, key, "label") });
    else imagesWithoutLabel.push(image);
  }
  const labelsWithoutImage = [...labels.byKey]
    .filter(([key]) => belongs(key) && !images.byKey.has(key))
    .flatMap(([, names]) => names.map((file) => join(labels.folder, file)));
  return {
    layout,
    images,
    labels,
    samples,
    imagesWithoutLabel,
    labelsWithoutImage,
    ...(list !== undefined && { list }),
    listedWithoutImage: listed ? listed.missing : [],
  };
}

function checkChoice({ name, splits, subsets }: DatasetDefinition, split: string, subset?: string): void {
  if (!Object.hasOwn(splits, split)) {
    throw new Error(`${name}: there is no split "${split}"; ${orWhat(split, Object.keys(splits))}`);
  }
  if (subset === undefined || subsets?.includes(subset)) return;
  const known = subsets ? orWhat(subset, subsets) : "it has none";
  throw new Error(`${name}: there is no subset "${subset}"; ${known}`);
}
