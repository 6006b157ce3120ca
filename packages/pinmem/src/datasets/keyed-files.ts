// Files by the part of their names that an image and its label have in common: the key, a path with "/" below the folder of
// the images or labels, without prefix and ending. Two files of one key are not told apart here: they are an error for those
// who need the key.

import { basename, join } from "node:path";
import { DataError } from "../files/data-error.js";

export interface KeyedFiles {
  /** Where the files lie. */
  readonly folder: string;
  /** All that lies below it, whatever it ends with; none where there is no such folder. */
  readonly names: readonly string[];
  /** The names of each key: one, unless names differ in their endings alone. */
  readonly byKey: ReadonlyMap<string, readonly string[]>;
}

/** Keys of the names that have one of the endings (the first that fits counts) and the prefix. */
export function keyed(
  folder: string,
  names: readonly string[],
  endings: readonly string[],
  prefix = "",
): KeyedFiles {
  const byKey = new Map<string, string[]>();
  for (const name of names) {
    const ending = endings.find((candidate) => name.toLowerCase().endsWith(candidate.toLowerCase()));
    const last = basename(name);
    if (ending === undefined || !last.startsWith(prefix)) continue;
    const key = name.slice(0, -last.length) + last.slice(prefix.length, -ending.length);
    byKey.set(key, [...(byKey.get(key) ?? []), name]);
  }
  return { folder, names, byKey };
}

/** The path of a key's one file. @throws DataError naming both where there are two */
export function onlyFile({ folder, byKey }: KeyedFiles, key: string, kind: "image" | "label"): string {
  const [name = "", other] = byKey.get(key) ?? [];
  if (other === undefined) return join(folder, name);
  const consequence =
    kind === "image" ? "its label could belong to either" : "either could be the label of the image";
  throw new DataError(
    join(folder, name),
    `and ${join(folder, other)} differ in their endings alone, so that ${consequence}: rename, move or remove one of them`,
  );
}
