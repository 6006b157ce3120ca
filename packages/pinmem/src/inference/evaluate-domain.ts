// Scores of a network on one domain by a protocol: every image predicted, every labeled pixel counted. Training looks at its
// domains with it, and so does the evaluation of finished runs (evaluate-run.ts).

import { type ConfusionMatrix, Tally } from "@pinmem/core";
import type { Dataset } from "../datasets/dataset.js";
import { colorLabel } from "../images/color-label.js";
import { type EvaluationImage, evaluationImages, pictureOf } from "../loading/evaluation-loader.js";
import type { ImagePredictor } from "./predictor.js";
import { largestImage, planOf } from "./views.js";

export interface DomainScore {
  readonly matrix: ConfusionMatrix;
  readonly images: number;
  /** The first image, its label and the prediction side by side. */
  readonly picture: Picture | null;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** height x width x 3, red, green, blue. */
  readonly pixels: Uint8Array;
}

export interface EvaluateOptions {
  readonly predictor: ImagePredictor;
  /** Where counts are added. Default: new ones. */
  readonly tally?: Tally;
  /** First image. */
  readonly from?: number;
  /** Leave out images that cannot be used and note them in the tally; otherwise the first of them ends everything. */
  readonly skip?: boolean;
  /** Larger images cannot be used. Default: what the protocol's largest view of it can be kept in memory for. */
  readonly maxPixels?: number;
  /** Beside the counts, from each image and its label; before `onImages`. */
  readonly measure?: (image: EvaluationImage) => void;
  /** After each batch, with the index of the next image. An error that it throws ends the evaluation. */
  readonly onImages?: (next: number) => void | Promise<void>;
}

/** @throws DataError naming the file that cannot be used */
export async function evaluateDomain(
  dataset: Dataset,
  {
    predictor,
    tally = new Tally({ classes: dataset.space.classes.length }),
    from = 0,
    skip = false,
    maxPixels = largestImage(predictor.protocol, dataset.space.classes.length),
    measure,
    onImages,
  }: EvaluateOptions,
): Promise<DomainScore> {
  let picture: Picture | null = null;
  const problems: { file: string; problem: string; index: number }[] = [];
  const images = evaluationImages(dataset, {
    plan: planOf(predictor.protocol),
    from,
    image: { maxPixels },
    ...(skip && { onProblem: (problem) => problems.push(problem) }),
  });
  /** Notes the problems with images before this one. */
  const note = (index: number) => {
    while (problems[0] && problems[0].index < index) {
      const { file, problem } = problems.shift() as (typeof problems)[number];
      tally.skip(file, problem);
    }
  };
  for await (const batch of inBatches(images, predictor.batch)) {
    const predictions = predictor.labels(batch.map(pictureOf));
    for (const [at, image] of batch.entries()) {
      const prediction = predictions[at] as Uint8Array;
      tally.add(prediction, image.label, image);
      measure?.(image);
      picture ??= beside(dataset, image, prediction);
    }
    const next = (batch.at(-1)?.index ?? 0) + 1;
    note(next);
    await onImages?.(next);
  }
  note(dataset.samples.length);
  return { matrix: tally.matrix, images: tally.images, picture };
}

/** Neighbors of one size, so many at most. */
async function* inBatches(
  images: AsyncIterable<EvaluationImage>,
  most: number,
): AsyncGenerator<EvaluationImage[], void, undefined> {
  let batch: EvaluationImage[] = [];
  for await (const image of images) {
    const [first] = batch;
    if (first && (first.width !== image.width || first.height !== image.height)) {
      yield batch;
      batch = [];
    }
    batch.push(image);
    if (batch.length === most) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function beside(
  { space }: Dataset,
  { width, height, image, label }: EvaluationImage,
  prediction: Uint8Array,
): Picture {
  const panels = [image, colorLabel(space, label), colorLabel(space, prediction)];
  const pixels = new Uint8Array(height * width * 3 * panels.length);
  for (let y = 0; y < height; y++) {
    panels.forEach((panel, at) => {
      const row = panel.subarray(y * width * 3, (y + 1) * width * 3);
      pixels.set(row, (y * panels.length + at) * width * 3);
    });
  }
  return { width: width * panels.length, height, pixels };
}
