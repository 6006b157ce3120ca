// Writes the memory of a network at hand from labeled pictures: for a program that adapts as it goes, without a new run.

import { setImmediate } from "node:timers/promises";
import type { LabelSpace } from "@pinmem/core";
import { type Device, noGrad, scope } from "@pinmem/torch";
import { type Dataset, defineDataset } from "../datasets/dataset.js";
import type { FileSample } from "../datasets/definition.js";
import { ownDecoding } from "../datasets/label-decoding.js";
import { withOwnStatistics } from "../inference/own-look.js";
import type { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { type EvaluationImage, evaluationImages, pictureOf } from "../loading/evaluation-loader.js";
import { imageTensors } from "../loading/image-tensors.js";
import type { DecodedSample } from "../loading/open-sample.js";
import type { ClassMemory } from "../memory/class-memory.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { labelsOf, type PictureSums, rowsOf, sumPicture, writtenClasses } from "./class-rows.js";

export interface WriteMemoryOptions {
  /** How much of the rows before stays, in [0, 1). Default 0: nothing, where a class occurs. */
  readonly momentum?: number;
  /** Where the network is. Default "cpu". */
  readonly device?: Device;
}

/** What of a run is written: `openRun` gives it. */
export interface WritableRun {
  readonly network: SegmentationNetwork;
  readonly space: LabelSpace;
  /** Of the network, where it mixes each picture's own statistics in. */
  readonly normalization?: TestTimeNormalization | null;
}

/** Pictures with labels: a data set, or files (PNG labels), or pixels and one train id for each (255: not labeled). */
export type LabeledPictures = Dataset | readonly (FileSample | DecodedSample)[];

/**
 * Gives each class that occurs in labeled pictures the mean direction of its features as its row; the others keep theirs. It
 * changes the network of `run`, in either form, and nothing on the disk.
 *
 * @returns names of the classes that were written
 * @throws RangeError where the network has no memory or nothing is labeled; DataError naming a file that cannot be used
 */
export async function writeMemory(
  { network, space, normalization = null }: WritableRun,
  pictures: LabeledPictures,
  { momentum = 0, device = "cpu" }: WriteMemoryOptions = {},
): Promise<string[]> {
  const { memory } = network;
  if (!memory) {
    throw new RangeError(
      "writeMemory: the network has no memory (its method trains none); adaptToPlace makes a run with one",
    );
  }
  if (!(momentum >= 0 && momentum < 1))
    throw new RangeError(`writeMemory: momentum is ${momentum}, but must be at least 0 and below 1`);
  const sums: PictureSums[] = [];
  try {
    for await (const picture of labeledImages(pictures, space)) {
      const sum = () => {
        const { feature } = network.encode(imageTensors(picture, device).image);
        return sumPicture(feature, labelsOf(picture), network.classes);
      };
      const look = { device, normalization };
      sums.push(scope(() => noGrad(() => withOwnStatistics(network, pictureOf(picture), look, sum))));
      await setImmediate();
    }
    return writeSums({ memory, space }, sums, momentum);
  } finally {
    for (const one of sums) one[Symbol.dispose]();
  }
}

/** The same from what pictures have said already. */
export function writeSums(
  { memory, space }: { readonly memory: ClassMemory; readonly space: LabelSpace },
  sums: readonly PictureSums[],
  momentum: number,
): string[] {
  const written = writtenClasses(sums);
  if (written.length === 0)
    throw new RangeError(`writeMemory: nothing is labeled in ${sums.length} pictures`);
  scope(() => memory.store(rowsOf(sums, { before: memory.items, momentum })));
  return written.map((trainId) => space.classes[trainId]?.name ?? String(trainId));
}

type LabeledImage = Pick<EvaluationImage, "image" | "label" | "width" | "height">;

async function* labeledImages(pictures: LabeledPictures, space: LabelSpace): AsyncGenerator<LabeledImage> {
  if ("samples" in pictures) return yield* evaluationImages(pictures);
  for (const picture of pictures) {
    if ("trainIds" in picture) yield fromPixels(picture);
    else {
      const decoding = ownDecoding(space);
      yield* evaluationImages(defineDataset({ name: "pictures", samples: [picture], space, decoding }));
    }
  }
}

function fromPixels({ image: { width, height, pixels }, trainIds }: DecodedSample): LabeledImage {
  if (pixels.length === 3 * width * height && trainIds.length === width * height)
    return { image: pixels, label: trainIds, width, height };
  throw new RangeError(
    `writeMemory: a picture of ${width}x${height} has ${pixels.length} bytes and ${trainIds.length} train ids, but must have three and one for each pixel`,
  );
}
