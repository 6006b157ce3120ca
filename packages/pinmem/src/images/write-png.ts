// Writes PNG files: labels as 8-bit gray values, pictures as RGB. A file appears under its name only when it is whole.

import type { LabelImage, RgbImage } from "@pinmem/core";
import { writeWhole } from "../files/atomic-write.js";
import { libvips } from "./libvips.js";

/**
 * Writes a label (height x width) as a PNG file of 8-bit gray values, whole or not at all.
 * @throws WriteError where it cannot be written
 */
export async function writeLabelPng(file: string, { width, height, labels }: LabelImage): Promise<void> {
  const sharp = await libvips();
  const png = sharp(labels, { raw: { width, height, channels: 1 }, limitInputPixels: false })
    .toColourspace("b-w")
    .png({ compressionLevel: 6 });
  await writeWhole(file, await png.toBuffer());
}

/**
 * Writes red, green and blue bytes, row by row, as a PNG file, whole or not at all.
 * @throws WriteError where it cannot be written
 */
export async function writeRgbPng(file: string, { width, height, pixels }: RgbImage): Promise<void> {
  const sharp = await libvips();
  await writeWhole(
    file,
    await sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
      .png()
      .toBuffer(),
  );
}
