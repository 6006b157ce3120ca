// The SHA-256 of a file, read in parts: in the background, or at once where nothing else can go on.

import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { pipeline } from "node:stream/promises";

/** 64 hexadecimal digits. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

const PART = 4 * 2 ** 20;

/** The same, at once. */
export function sha256OfSync(file: string): string {
  const [hash, part, opened] = [createHash("sha256"), Buffer.allocUnsafe(PART), openSync(file, "r")];
  try {
    for (let read = readSync(opened, part); read > 0; read = readSync(opened, part))
      hash.update(part.subarray(0, read));
  } finally {
    closeSync(opened);
  }
  return hash.digest("hex");
}

/** A few hexadecimal digits that tell values apart, by their JSON: for what people compare. */
export const digestOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
