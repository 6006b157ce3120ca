// Statistics of a place from files or scenes of it: each picture read and sent through the network once.

import { setImmediate } from "node:timers/promises";
import type { RgbImage } from "@pinmem/core";
import { renderStreet } from "@pinmem/streets";
import type { Device } from "@pinmem/torch";
import type { SceneSample } from "../datasets/dataset.js";
import { readImage } from "../images/image.js";
import { PlaceStatistics } from "../inference/place-statistics.js";
import { imageTensor, normalize } from "../loading/batch-tensors.js";
import { predict } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";

/** A file of a picture, or a scene to render. */
export type PlacePicture = string | SceneSample;

export interface LookOptions {
  readonly device?: Device;
  readonly maxPixels?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * @param network in its trained form and evaluation mode; it is the same afterwards
 * @throws DataError naming a picture that cannot be read; RangeError where the network has no batch norm; what `onProgress` throws
 */
export function lookAtPlace(
  network: SegmentationNetwork,
  pictures: readonly PlacePicture[],
  { device = "cpu", maxPixels, onProgress }: LookOptions = {},
): Promise<PlaceStatistics> {
  async function* looks() {
    for (const picture of pictures) {
      const { width, height, pixels } = await readPicture(picture, maxPixels);
      yield () => {
        predict(network, normalize(imageTensor(pixels, [1, height, width], { device })));
      };
      await setImmediate(); // Signals are heard in between.
    }
  }
  return PlaceStatistics.of(network, looks(), { onPicture: (done) => onProgress?.(done, pictures.length) });
}

async function readPicture(picture: PlacePicture, maxPixels: number | undefined): Promise<RgbImage> {
  if (typeof picture === "string") return readImage(picture, maxPixels === undefined ? {} : { maxPixels });
  const { width, height, image } = renderStreet(picture.scene);
  return { width, height, pixels: image };
}
