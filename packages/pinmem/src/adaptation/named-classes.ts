// Whether labels speak for all of their pictures. A fit knows the classes that it was shown: where strokes name three and the pictures have
// ten, it would give the pixels of the others to these three.

import { IGNORE_INDEX } from "@pinmem/core";
import { type Device, noGrad, scope } from "@pinmem/torch";
import type { Dataset } from "../datasets/dataset.js";
import { pictureInput } from "../inference/picture-input.js";
import { winners } from "../inference/predictor.js";
import { evaluationImages, pictureOf } from "../loading/evaluation-loader.js";
import { predict } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";

/** Of the pixels. */
const MOST = 0.9;

/** What labels of some pictures name. */
export interface NamedClasses {
  /** Train ids. */
  readonly named: ReadonlySet<number>;
  /** Whether nearly all pixels are labeled, or else, by the network's own predictions, of classes that some label names. */
  readonly covers: boolean;
}

/** @throws DataError naming a picture or label that cannot be used */
export async function namedClasses(
  network: SegmentationNetwork,
  labeled: Dataset,
  device: Device = "cpu",
): Promise<NamedClasses> {
  const counts = new Float64Array(IGNORE_INDEX + 1);
  for await (const { label } of evaluationImages(labeled))
    for (const id of label) counts[id] = (counts[id] as number) + 1;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const most = (rest: number) => rest <= (1 - MOST) * total;
  const named = new Set([...counts.keys()].filter((id) => id !== IGNORE_INDEX && (counts[id] as number) > 0));
  if (most(counts[IGNORE_INDEX] as number)) return { named, covers: true };
  let others = 0;
  for await (const picture of evaluationImages(labeled)) {
    const found = scope(() =>
      noGrad(() => winners(predict(network, pictureInput([pictureOf(picture)], device)))),
    );
    for (const [at, id] of found.entries())
      if (picture.label[at] === IGNORE_INDEX && !named.has(id)) others++;
  }
  return { named, covers: most(others) };
}
