// Pictures of a place, from files or rendered, each sent through the network once: for what batch norm finds in them, or for what
// the network makes of them.

import { setImmediate } from "node:timers/promises";
import { BicubicResizer, meanOf, type RgbImage } from "@pinmem/core";
import { renderStreet } from "@pinmem/streets";
import { type Device, noGrad, scope } from "@pinmem/torch";
import type { SceneSample } from "../datasets/dataset.js";
import { readImage } from "../images/image.js";
import { pictureInput, statisticsView } from "../inference/picture-input.js";
import { PlaceStatistics } from "../inference/place-statistics.js";
import { type PredictionSigns, predictionSigns } from "../inference/shift-rule.js";
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
  async function* looks() {
    for await (const image of inputsOf(pictures))
      yield () => void predict(network, pictureInput([image], device));
  }
  return PlaceStatistics.of(network, looks(), { onPicture: (done) => onProgress?.(done, pictures.length) });
}

/**
 * What the network's predictions of pictures of a place show: the mean over the pictures.
 * @param network in evaluation mode, with the statistics that it was trained with
 * @throws DataError naming a picture that cannot be read; what `onProgress` throws
 */
export async function signsOfPictures(
  network: SegmentationNetwork,
  pictures: readonly PlacePicture[],
  { device = "cpu", onProgress }: LookOptions = {},
): Promise<PredictionSigns> {
  const each: PredictionSigns[] = [];
  for await (const image of inputsOf(pictures)) {
    const signs = noGrad(() => scope(() => predictionSigns(predict(network, pictureInput([image], device)))));
    each.push(signs);
    onProgress?.(each.length, pictures.length);
  }
  const mean = (of: (signs: PredictionSigns) => number) => meanOf(each.map(of)) ?? Number.NaN;
  return { entropy: mean(({ entropy }) => entropy), information: mean(({ information }) => information) };
}

/** Pictures in the size that statistics are taken in. */
async function* inputsOf(pictures: readonly PlacePicture[]): AsyncGenerator<RgbImage> {
  const resizer = new BicubicResizer();
  for (const picture of pictures) {
    yield statisticsView(await readPicture(picture), resizer);
    await setImmediate(); // Signals are heard in between.
  }
}

async function readPicture(picture: PlacePicture): Promise<RgbImage> {
  if (typeof picture === "string") return readImage(picture);
  const { width, height, image } = renderStreet(picture.scene);
  return { width, height, pixels: image };
}
