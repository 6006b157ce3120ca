// What the network is trained for: the right class at every labeled pixel. Three variants, of which the plain cross
// entropy is the method's; the others come from NVIDIA's semantic-segmentation code, which RobustNet took over.
//
// A batch without any labeled pixel gives the loss 0 with gradients 0 (PyTorch's mean would be NaN and poison the
// weights). Not here: how much each loss counts, which is the training method's business.
// Shapes: B batch, K classes, H W resolution of the images, h w of the auxiliary head.

import { IGNORE_INDEX } from "@pinmem/core";
import { nn, scope, type Tensor, TorchError } from "@pinmem/torch";
import { type BorderRelaxedOptions, borderRelaxedLoss } from "./border-relaxed.js";
import { type ImageWeightedOptions, imageWeightedLoss } from "./image-weighted.js";
import { checkLabel, checkLogits, type LabelOptions, nearestLabel } from "./labels.js";

export type SegmentationLossOptions =
  | ({ kind?: "cross-entropy" } & LabelOptions)
  | ({ kind: "image-weighted" } & ImageWeightedOptions)
  | ({ kind: "border-relaxed" } & BorderRelaxedOptions);

/**
 * Loss of logits (B, K, H, W) against labels (B, H, W), a scalar: the variant that `kind` names, by default the mean
 * cross entropy over all labeled pixels of the batch.
 *
 * @throws TorchError when shapes, label values or the kind do not fit
 */
export function segmentationLoss(
  logits_BKHW: Tensor,
  label_BHW: Tensor,
  options: SegmentationLossOptions = {},
): Tensor {
  const { kind = "cross-entropy" } = options;
  if (kind === "cross-entropy") return crossEntropyLoss(logits_BKHW, label_BHW, options);
  if (kind === "image-weighted") return imageWeightedLoss(logits_BKHW, label_BHW, options);
  if (kind === "border-relaxed") return borderRelaxedLoss(logits_BKHW, label_BHW, options);
  throw new TorchError(
    `argument 'kind' must be "cross-entropy", "image-weighted" or "border-relaxed", got "${kind}"`,
    { operator: "segmentationLoss", argument: "kind" },
  );
}

/** Mean cross entropy of logits (B, K, H, W) over the labeled pixels of the batch, a scalar. */
export function crossEntropyLoss(
  logits_BKHW: Tensor,
  label_BHW: Tensor,
  { ignoreIndex = IGNORE_INDEX }: LabelOptions = {},
): Tensor {
  checkLogits(logits_BKHW, label_BHW, { ignoreIndex, operator: "crossEntropyLoss" });
  return meanOverLabeled(logits_BKHW, label_BHW, ignoreIndex);
}

/**
 * Mean cross entropy of the auxiliary head's logits (B, K, h, w) against labels (B, H, W), of which it sees the pixel
 * at floor(i H/h), floor(j W/w). A scalar.
 */
export function auxiliaryLoss(
  logits_BKhw: Tensor,
  label_BHW: Tensor,
  { ignoreIndex = IGNORE_INDEX }: LabelOptions = {},
): Tensor {
  const [batch = 0, classes = 0, h = 0, w = 0] = logits_BKhw.shape;
  checkLabel(label_BHW, { operator: "auxiliaryLoss", batch, classes, ignoreIndex });
  return scope(() => meanOverLabeled(logits_BKhw, nearestLabel(label_BHW, [h, w]), ignoreIndex));
}

/** @internal Without checks; the sum over no pixel divided by one is the defined zero. */
export function meanOverLabeled(logits: Tensor, label: Tensor, ignoreIndex: number): Tensor {
  return scope(() => {
    const sum = nn.F.crossEntropy(logits, label, { ignoreIndex, reduction: "sum" });
    return sum.div(label.ne(ignoreIndex).sum().clamp({ min: 1 }));
  });
}
