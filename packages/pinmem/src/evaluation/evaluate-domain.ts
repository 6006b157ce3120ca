// Scores of a network on one domain: every image whole, as it is, one forward pass, no flips. What training looks at in
// between; the benchmark's protocols (sliding windows, scales, flips) belong to the evaluation of finished models.

import { type Device, fromTypedArray, noGrad, scope, type Tensor } from "@pinmem/torch";
import { colorLabel, type Dataset, type EvaluationImage, evaluationImages } from "../data/index.js";
import { ConfusionMatrix } from "./confusion-matrix.js";

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
  readonly device: Device;
  /** Logits (1, K, H, W) of an image (1, 3, H, W) with values from 0 to 1; runs without gradients, in a scope. */
  readonly logits: (image: Tensor) => Tensor;
}

/** @throws DataError naming the file that cannot be used */
export async function evaluateDomain(
  dataset: Dataset,
  { device, logits }: EvaluateOptions,
): Promise<DomainScore> {
  const matrix = new ConfusionMatrix(dataset.space.classes.length);
  let picture: Picture | null = null;
  let images = 0;
  for await (const sample of evaluationImages(dataset)) {
    const { width, height, image, label } = sample;
    scope(() =>
      noGrad(() => {
        const pixels = fromTypedArray(image, [1, height, width, 3], { device });
        const scores = logits(pixels.permute([0, 3, 1, 2]).to("float32").div(255));
        const prediction = scores.argmax({ dim: 1 });
        matrix.add(prediction, fromTypedArray(label, [1, height, width], { device }).to({ dtype: "int64" }));
        picture ??= beside(dataset, sample, prediction.to("uint8").toTypedArray() as Uint8Array);
      }),
    );
    images++;
  }
  return { matrix, images, picture };
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
