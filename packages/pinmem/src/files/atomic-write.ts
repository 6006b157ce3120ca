// A file appears under its name only when it is whole; the folder that it goes into is made.

import { dirname } from "node:path";
import { replaceFile } from "@pinmem/torch/files";
import { makeFolder } from "./output-folder.js";
import { asWriteError } from "./write-error.js";

/**
 * Writes under a temporary name in the same folder, then renames.
 * @throws WriteError where the system refuses
 */
export async function writeWhole(file: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  try {
    makeFolder(dirname(file));
    replaceFile(file, (write) => write(bytes), { durable: false });
  } catch (error) {
    throw asWriteError(file, error);
  }
}
