// The pictures that a path stands for: all below a folder, or one file. None is opened.

import { stat } from "node:fs/promises";
import { basename, dirname, relative, sep } from "node:path";
import { asDataError, DataError } from "../files/data-error.js";
import { listFiles } from "../files/list-files.js";
import { imageEndings, isImageFile } from "../images/image-files.js";
import { examples } from "./not-found.js";

export interface PictureList {
  /** The folder that names are below. */
  readonly root: string;
  /** Relative to it with "/", in order of code points; one at least. */
  readonly names: readonly string[];
}

/**
 * @param path a folder, with all below it, or a file, which is taken for a picture whatever it is called
 * @param except a folder that may lie below it, whose files do not count
 * @throws DataError where there is no picture, saying what there is
 */
export async function listPictures(path: string, except?: string): Promise<PictureList> {
  const found = await stat(path).catch((error: unknown) => {
    throw asDataError(path, error);
  });
  if (!found.isDirectory()) return { root: dirname(path), names: [basename(path)] };
  const apart = except === undefined ? "" : relative(path, except).split(sep).join("/");
  const all = await listFiles(path);
  const files =
    apart === "" || apart.startsWith("..") ? all : all.filter((name) => !name.startsWith(`${apart}/`));
  const names = files.filter(isImageFile);
  if (names.length > 0) return { root: path, names };
  const there = files.length > 0 ? `there lie ${examples(files)}` : "no file lies there";
  throw new DataError(path, `holds no picture (${imageEndings.join(", ")}); ${there}`);
}
