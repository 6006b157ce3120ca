// Cross entropy in which rare classes of an image count more: NVIDIA's image-based cross entropy. Within one image class
// k with share s_k of the labeled pixels has the weight 1 + u (1 - s_k), or 1 + u / s_k with inverse weighting, where u
// is the upper bound; the image's loss is the weighted mean over its labeled pixels.
//
// Ours is the mean over the images that have labels, so that it stands beside the plain cross entropy whatever the batch
// size; NVIDIA's sums the images, and is NaN for one without labels.
// Source: Zhu et al., CVPR 2019, code; RobustNet's ImageBasedCrossEntropyLoss2d.
// Shapes: B batch, K classes, H W resolution, N = H W.

import { IGNORE_INDEX } from "@pinmem/core";
import { scope, type Tensor, TorchError, zeros } from "@pinmem/torch";
import { checkLogits, type LabelOptions } from "./labels.js";

export interface ClassWeighting {
  /** How strongly rare classes are preferred: 0 is the plain cross entropy of each image. Default 1. */
  upperBound?: number;
  /** "complement": the weight falls with the class's share; "inverse": with its reciprocal. Default "complement". */
  weighting?: "complement" | "inverse";
}

export type ImageWeightedOptions = LabelOptions & ClassWeighting;

/** Loss of logits (B, K, H, W) against labels (B, H, W), a scalar; 0 for a batch without labeled pixels. */
export function imageWeightedLoss(
  logits_BKHW: Tensor,
  label_BHW: Tensor,
  { ignoreIndex = IGNORE_INDEX, ...weighting }: ImageWeightedOptions = {},
): Tensor {
  checkLogits(logits_BKHW, label_BHW, { operator: "imageWeightedLoss", ignoreIndex });
  return scope(() => {
    const logProbability_BKN = logits_BKHW.logSoftmax(1).flatten({ startDim: 2 });
    const { dtype, device } = logProbability_BKN;
    const ignored_BN = label_BHW.eq(ignoreIndex).flatten({ startDim: 1 });
    const label_BN = label_BHW.flatten({ startDim: 1 }).maskedFill(ignored_BN, 0);
    const labeled_BN = ignored_BN.logicalNot().to(dtype);
    const shape = logits_BKHW.shape.slice(0, 2);
    const count_BK = zeros(shape, { dtype, device }).scatterAdd(1, label_BN, labeled_BN);
    const weight_BK = classWeights(count_BK, count_BK.sum(1, { keepdim: true }), weighting);
    const weight_BN = weight_BK.gather(1, label_BN).mul(labeled_BN);
    const loss_BN = logProbability_BKN.gather(1, label_BN.unsqueeze(1)).squeeze(1).neg();
    const total_B = weight_BN.sum(1);
    const hasLabels_B = total_B.gt(0);
    const loss_B = loss_BN.mul(weight_BN).sum(1).div(total_B.maskedFill(hasLabels_B.logicalNot(), 1));
    return loss_B.sum().div(hasLabels_B.sum().clamp({ min: 1 }));
  });
}

/** @internal Weights (B, K) of classes that occur `count` (B, K) times among `total` (B, 1) in each image. */
export function classWeights(
  count_BK: Tensor,
  total_B1: Tensor,
  { upperBound = 1, weighting = "complement" }: ClassWeighting,
): Tensor {
  const refuse = (argument: string, message: string): never => {
    throw new TorchError(`argument '${argument}' ${message}`, { operator: "segmentationLoss", argument });
  };
  if (!(upperBound >= 0 && upperBound < Number.POSITIVE_INFINITY)) {
    refuse("upperBound", `must be a finite number of at least 0, got ${upperBound}`);
  }
  if (weighting !== "complement" && weighting !== "inverse") {
    refuse("weighting", `must be "complement" or "inverse", got "${weighting}"`);
  }
  return scope(() => {
    const share_BK = count_BK.div(total_B1.clamp({ min: 1 }));
    const preference_BK = weighting === "complement" ? share_BK.neg().add(1) : share_BK.reciprocal();
    return preference_BK.mul(upperBound).maskedFill(count_BK.eq(0), 0).add(1);
  });
}
