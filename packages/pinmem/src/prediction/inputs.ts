// What there is to predict: images, videos, folders, patterns, turned into a list of files. Each gets the name that its
// outputs bear: its path relative to the folder that all inputs share, without the ending.

import { existsSync } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { asDataError, DataError } from "../files/data-error.js";
import { imageEndings, isImageFile } from "../images/image-files.js";
import { outputNames } from "./output-names.js";
import { outputKinds } from "./outputs.js";
import { isPattern, pathMatcher, patternBase } from "./patterns.js";

export interface Input {
  readonly file: string;
  readonly kind: "image" | "video";
  /** For its outputs: a path with "/" and without an ending; no two inputs of a list have outputs of the same name. */
  readonly name: string;
}

const videoEndings = [".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".wmv"];

/** Whether a file is read through ffmpeg. Its ending tells. */
export const isVideo = (file: string): boolean => videoEndings.includes(extname(file).toLowerCase());

/**
 * All files to predict, those of a folder in order of code points, none twice.
 *
 * @param paths files, folders (with all below them, but for hidden ones), patterns such as "drive/**\/*.jpg"
 * @param except a folder that is left out: where the outputs go
 * @throws DataError where a path does not exist, or nothing can be predicted in it
 */
export async function findInputs(
  paths: readonly string[],
  { except }: { except?: string } = {},
): Promise<Input[]> {
  const files = new Map<string, string>();
  const roots: string[] = [];
  const context: Walk = { except: new Set(except === undefined ? [] : [resolve(except)]), seen: new Set() };
  for (const path of paths) {
    const { root, found } = await expand(path, context);
    roots.push(resolve(root));
    for (const file of found) files.set(resolve(file), file);
  }
  const shared = commonFolder(roots);
  const absolute = [...files.keys()];
  const named = absolute.map((file) => ({
    path: relative(shared, file).split(sep).join("/"),
    isVideo: isVideo(file),
  }));
  const names = outputNames(named);
  return absolute.map((file, at) => ({
    file: files.get(file) as string,
    kind: isVideo(file) ? "video" : "image",
    name: names[at] as string,
  }));
}

interface Walk {
  /** Folders that are left out. */
  readonly except: ReadonlySet<string>;
  /** Folders already listed, by their real paths: links may lead in circles. */
  readonly seen: Set<string>;
}

/** The files that a path stands for, and the folder to which their names are relative. */
async function expand(path: string, { except }: Walk): Promise<{ root: string; found: string[] }> {
  const own = resolve(path);
  // Outputs beside their inputs: what they are put into is left out.
  const outputs = except.has(own) ? outputKinds.map((kind) => join(own, kind)) : except;
  const walk: Walk = { except: new Set(outputs), seen: new Set() };
  const kind = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && isPattern(path)) return undefined;
    throw asDataError(path, error);
  });
  if (kind?.isDirectory()) {
    const all = await filesBelow(path, walk);
    const found = all.filter(canBePredicted);
    if (found.length > 0) return { root: path, found };
    throw new DataError(
      path,
      `holds no image (${imageEndings.join(", ")}) and no video (${videoEndings.join(", ")}); ${whatLies(path, all)}`,
    );
  }
  if (kind) return { root: dirname(path), found: [path] };
  const root = patternBase(path);
  const matches = pathMatcher(path);
  const all = await filesBelow(root, walk).catch(() => []);
  const found = all.filter((file) => matches(file.split(sep).join("/")) && canBePredicted(file));
  if (found.length > 0) return { root, found };
  throw new DataError(
    path,
    `is a pattern that no image and no video matches: looked in ${root}; ${whatLies(root, all)}`,
  );
}

/** Up to three of the files that were found where nothing fits. */
function whatLies(folder: string, files: readonly string[]): string {
  if (files.length === 0) return existsSync(folder) ? "no file lies there" : "there is no such folder";
  const names = files.slice(0, 3).map((file) => `"${relative(folder, file)}"`);
  return `there lie ${names.join(", ")}${files.length > 3 ? ` and ${files.length - 3} more` : ""}`;
}

const canBePredicted = (file: string) => isImageFile(file) || isVideo(file);

async function filesBelow(folder: string, walk: Walk): Promise<string[]> {
  const real = await realpath(folder);
  if (walk.seen.has(real) || walk.except.has(resolve(folder))) return [];
  walk.seen.add(real);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw asDataError(folder, error);
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const files: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (kind?.isFile()) files.push(path);
    else if (kind?.isDirectory()) for (const file of await filesBelow(path, walk)) files.push(file);
  }
  return files;
}

/** The deepest folder that holds all of these. */
function commonFolder(folders: readonly string[]): string {
  const [first = resolve("."), ...others] = folders;
  let shared = first;
  const holds = (folder: string) =>
    folder === shared || folder.startsWith(shared.endsWith(sep) ? shared : shared + sep);
  while (!others.every(holds) && dirname(shared) !== shared) shared = dirname(shared);
  return shared;
}

/** What a run is called where outputs need a folder of their own: its folder, or folder and file. */
export const runName = (path: string): string => {
  const whole = resolve(path);
  const name = basename(whole);
  return name.endsWith(".safetensors") ? `${basename(dirname(whole))}-${name.slice(0, -12)}` : name;
};
