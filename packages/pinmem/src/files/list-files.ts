// The few things done with folders: listing what is below one, in an order that is the same on every machine.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** All files below a folder, as paths relative to it with "/", in order of code points. Links are followed. */
export async function listFiles(folder: string, depth = 8): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (kind?.isFile()) files.push(entry.name);
    else if (kind?.isDirectory() && depth > 0) {
      for (const file of await listFiles(path, depth - 1)) files.push(`${entry.name}/${file}`);
    }
  }
  return files.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
