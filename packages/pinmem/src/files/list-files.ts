// The few things done with folders: listing what is below one, in an order that is the same on every machine.

import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { asDataError } from "./data-error.js";

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/**
 * All files below a folder, as paths relative to it with "/", in order of code points. Links are followed, but no folder
 * is listed twice: not through a link beside it, and not through one that leads back to it or above it.
 * @throws DataError where a folder may not be read
 */
export async function listFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  const seen = new Set<string>();
  const links: { readonly folder: string; readonly prefix: string }[] = [];
  const walk = async (here: string, prefix: string): Promise<void> => {
    if (seen.has(here)) return;
    seen.add(here);
    const entries = await readdir(here, { withFileTypes: true }).catch((error: unknown) => {
      throw asDataError(here, error);
    });
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const path = join(here, entry.name);
      const name = prefix + entry.name;
      const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
      if (kind?.isFile()) files.push(name);
      else if (!kind?.isDirectory()) continue;
      else if (entry.isSymbolicLink()) links.push({ folder: await realpath(path), prefix: `${name}/` });
      else await walk(path, `${name}/`);
    }
  };
  const root = await realpath(folder);
  await walk(root, "");
  // Links come last, so that a folder keeps its own name where a link beside it leads there too. Walking may add to them.
  for (const link of links) if (!isWithin(root, link.folder)) await walk(link.folder, link.prefix);
  return files.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
