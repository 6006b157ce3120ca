// What a network answers to a labeled picture with several weights of the classes' frequencies taken out of its logits.

import { ConfusionMatrix } from "@pinmem/core";
import { noGrad, scope, type Tensor } from "@pinmem/torch";
import { winners } from "../inference/predictor.js";
import { logFrequencies } from "../models/adjust-logits.js";
import type { WeightTrial } from "./fit-weight.js";

/**
 * @param logits_1KHW as they are
 * @param label H x W, train ids, 255 ignored
 * @param frequencies of the K classes
 */
export function tryAdjustments(
  logits_1KHW: Tensor,
  label: Uint8Array,
  weights: readonly number[],
  frequencies: readonly number[],
): WeightTrial[] {
  return noGrad(() =>
    scope(() => {
      const log_1K11 = logFrequencies(frequencies, logits_1KHW.device).view([1, -1, 1, 1]);
      return weights.map((weight) => {
        const matrix = new ConfusionMatrix(frequencies.length);
        matrix.add(
          scope(() => winners(logits_1KHW.sub(log_1K11, { alpha: weight }))),
          label,
        );
        return { weight, matrix };
      });
    }),
  );
}
