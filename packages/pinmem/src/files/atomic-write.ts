// A file appears under its name only when it is whole.

import { rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "./output-folder.js";
import { asWriteError } from "./write-error.js";

/**
 * Writes under a temporary name in the same folder, then renames.
 * @throws WriteError where the system refuses
 */
export async function writeWhole(file: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(file));
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // The folder itself may be a file.
    throw asWriteError(file, error);
  }
}
