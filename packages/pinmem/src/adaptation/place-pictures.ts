// The pictures of a place, and the labels of those that have one: any folder of images, and beside it a folder of PNG labels
// of the same names below it. No picture is opened here.

import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { LabelSpace } from "@pinmem/core";
import { type Dataset, defineDataset } from "../datasets/dataset.js";
import type { FileSample } from "../datasets/definition.js";
import { type KeyedFiles, keyed, onlyFile } from "../datasets/keyed-files.js";
import { ownDecoding } from "../datasets/label-decoding.js";
import { listPictures } from "../datasets/list-pictures.js";
import { examples } from "../datasets/not-found.js";
import { labelEndings } from "../datasets/sets/folder.js";
import { asDataError, DataError } from "../files/data-error.js";
import { isFolder, listFiles } from "../files/list-files.js";
import { imageEndings } from "../images/image-files.js";

export interface PlaceFiles {
  /** A folder, with all below it, or files. */
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
  const pictures = await keyedPictures(given, labelFolder);
  const keys = [...pictures.byKey.keys()];
  const images = keys.map((key) => onlyFile(pictures, key, "image"));
  const samples = labelFolder === undefined ? [] : await pair(pictures, labelFolder);
  const dataset = { name: placeName(within), samples, space, decoding: ownDecoding(space) };
  return { images, labeled: defineDataset(dataset) };
}

/** Pictures by the part of their path that their label has too. */
async function keyedPictures(
  given: PlaceFiles["images"],
  labelFolder: string | undefined,
): Promise<KeyedFiles> {
  if (typeof given !== "string") return keyedFiles(given);
  // Labels may lie in a folder below that of the pictures.
  const { root, names } = await listPictures(given, labelFolder);
  return isFile(given) ? keyedFiles([given]) : keyed(root, names, imageEndings);
}

function keyedFiles(files: readonly string[]): KeyedFiles {
  if (files.length === 0) throw new DataError("images", "names no picture");
  const byKey = new Map<string, string[]>();
  for (const file of [...new Set(files)]) {
    if (!isFile(file)) throw asDataError(file, { code: "ENOENT" });
    const name = basename(file);
    const key = name.replace(/\.[^.]*$/, "");
    byKey.set(key, [...(byKey.get(key) ?? []), file]);
  }
  return { folder: "", names: files, byKey };
}

async function pair(pictures: KeyedFiles, folder: string): Promise<FileSample[]> {
  if (!(await isFolder(folder)))
    throw new DataError(folder, "is no folder; `labels` names the folder of PNG labels of the pictures");
  const names = await listFiles(folder);
  for (const ending of labelEndings) {
    const labels = keyed(folder, names, [ending]);
    const common = [...pictures.byKey.keys()].filter((key) => labels.byKey.has(key));
    if (common.length === 0) continue;
    return common.map((key) => ({
      image: onlyFile(pictures, key, "image"),
      label: onlyFile(labels, key, "label"),
    }));
  }
  const [key = ""] = pictures.byKey.keys();
  const wanted = labelEndings.map((ending) => `"${key}${ending}"`).join(" or ");
  const there = names.length > 0 ? `holds ${examples(names)}` : "is empty";
  throw new DataError(
    folder,
    `holds no label of any picture: looked for ${wanted} and the like; the folder ${there}. A label is a PNG file of its ` +
      "picture's name, below it where the picture lies below its own folder; leave `labels` out to adapt without",
  );
}

function requireApart(images: readonly string[], labels: string): void {
  const same = images.find((folder) => resolve(folder) === resolve(labels));
  if (same === undefined) return;
  throw new DataError(
    labels,
    "holds pictures and labels alike, so that none can be told from the other; move the labels into a folder of their own",
  );
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** What the place is called: its folder's name. */
function placeName([first = "place", ...others]: readonly string[]): string {
  return others.length === 0 ? basename(resolve(first)) : "place";
}
