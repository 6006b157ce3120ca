// The pictures of a place, and the labels of those that have one: any folder of images, and beside it a folder of PNG labels
// of the same names below it. No picture is opened here.

import { basename, join, resolve } from "node:path";
import type { LabelSpace } from "@pinmem/core";
import { type Dataset, defineDataset } from "../datasets/dataset.js";
import type { FileSample } from "../datasets/definition.js";
import { keyed, onlyFile } from "../datasets/keyed-files.js";
import { ownDecoding } from "../datasets/label-decoding.js";
import { listPictures } from "../datasets/list-pictures.js";
import { examples } from "../datasets/not-found.js";
import { labelEndings } from "../datasets/sets/folder.js";
import { DataError } from "../files/data-error.js";
import { isFolder, listFiles } from "../files/list-files.js";

export interface PlaceFiles {
  /** Folders, with all below them, and files. */
  readonly images: string | readonly string[];
  /** A folder of PNG labels, each below it where its image lies below its own. Pictures without a label are welcome. */
  readonly labels?: string | undefined;
}

export interface PlacePictures {
  /** Files of all pictures, in the order of their names. */
  readonly images: readonly string[];
  /** Those with a label, as a data set in the classes of the network. */
  readonly labeled: Dataset;
}

/**
 * Finds pictures and their labels.
 * @throws DataError where there is no picture, where labels are asked for and no picture has one, or where names are ambiguous
 */
export async function findPlacePictures(
  { images: given, labels: labelFolder }: PlaceFiles,
  space: LabelSpace,
): Promise<PlacePictures> {
  const within = typeof given === "string" ? [given] : given;
  if (labelFolder !== undefined) requireApart(within, labelFolder);
  const pictures = await listed(within, labelFolder);
  const images = pictures.map(({ file }) => file);
  const samples = labelFolder === undefined ? [] : await pair(pictures, labelFolder);
  const dataset = { name: placeName(within), samples, space, decoding: ownDecoding(space) };
  return { images, labeled: defineDataset(dataset) };
}

interface Listed {
  readonly file: string;
  /** The part of its path that its label has too. */
  readonly key: string;
}

/** All pictures, each once. @param labels may lie in a folder below that of the pictures */
async function listed(given: readonly string[], labels: string | undefined): Promise<Listed[]> {
  if (given.length === 0) throw new DataError("images", "names no picture");
  const pictures = new Map<string, Listed>();
  for (const path of given) {
    const { root, names } = await listPictures(path, labels);
    for (const name of names) {
      const file = join(root, name);
      if (!pictures.has(file)) pictures.set(file, { file, key: name.replace(/\.[^./]*$/, "") });
    }
  }
  return [...pictures.values()];
}

async function pair(pictures: readonly Listed[], folder: string): Promise<FileSample[]> {
  if (!(await isFolder(folder)))
    throw new DataError(folder, "is no folder; `labels` names the folder of PNG labels of the pictures");
  const names = await listFiles(folder);
  for (const ending of labelEndings) {
    const labels = keyed(folder, names, [ending]);
    const common = pictures.filter(({ key }) => labels.byKey.has(key));
    if (common.length === 0) continue;
    const samples = common.map(({ file, key }) => ({ image: file, label: onlyFile(labels, key, "label") }));
    requireOneEach(samples);
    return samples;
  }
  const [{ key } = { key: "" }] = pictures;
  const wanted = labelEndings.map((one) => `"${key}${one}"`).join(" or ");
  const there = names.length > 0 ? `holds ${examples(names)}` : "is empty";
  throw new DataError(
    folder,
    `holds no label of any picture: looked for ${wanted} and the like; the folder ${there}. A label is a PNG file of its ` +
      "picture's name, below it where the picture lies below its own folder; leave `labels` out to adapt without",
  );
}

/** @throws DataError where two pictures would share a label */
function requireOneEach(samples: readonly FileSample[]): void {
  const imageOf = new Map<string, string>();
  for (const { image, label } of samples) {
    const other = imageOf.get(label);
    if (other !== undefined)
      throw new DataError(
        other,
        `and ${image} are called alike, so that the label ${label} could belong to either: rename or remove one of them, or give one folder above both, with the labels in folders of the same names`,
      );
    imageOf.set(label, image);
  }
}

function requireApart(images: readonly string[], labels: string): void {
  const same = images.find((folder) => resolve(folder) === resolve(labels));
  if (same === undefined) return;
  throw new DataError(
    labels,
    "holds pictures and labels alike, so that none can be told from the other; move the labels into a folder of their own",
  );
}

/** What the place is called: its folder's name. */
function placeName([first = "place", ...others]: readonly string[]): string {
  return others.length === 0 ? basename(resolve(first)) : "place";
}
