// Writes a file whole or not at all: to a temporary name in the same folder, flushed to the disk, then renamed.
// Whatever goes wrong before the rename, a file that was there before is untouched and nothing new is left.

import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { guard } from "./input.js";

/** Takes bytes of a file, part after part. */
export type Write = (bytes: Uint8Array) => void;

export interface ReplaceOptions {
  /** Whether it is on the disk on return, so that not even a loss of power takes it back. Default true. */
  readonly durable?: boolean;
  /** Runs each call of the file system, so that the caller can put its refusal into words. Default: as it is. */
  readonly attempt?: <T>(call: () => T) => T;
}

// One write system call takes less than 2 GiB.
const LARGEST_WRITE = 2 ** 30;

/** The name under which a file, or a folder, is prepared: in the same folder, hidden, and nobody else's. */
export const temporaryName = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);

/**
 * Puts a file into the place of `path`, where one may lie already.
 * @param produce calls the function it is given with the file's bytes
 * @throws the file system's errors, through `attempt`; what `produce` throws, as it is
 */
export function replaceFile(
  path: string,
  produce: (write: Write) => void,
  { durable = true, attempt = (call) => call() }: ReplaceOptions = {},
): void {
  const temporary = temporaryName(path);
  const descriptor = attempt(() => openSync(temporary, "wx"));
  try {
    try {
      produce((bytes) => attempt(() => writeAll(descriptor, bytes)));
      if (durable) attempt(() => fsyncSync(descriptor));
    } finally {
      attempt(() => closeSync(descriptor));
    }
    attempt(() => renameSync(temporary, path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (durable) flushFolder(dirname(path));
}

/**
 * The same for tensor files.
 * @throws TensorFileError if the file system refuses; what `produce` throws, as it is.
 */
export const writeAtomically = (path: string, produce: (write: Write) => void): void =>
  replaceFile(path, produce, { attempt: (call) => guard(path, "writing", call) });

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, Math.min(bytes.length - done, LARGEST_WRITE));
  }
}

/** Makes names in a folder durable, where the system lets a folder be flushed (Windows does not). */
export function flushFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The files in it are complete either way.
  }
}
