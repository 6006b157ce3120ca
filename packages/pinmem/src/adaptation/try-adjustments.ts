// What a network answers to a labeled picture with several weights of the classes' frequencies taken out of its logits.

import { ConfusionMatrix } from "@pinmem/core";
import { type Device, noGrad, scope } from "@pinmem/torch";
import { pictureInput } from "../inference/picture-input.js";
import { winners } from "../inference/predictor.js";
import type { EvaluationImage } from "../loading/evaluation-loader.js";
import { logFrequencies } from "../models/adjust-logits.js";
import { predict } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import type { WeightTrial } from "./fit-weight.js";

/** @param network in evaluation mode, its logits not adjusted */
export function tryAdjustments(
  network: SegmentationNetwork,
  { width, height, image, label }: EvaluationImage,
  weights: readonly number[],
  { frequencies, device }: { readonly frequencies: readonly number[]; readonly device: Device },
): WeightTrial[] {
  return noGrad(() =>
    scope(() => {
      const logits_1KHW = predict(network, pictureInput([{ width, height, pixels: image }], device));
      const log_1K11 = logFrequencies(frequencies, device).view([1, -1, 1, 1]);
      return weights.map((weight) => {
        const matrix = new ConfusionMatrix(network.classes);
        matrix.add(
          scope(() => winners(logits_1KHW.sub(log_1K11, { alpha: weight }))),
          label,
        );
        return { weight, matrix };
      });
    }),
  );
}
