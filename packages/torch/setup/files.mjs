// Files that set-up writes and reads: always whole (temporary name, then rename), never half. Reading a file of ours
// that is missing or damaged gives undefined, because set-up can always make it again.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

let counter = 0;

/**
 * A name beside `path` that no other process and no other call uses.
 *
 * @param {string} path
 */
export function temporaryName(path) {
  counter += 1;
  return `${path}.${process.pid}-${counter}.tmp`;
}

/**
 * Writes JSON so that a reader sees the old file or the new one, and nothing between.
 *
 * @param {string} path
 * @param {unknown} value
 */
export function writeJson(path, value) {
  const temporary = temporaryName(path);
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {Record<string, unknown> | undefined} undefined where there is no such file, or no JSON object in it
 */
export function readJson(path) {
  try {
    const value = /** @type {unknown} */ (JSON.parse(readFileSync(path, "utf8")));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? /** @type {Record<string, unknown>} */ (value)
      : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} path */
export function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** @param {string} path */
export function realPath(path) {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** @param {string} path */
export function isFile(path) {
  return statOf(path)?.isFile() ?? false;
}

/** @param {string} path */
export function isFolder(path) {
  return statOf(path)?.isDirectory() ?? false;
}

/**
 * Undefined also where a part of the path is a file, or may not be entered.
 *
 * @param {string} path
 */
function statOf(path) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/**
 * What tells one state of some files from another without reading them: real paths, sizes, times of change.
 *
 * @param {readonly string[]} paths missing files count as such
 */
export function fingerprint(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const real = realPath(path);
    const stat = real === undefined ? undefined : statOf(real);
    hash.update(`${path}\0${real}\0${stat?.size}\0${stat?.mtimeMs}\0`);
  }
  return hash.digest("hex").slice(0, 32);
}

/**
 * @param {readonly (string | Uint8Array)[]} parts
 * @returns {string} 32 hexadecimal digits; parts do not run into one another
 */
export function hashOf(parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 32);
}
