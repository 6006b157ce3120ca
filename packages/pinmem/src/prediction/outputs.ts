// What is written of a prediction: each kind of output in a folder of its own, under the name of its input.

import { join } from "node:path";
import type { LabelSpace, RgbImage, Size } from "@pinmem/core";
import { writeWhole } from "../files/atomic-write.js";
import { DataError } from "../files/data-error.js";
import { colorLabel } from "../images/color-label.js";
import { libvips } from "../images/libvips.js";
import { writeLabelPng, writeRgbPng } from "../images/write-png.js";
import { overlay } from "./overlay.js";
import type { Prediction } from "./predict-image.js";
import { withLegend } from "./with-legend.js";

/**
 * `train-ids`: PNG, a byte of gray each pixel, the position of its class. `label-ids`: the same with the ids of the data set's
 * own tools, for Cityscapes those that its server takes. `overlay`: JPEG, the photograph tinted by class. `color`: PNG, the
 * classes' colors. `confidence`: PNG, gray, 255 where the network is certain.
 */
export const outputKinds = ["train-ids", "label-ids", "overlay", "color", "confidence"] as const;
export type OutputKind = (typeof outputKinds)[number];

export interface OutputOptions {
  readonly space: LabelSpace;
  /** Share of the colors in overlays, 0 to 1. Default 0.5. */
  readonly opacity?: number;
  /** Names and colors of the classes in the image below its overlay. Default false. */
  readonly legend?: boolean;
}

const JPEG_QUALITY = 90;
/** The format holds no more. */
const LARGEST_JPEG = 65_500;

/** The file of an output below the folder for all outputs. */
export const outputFile = (folder: string, kind: OutputKind, name: string): string =>
  join(folder, kind, `${name}.${kind === "overlay" ? "jpg" : "png"}`);

/** @throws DataError where an image has a size that an output cannot have */
export function checkSize(file: string, { width, height }: Size, kinds: readonly OutputKind[]): void {
  if (!kinds.includes("overlay") || Math.max(width, height) <= LARGEST_JPEG) return;
  throw new DataError(
    file,
    `is ${width}x${height} pixels, and its overlay, a JPEG, can have ${LARGEST_JPEG} a side; leave overlay out of \`write\``,
  );
}

/** Writes one output, whole or not at all. */
export async function writeOutput(
  file: string,
  kind: OutputKind,
  image: RgbImage,
  prediction: Prediction,
  { space, opacity, legend }: OutputOptions,
): Promise<void> {
  const { width, height, trainIds, confidence } = prediction;
  switch (kind) {
    case "train-ids":
      return writeLabelPng(file, { width, height, labels: trainIds });
    case "label-ids":
      return writeLabelPng(file, { width, height, labels: labelIds(trainIds, space) });
    case "confidence":
      return writeLabelPng(file, { width, height, labels: inBytes(confidence) });
    case "color":
      return writeRgbPng(file, { width, height, pixels: colorLabel(space, trainIds) });
    case "overlay":
      return writeWhole(
        file,
        await encodeJpeg(
          await drawOverlay(image, trainIds, {
            space,
            ...(opacity !== undefined && { opacity }),
            ...(legend && { legend }),
          }),
        ),
      );
  }
}

/** The overlay as a picture, with its legend where one is wanted. */
export async function drawOverlay(
  image: RgbImage,
  trainIds: Uint8Array,
  { space, opacity, legend }: OutputOptions,
): Promise<RgbImage> {
  const picture = overlay(image, trainIds, space, opacity === undefined ? {} : { opacity });
  if (!legend) return picture;
  const pixels = countClasses(trainIds);
  return withLegend(
    picture,
    space.classes.filter((_, at) => (pixels[at] as number) > 0),
  );
}

async function encodeJpeg({ width, height, pixels }: RgbImage): Promise<Uint8Array> {
  const sharp = await libvips();
  return await sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
}

/** Pixels of each train id. */
export function countClasses(trainIds: Uint8Array): Float64Array {
  const counts = new Float64Array(256);
  for (const id of trainIds) counts[id] = (counts[id] as number) + 1;
  return counts;
}

function labelIds(trainIds: Uint8Array, { classes }: LabelSpace): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, id) => classes[id]?.id ?? 0);
  return trainIds.map((id) => table[id] as number);
}

/** 0 to 1 as 0 to 255. */
function inBytes(shares: Float32Array): Uint8Array {
  const bytes = new Uint8Array(shares.length);
  for (let at = 0; at < shares.length; at++) bytes[at] = Math.round((shares[at] as number) * 255);
  return bytes;
}
