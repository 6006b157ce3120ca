// Finds the files of a data set on disk, in whichever layout they lie, pairs images with labels, and says what is missing.

import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { orWhat } from "@pinmem/core";
import { DataError } from "../files/data-error.js";
import { isFolder, listFiles } from "../files/list-files.js";
import type { DatasetDefinition, FileSample, Layout } from "./definition.js";

/** What was found on disk, whether or not it can be used. */
export interface DatasetFiles {
  readonly layout: Layout;
  readonly samples: readonly FileSample[];
  readonly imagesWithoutLabel: readonly string[];
  readonly labelsWithoutImage: readonly string[];
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

function checkChoice({ name, splits, subsets }: DatasetDefinition, split: string, subset?: string): void {
  if (!Object.hasOwn(splits, split)) {
    throw new Error(`${name}: there is no split "${split}"; ${orWhat(split, Object.keys(splits))}`);
  }
  if (subset === undefined || subsets?.includes(subset)) return;
  const known = subsets ? orWhat(subset, subsets) : "it has none";
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
