// A split given by a text file of the user's: one image a line, as people write such lists. Names may come with their folders
// (below the images' folder, below the root, or whole paths of another machine) or without, with an ending or none, that of
// the label included; a second column is left out. But each must mean exactly one image: names are never matched without
// folders that the list gives, and one that fits several images is an error.

import { readFile } from "node:fs/promises";
import { asDataError, DataError } from "../files/data-error.js";
import type { Layout } from "./definition.js";
import type { KeyedFiles } from "./keyed-files.js";

/** The lines of a list; undefined where there is no such file. @throws DataError where it cannot be read */
export async function readSplitList(file: string): Promise<string[] | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw asDataError(file, error);
  });
  return text
    ?.replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim());
}

export interface ListedImages {
  /** Keys of the images that the list names. */
  readonly keys: ReadonlySet<string>;
  /** Entries that name no image. */
  readonly missing: readonly string[];
}

/** @throws DataError about the list where an entry fits several images, or two entries mean the same one */
export function findListed(
  list: string,
  lines: readonly string[],
  layout: Layout,
  images: KeyedFiles,
  labels: KeyedFiles,
): ListedImages {
  const find = new KeyFinder(layout, images, labels);
  const entries = new Map<string, string>();
  const missing: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (line === "") continue;
    const [key, other] = find.keysOf(line);
    if (other !== undefined) {
      throw new DataError(
        list,
        `line ${at + 1}, "${line}", fits several images: ${key}, ${other}; write the names with their folders`,
      );
    }
    if (key === undefined) {
      if (!line.startsWith("#")) missing.push(line);
      continue;
    }
    const before = entries.get(key);
    if (before !== undefined && before !== line) {
      throw new DataError(
        list,
        `"${before}" and "${line}" both mean the image ${key} in ${images.folder}, the only one of this name`,
      );
    }
    entries.set(key, line);
  }
  return { keys: new Set(entries.keys()), missing };
}

/** Endings that are taken off the names of a list even where the data set's files have others. */
const usualEndings = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm"];

class KeyFinder {
  readonly #byName = new Map<string, string[]>();
  readonly #flat: boolean;
  readonly #endings: readonly string[];
  readonly #prefixes: readonly string[];
  readonly #folders: readonly string[];

  constructor(
    { imageEndings, labelEndings, prefixes }: Layout,
    readonly images: KeyedFiles,
    labels: KeyedFiles,
  ) {
    for (const key of images.byKey.keys()) {
      const name = key.slice(key.lastIndexOf("/") + 1);
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), key]);
    }
    this.#flat = [...images.byKey.keys()].every((key) => !key.includes("/"));
    const endings = [...imageEndings, ...labelEndings, ...usualEndings];
    this.#endings = [...new Set(endings.map((ending) => ending.toLowerCase())), ""];
    this.#prefixes = [...new Set([prefixes?.image ?? "", prefixes?.label ?? "", ""])];
    this.#folders = [images.folder, labels.folder].map((folder) => `/${folder.replaceAll("\\", "/")}`);
  }

  /** The keys that an entry may mean: the whole line, or else its first column. */
  keysOf(line: string): readonly string[] {
    const whole = this.#keysOfPath(line);
    const first = line.split(/[\s,;]/, 1)[0] as string;
    return whole.length > 0 || first === line ? whole : this.#keysOfPath(first);
  }

  #keysOfPath(text: string): readonly string[] {
    const parts = text.split(/[\\/]/).filter((part) => part !== "" && part !== ".");
    const last = parts.pop() ?? "";
    const folders = parts.map((part) => `${part}/`).join("");
    for (const ending of this.#endings) {
      if (!last.toLowerCase().endsWith(ending) || last.length === ending.length) continue;
      const stem = last.slice(0, last.length - ending.length);
      for (const prefix of this.#prefixes) {
        if (!stem.startsWith(prefix)) continue;
        const found = this.#matching(folders, stem.slice(prefix.length));
        if (found.length > 0) return found;
      }
    }
    return [];
  }

  #matching(folders: string, name: string): readonly string[] {
    const path = folders + name;
    if (this.images.byKey.has(path)) return [path];
    const alike = this.#byName.get(name) ?? [];
    const deeper = alike.filter((key) => key.endsWith(`/${path}`));
    if (deeper.length > 0) return deeper;
    // The entry has more folders than the key: the nearest of those below the images' folder has to be the key's.
    return alike
      .filter((key) => path.endsWith(`/${key}`) && (key !== name || this.#flat || this.#leadsTo(folders)))
      .sort((a, b) => b.length - a.length)
      .slice(0, 1);
  }

  /** Whether these folders are those that lead to the images or labels. */
  #leadsTo(folders: string): boolean {
    return this.#folders.some((folder) => folder.endsWith(`/${folders.slice(0, -1)}`));
  }
}
