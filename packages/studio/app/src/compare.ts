// Two runs on the same pictures: where they disagree, and, where there are labels, which is right.

import { ConfusionMatrix, scoresOf } from "@pinmem/core";
import { signal } from "@preact/signals";
import { fetchBlob, modelOf, segment } from "./actions.js";
import * as state from "./state.js";

/** What is known of a picture. */
export interface Compared {
  readonly picture: state.Picture;
  /** Share of pixels on which the two differ; null without a second run. */
  readonly disagreement: number | null;
  /** Mean IoU of this picture alone, 0 to 1, of each; null where it is not labeled. */
  readonly scores: readonly (number | null)[];
  /** True by predicted class of the first run, row by row; null where it is not labeled. */
  readonly confusion: Float64Array | null;
}

/** Position of the run beside; null: none. */
export const otherAt = signal<number | null>(null);
export const compared = signal<readonly Compared[]>([]);
/** How many are done; null: none is at work. */
export const progress = signal<string | null>(null);
let isStopped = false;

/** Ends after the picture in progress. */
export function stopComparing(): void {
  isStopped = true;
}

/** Segments every picture with both. */
export async function compareAll(): Promise<void> {
  isStopped = false;
  compared.value = [];
  const { value: pictures } = state.pictures;
  const models = [await modelOf(state.runAt.value)];
  if (otherAt.value !== null) models.push(await modelOf(otherAt.value));
  const classes = models[0]?.classes.length ?? 0;
  try {
    for (const [at, picture] of pictures.entries()) {
      if (isStopped) break;
      progress.value = `${at} of ${pictures.length}`;
      const blob = await picture.blob();
      const truth = picture.label === null ? null : await labelPixels(picture.label);
      const results: Uint8Array[] = [];
      for (const model of models) results.push((await model.segment(blob)).labels);
      const [one, two] = results as [Uint8Array, Uint8Array | undefined];
      const matrices = truth && results.map((labels) => confusionOf(truth, labels, classes));
      compared.value = [
        ...compared.value,
        {
          picture,
          disagreement: two ? one.filter((label, pixel) => label !== two[pixel]).length / one.length : null,
          scores: results.map((_, model) => {
            const matrix = matrices?.[model];
            return matrix ? scoresOf(matrix).meanIoU : null;
          }),
          confusion: matrices?.[0] ? Float64Array.from(matrices[0].counts) : null,
        },
      ];
    }
  } finally {
    progress.value = null;
    await segment(); // The open picture is the model's last one again.
  }
}

function confusionOf(truth: Uint8Array, labels: Uint8Array, classes: number): ConfusionMatrix {
  const matrix = new ConfusionMatrix(classes);
  matrix.add(labels, truth);
  return matrix;
}

/** Train ids of a gray PNG. */
export async function labelPixels(address: string): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(await fetchBlob(address), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return Uint8Array.from({ length: width * height }, (_, at) => data[at * 4] as number);
}
