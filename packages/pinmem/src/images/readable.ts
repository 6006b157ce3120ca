// Which picture files can be decoded: found out before anything is computed from them, where one that is broken should cost itself
// alone.

import { DataError } from "../files/data-error.js";
import { decodeImage, openImage } from "./image.js";

/** A picture file that cannot be used, and why. */
export interface BrokenPicture {
  readonly file: string;
  readonly problem: string;
}

/** So many are decoded at once. */
const AT_ONCE = 4;

/** Those that cannot be decoded, in the order given. */
export async function brokenPictures(files: readonly string[]): Promise<BrokenPicture[]> {
  const broken = new Map<string, BrokenPicture>();
  const queue = files.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const file of queue) {
        const problem = await problemOf(file);
        if (problem !== null) broken.set(file, { file, problem });
      }
    }),
  );
  return files.flatMap((file) => broken.get(file) ?? []);
}

async function problemOf(file: string): Promise<string | null> {
  try {
    await decodeImage(await openImage(file));
    return null;
  } catch (error) {
    if (error instanceof DataError) return error.problem;
    throw error;
  }
}
