// Statistics of a place from files, or from scenes that are rendered: each picture sent through the network once.

import { setImmediate } from "node:timers/promises";
import { BicubicResizer, type RgbImage } from "@pinmem/core";
import { renderStreet } from "@pinmem/streets";
import type { Device } from "@pinmem/torch";
import type { SceneSample } from "../datasets/dataset.js";
import { readImage } from "../images/image.js";
import { pictureInput, statisticsView } from "../inference/picture-input.js";
import { PlaceStatistics } from "../inference/place-statistics.js";
import { predict } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";

/** A file of a picture, or a scene to render. */
export type PlacePicture = string | SceneSample;

export interface LookOptions {
  readonly device?: Device;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * What a network's batch norms find in pictures of a place.
 * @param network in its trained form and evaluation mode; it is the same afterwards
 * @throws DataError naming a picture that cannot be read; RangeError where the network has no batch norm or there is no
 *   picture; what `onProgress` throws
 */
export function lookAtPictures(
  network: SegmentationNetwork,
  pictures: readonly PlacePicture[],
  { device = "cpu", onProgress }: LookOptions = {},
): Promise<PlaceStatistics> {
  const resizer = new BicubicResizer();
  async function* looks() {
    for (const picture of pictures) {
      const image = statisticsView(await readPicture(picture), resizer);
      yield () => void predict(network, pictureInput([image], device));
      await setImmediate(); // Signals are heard in between.
    }
  }
  return PlaceStatistics.of(network, looks(), { onPicture: (done) => onProgress?.(done, pictures.length) });
}

async function readPicture(picture: PlacePicture): Promise<RgbImage> {
  if (typeof picture === "string") return readImage(picture);
  const { width, height, image } = renderStreet(picture.scene);
  return { width, height, pixels: image };
}
