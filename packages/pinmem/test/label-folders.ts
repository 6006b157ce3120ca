// Folders of images and labels that a test makes up: small, of one color each, with labels as it wants them.

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { temporaryFolder } from "./data-fixtures.js";

/** A gray PNG label of rows that all hold these values. */
export async function writeLabel(file: string, row: readonly number[], height = 8): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const values = Uint8Array.from({ length: row.length * height }, (_, at) => row[at % row.length] as number);
  await sharp(values, { raw: { width: row.length, height, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toFile(file);
}

export async function writeImage(file: string, width: number, height = 8, gray = 128): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const background = { r: gray, g: gray, b: gray };
  await sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toFile(file);
}

/** A data set "folder" with an image and a label for each row of values, named 0, 1, 2, … */
export async function folderOfLabels(rows: readonly (readonly number[])[], height = 8): Promise<string> {
  const root = temporaryFolder();
  for (const [at, row] of rows.entries()) {
    await writeImage(join(root, `images/${at}.png`), row.length, height, 40 + 10 * at);
    await writeLabel(join(root, `labels/${at}.png`), row, height);
  }
  return root;
}
