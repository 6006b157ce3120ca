// CamVid by drive at half its size, for trainings that a CPU can repeat often enough: pictures reduced as in training, each label that
// of the pixel in the middle.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, parse } from "node:path";
import { BicubicResizer, nearestIndices, type RgbImage, type Size } from "@pinmem/core";
import { readImage, writeLabelPng, writeRgbPng } from "pinmem/data";

/**
 * Makes `to` from `from`, whole or not at all, unless it is there.
 * @param from folder with images/DRIVE and labels/DRIVE
 */
export async function halveCamvid(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  if (!existsSync(join(from, "images"))) {
    throw new Error(
      `${from} holds no folder "images": it must be CamVid by drive (images/DRIVE, labels/DRIVE)`,
    );
  }
  const partial = `${to}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const resizer = new BicubicResizer();
  for (const kind of ["images", "labels"] as const) {
    for (const drive of readdirSync(join(from, kind))) {
      mkdirSync(join(partial, kind, drive), { recursive: true });
      for (const file of readdirSync(join(from, kind, drive))) {
        const image = await readImage(join(from, kind, drive, file));
        const target = join(partial, kind, drive, `${parse(file).name}.png`);
        const size = { width: Math.floor(image.width / 2), height: Math.floor(image.height / 2) };
        if (kind === "images") {
          const request = { from: image, to: size, window: { left: 0, top: 0, ...size } };
          await writeRgbPng(target, { ...size, pixels: resizer.resize(image, { left: 0, top: 0 }, request) });
        } else {
          await writeLabelPng(target, { ...size, labels: nearest(image, size) });
        }
      }
    }
  }
  renameSync(partial, to);
}

/** Of a gray picture. */
function nearest({ width, height, pixels }: RgbImage, size: Size): Uint8Array {
  const columns = nearestIndices(width, size.width, 0, size.width);
  const rows = nearestIndices(height, size.height, 0, size.height);
  const labels = new Uint8Array(size.width * size.height);
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      labels[y * size.width + x] = pixels[3 * (row * width + column)] as number;
    });
  });
  return labels;
}
