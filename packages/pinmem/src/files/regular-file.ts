// Whether a path is a file, asked before it is read: a pipe keeps its reader waiting for ever, and a device such as /dev/zero, to which
// a link in a stranger's folder may lead, has no end.

import { type Stats, statSync } from "node:fs";
import { asDataError, DataError } from "./data-error.js";

/** Bytes of a file. @throws DataError where it is none, or has more than `largest` */
export function sizeOfFile(file: string, largest = Number.POSITIVE_INFINITY): number {
  const { size } = requireFile(file, attempt(file));
  if (size > largest)
    throw new DataError(file, `has ${size} bytes; no file of this kind has more than ${largest}`);
  return size;
}

/** @throws DataError where these are not a file's */
export function requireFile(file: string, found: Stats): Stats {
  if (found.isDirectory()) throw asDataError(file, { code: "EISDIR" });
  if (!found.isFile()) throw new DataError(file, "is a pipe, a socket or a device, not a file");
  return found;
}

function attempt(file: string): Stats {
  try {
    return statSync(file);
  } catch (error) {
    throw asDataError(file, error);
  }
}
