// Which C library a compiled file asks for, by the names of symbol versions in it. The names stand there as text, so that
// no tool is needed to read them.

import { readFileSync } from "node:fs";

/**
 * @param {string} file a shared library of Linux
 * @returns {string | null} the newest version of glibc that it names, such as "2.28"
 */
export function newestGlibc(file) {
  const named = readFileSync(file, "latin1").matchAll(/\0GLIBC_(\d+)\.(\d+)(?:\.\d+)?(?=\0)/g);
  const versions = [...named].map(([, major, minor]) => [Number(major), Number(minor)]);
  const newest = versions.sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d).at(-1);
  return newest ? newest.join(".") : null;
}

/**
 * @param {readonly string[]} files
 * @returns {string | null}
 */
export function newestGlibcOf(files) {
  const all = files.map(newestGlibc).filter((version) => version !== null);
  return all.sort((a, b) => Number(a.split(".")[1]) - Number(b.split(".")[1])).at(-1) ?? null;
}
