// What a data set is called in events, results and reports, where scores of the same title are of the same pictures.

import { resolve, sep } from "node:path";
import type { Dataset } from "./dataset.js";
import { folder } from "./sets/folder.js";

/** "camvid, val"; of a folder of one's own the end of its path too, since any number of them may be evaluated: "folder cities/north, all". */
export function datasetTitle({ name, split, root }: Pick<Dataset, "name" | "split" | "root">): string {
  // Several of a recipe are numbered: "folder (2)".
  const isOwn = name === folder.name || name.startsWith(`${folder.name} (`);
  if (!isOwn || root === "") return `${name}, ${split}`;
  const place = resolve(root).split(sep).filter(Boolean).slice(-2).join("/");
  return `${folder.name} ${place}, ${split}`;
}
