// Writes a file whole or not at all: to a temporary name in the same folder, flushed to the disk, then renamed.
// Whatever goes wrong before the rename, a file that was there before is untouched and nothing new is left.

import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { guard } from "./input.js";

export type Write = (bytes: Uint8Array) => void;

// One write system call takes less than 2 GiB.
const LARGEST_WRITE = 2 ** 30;

/**
 * @param produce Calls the function it is given with the file's bytes, part after part.
 * @throws TensorFileError if the file system refuses; what `produce` throws, as it is.
 */
export function writeAtomically(path: string, produce: (write: Write) => void): void {
  const attempt = <T>(body: () => T): T => guard(path, "writing", body);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  const descriptor = attempt(() => openSync(temporary, "wx"));
  try {
    try {
      produce((bytes) => attempt(() => writeAll(descriptor, bytes)));
      attempt(() => fsyncSync(descriptor));
    } finally {
      attempt(() => closeSync(descriptor));
    }
    attempt(() => renameSync(temporary, path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  flushFolder(dirname(path));
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, Math.min(bytes.length - done, LARGEST_WRITE));
  }
}

/** Makes the rename itself durable, where the system lets a folder be flushed (Windows does not). */
function flushFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The file is complete either way.
  }
}
