// Folders that results go into: made, and tried before hours are spent on what could not be kept.

import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { asWriteError, writing } from "./write-error.js";

/**
 * Makes a folder and those above it that are missing, one by one: Node's own way never returns where the system refuses with
 * "no such file", as in /proc.
 * @returns the first that was made; undefined where all were there
 * @throws WriteError
 */
export function makeFolder(path: string): string | undefined {
  const missing = missingOf(path);
  writing(path, () => {
    for (const folder of missing) makeOne(folder);
    if (!statSync(path).isDirectory()) throw asWriteError(path, { code: "EEXIST" });
  });
  return missing[0];
}

/**
 * Tries to write into a folder, or where it would be made, and leaves nothing.
 * @throws WriteError
 */
export const requireWritable = (folder: string): void => probe(folder, folder);

/** As requireWritable, for a file that will be written or replaced. */
export function requireWritableFile(file: string): void {
  if (existsSync(file) && statSync(file).isDirectory()) throw asWriteError(file, { code: "EISDIR" });
  probe(dirname(file), file);
}

/** @param output what errors are about */
function probe(folder: string, output: string): void {
  const there = dirname(missingOf(folder)[0] ?? join(resolve(folder), "x"));
  const file = join(there, `.${process.pid}.tmp`);
  try {
    writing(output, () => writeFileSync(file, "pinmem"));
  } finally {
    if (existsSync(file)) rmSync(file);
  }
}

/** A folder and those above it that do not exist, the topmost first. */
function missingOf(path: string): string[] {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  return missing;
}

/** Another process may have made it in the meantime. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
