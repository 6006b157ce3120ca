// One sample, whatever it comes from: files whose pixels are still packed, a scene that is rendered, or pixels that were
// decoded before. Those who use it see sizes, parts of the image and train ids.

import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type LabelSpace,
  MOST_PIXELS,
  pickThrough,
  type RgbImage,
  type Size,
  type Window,
} from "@pinmem/core";
import type { Sample } from "../datasets/dataset.js";
import type { FileSample } from "../datasets/definition.js";
import type { LabelDecoder } from "../datasets/label-decoding.js";
import { DataError } from "../files/data-error.js";
import { decodeImage, type ImageOptions, openImage, readBytes } from "../images/image.js";
import { requirePixels } from "../images/pixel-limit.js";
import { type PngSamples, readPng } from "../images/png.js";
import { labelGrid } from "./transforms/apply-plan.js";
import type { CropPlan } from "./transforms/geometric.js";

export interface OpenSample extends Size {
  /** Part of the image that holds at least the window (all of it without one), and where the part begins. */
  image(window?: Window): Promise<ImagePart>;
  /**
   * Train ids of the pixels that a plan shows, mirrored where it says so: `plan.window` in size. They hold until the next
   * label is asked for, of whatever sample.
   */
  label(plan: CropPlan): Uint8Array;
}

export interface ImagePart {
  readonly part: RgbImage;
  readonly at: { readonly left: number; readonly top: number };
}

/** A whole image and its label, decoded. */
export interface DecodedSample {
  readonly image: RgbImage;
  /** One train id per pixel. */
  readonly trainIds: Uint8Array;
}

export interface SampleContext {
  readonly decoder: LabelDecoder;
  readonly space: LabelSpace;
  readonly options?: ImageOptions;
}

/** @throws DataError naming the file that cannot be used */
export async function openSample(
  sample: Sample,
  { decoder, space, options }: SampleContext,
): Promise<OpenSample> {
  await nextTurn(); // Files are read, and scenes rendered, without a pause in which signals could be heard.
  if (!("scene" in sample)) return openFiles(sample, decoder, options ?? {});
  const { renderStreet } = await import("@pinmem/streets"); // only here: most data are files
  const { width, height, image, label } = renderStreet(sample.scene);
  requirePixels(sampleName(sample), { width, height }, options?.maxPixels ?? MOST_PIXELS);
  const trainIds = label.map((trainId) => space.fromCityscapes[trainId] as number);
  return openDecoded({ image: { width, height, pixels: image }, trainIds });
}

const allBytes = Uint16Array.from({ length: 256 }, (_, byte) => byte);

/** Pixels that are there already. */
export function openDecoded({ image, trainIds }: DecodedSample): OpenSample {
  const { width, height } = image;
  return {
    width,
    height,
    image: async () => ({ part: image, at: { left: 0, top: 0 } }),
    label: (plan) => pickThrough(allBytes, trainIds, width, labelGrid(plan, image)).picked,
  };
}

/** What errors call a sample. */
export const sampleName = (sample: Sample): string =>
  "scene" in sample
    ? `streets ${sample.scene.domain}, seed ${sample.scene.seed}, scene ${sample.scene.index}`
    : sample.image;

async function openFiles(
  files: FileSample,
  decoder: LabelDecoder,
  options: ImageOptions,
): Promise<OpenSample> {
  const image = await openImage(files.image, options);
  const label = readLabel(files.label, options);
  const { width, height, orientation } = image;
  if (width !== label.width || height !== label.height) {
    const cure =
      orientation > 1 && width === label.height && height === label.width
        ? "; the image has an orientation tag, and is turned as viewers turn it: turn the label likewise, or take the tag out of the image (in a program of yours: orientation 'as-stored')"
        : "";
    throw new DataError(
      files.label,
      `is ${label.width}x${label.height} pixels, but its image ${files.image} is ${width}x${height}${cure}`,
    );
  }
  return {
    width,
    height,
    image: async (window) => ({ part: await decodeImage(image, window), at: window ?? { left: 0, top: 0 } }),
    label: (plan) => decoder.decodeGrid(label, labelGrid(plan, label), files.label),
  };
}

/** @throws DataError when the file is missing or no PNG that can be read */
export function readLabel(file: string, { maxPixels }: ImageOptions): PngSamples {
  return readPng(readBytes(file), file, maxPixels === undefined ? {} : { maxPixels });
}
