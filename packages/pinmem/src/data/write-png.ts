// Writes PNG files: labels as 8-bit grey values, pictures as RGB. A file appears under its name only when it is whole.

import { rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import sharp from "sharp";
import type { LabelImage } from "./datasets/polygon.js";
import { makeFolder } from "./output-folder.js";
import type { RgbImage } from "./resize.js";
import { asWriteError } from "./write-error.js";

export async function writeLabelPng(file: string, { width, height, labels }: LabelImage): Promise<void> {
  const png = sharp(labels, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png({ compressionLevel: 6 });
  await writeWhole(file, await png.toBuffer());
}

export async function writeRgbPng(file: string, { width, height, pixels }: RgbImage): Promise<void> {
  await writeWhole(
    file,
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  );
}

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
