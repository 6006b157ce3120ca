// Whether a few labels speak for all of a picture. A fit knows the classes that it was shown: where strokes name three and the picture has
// ten, it would give the pixels of the others to these three.

import { type Device, noGrad, scope } from "@pinmem/torch";
import type { Dataset } from "../datasets/dataset.js";
import { pictureInput } from "../inference/picture-input.js";
import { winners } from "../inference/predictor.js";
import { evaluationImages, pictureOf } from "../loading/evaluation-loader.js";
import { predict } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";

/** Of the pixels. */
const MOST = 0.9;

/**
 * Whether nearly all pixels of the labeled pictures are, by the network's own predictions, of classes that some label names.
 * @throws DataError naming a picture or label that cannot be used
 */
export async function labelsCover(
  network: SegmentationNetwork,
  labeled: Dataset,
  device: Device = "cpu",
): Promise<boolean> {
  const [named, predicted] = [counts(), counts()];
  for await (const picture of evaluationImages(labeled)) {
    for (const id of picture.label) named[id] = (named[id] as number) + 1;
    const found = scope(() =>
      noGrad(() => winners(predict(network, pictureInput([pictureOf(picture)], device)))),
    );
    for (const id of found) predicted[id] = (predicted[id] as number) + 1;
  }
  const sum = (those: readonly number[]) => those.reduce((total, count) => total + count, 0);
  return sum(predicted.filter((_, id) => (named[id] as number) > 0)) >= MOST * sum(predicted);
}

const counts = (): number[] => Array<number>(256).fill(0);
