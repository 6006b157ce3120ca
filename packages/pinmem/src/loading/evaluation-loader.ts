// Whole images with their labels, one after the other, for evaluation: in the order of their names, as they are or as a
// protocol wants them. The next ones are read while the caller works on one.

import { BicubicResizer, type RgbImage, type Size } from "@pinmem/core";
import type { Dataset } from "../datasets/dataset.js";
import { LabelDecoder } from "../datasets/label-decoding.js";
import { DataError } from "../files/data-error.js";
import type { ImageOptions } from "../images/image.js";
import { openSample, sampleName } from "./open-sample.js";
import { applyToImage, applyToLabel } from "./transforms/apply-plan.js";
import { type CropPlan, planWhole } from "./transforms/geometric.js";

export interface EvaluationImage extends Size {
  /** Within the data set. */
  readonly index: number;
  /** The image's file, or what a rendered scene is called. */
  readonly name: string;
  /** H x W x 3, red, green, blue. */
  readonly image: Uint8Array;
  /** H x W, train ids, 255 ignored. */
  readonly label: Uint8Array;
}

/** Its pixels, as those who predict take them. */
export const pictureOf = ({
  image: pixels,
  width,
  height,
}: Pick<EvaluationImage, "image" | "width" | "height">): RgbImage => ({
  width,
  height,
  pixels,
});

export interface EvaluationOptions {
  /** What to do with each image: `planCenterCrop` for Mapillary's protocol; whole and unchanged unless given. */
  readonly plan?: (source: Size) => CropPlan;
  /** Images read ahead. */
  readonly prefetch?: number;
  readonly image?: ImageOptions;
  /** First image. */
  readonly from?: number;
  /** Told of images that cannot be used, which are left out; without it, the first one ends everything. */
  readonly onProblem?: (problem: ImageProblem) => void;
}

export interface ImageProblem {
  /** Within the data set. */
  readonly index: number;
  readonly file: string;
  readonly problem: string;
}

/** @throws DataError naming the file that cannot be used */
export async function* evaluationImages(
  dataset: Dataset,
  { plan = planWhole, prefetch = 2, image: options = {}, from = 0, onProblem }: EvaluationOptions = {},
): AsyncGenerator<EvaluationImage, void, undefined> {
  const context = { decoder: new LabelDecoder(dataset.decoding), space: dataset.space, options };
  const resizer = new BicubicResizer();
  const ahead: { readonly index: number; readonly reading: Promise<EvaluationImage> }[] = [];

  const read = async (index: number): Promise<EvaluationImage> => {
    const sample = dataset.samples[index];
    if (!sample) throw new Error(`internal: evaluationImages: there is no sample ${index}`);
    const opened = await openSample(sample, context);
    const chosen = plan(opened);
    const { width, height } = chosen.size;
    const label = new Uint8Array(width * height);
    applyToLabel(chosen, opened.label(chosen), label);
    const { part, at } = await opened.image();
    const image = new Uint8Array(width * height * 3);
    applyToImage(chosen, opened, part, at, resizer, image);
    return { index, name: sampleName(sample), width, height, image, label };
  };

  for (let next = from; ahead.length > 0 || next < dataset.samples.length; ) {
    while (next < dataset.samples.length && ahead.length <= prefetch) {
      const index = next++;
      const reading = read(index);
      reading.catch(() => {}); // It is thrown where the image is awaited.
      ahead.push({ index, reading });
    }
    const first = ahead.shift();
    if (!first) return;
    let image: EvaluationImage;
    try {
      image = await first.reading;
    } catch (error) {
      if (!onProblem || !(error instanceof DataError)) throw error;
      onProblem({ index: first.index, file: error.file, problem: error.problem });
      continue;
    }
    yield image;
  }
}
