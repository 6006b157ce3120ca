// Whether a path is a file, asked before it is read: a pipe keeps its reader waiting for ever, and a device such as /dev/zero, to which
// a link in a stranger's folder may lead, has no end.

import { type Stats, statSync } from "node:fs";
import { asDataError, DataError } from "./data-error.js";

/** Bytes of a file. @throws DataError where it is none, or has more than `largest` */
export function sizeOfFile(file: string, largest = Number.POSITIVE_INFINITY): number {
  const found = attempt(file);
  if (found.isDirectory()) throw asDataError(file, { code: "EISDIR" });
  if (!found.isFile()) throw new DataError(file, "is a pipe, a socket or a device, not a file");
  if (found.size <= largest) return found.size;
  throw new DataError(file, `has ${found.size} bytes; no file of this kind has more than ${largest}`);
}

function attempt(file: string): Stats {
  try {
    return statSync(file);
  } catch (error) {
    throw asDataError(file, error);
  }
}
