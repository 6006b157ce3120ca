// Cross entropy that does not care on which side of a class border a pixel lies: near a border the network has to give
// its probability to any of the classes that occur in the window around the pixel (label relaxation), and classes are
// weighted by their share in the image as in image-weighted.ts.
//
// With N_p the classes in the window around pixel p, an image's loss is
//   sum_p mean_{k in N_p} w_k * -log(sum_{k in N_p} P_p(k))  /  (1 + number of pixels with N_p not empty),
// the loss of a batch the mean over its images. So an ignored pixel beside a labeled one counts. Shares are of relaxed
// labels, where a pixel counts once for each class of its window and once more if an ignored pixel is in it.
//
// Source: Zhu et al., CVPR 2019 (equation 3) and code; RobustNet's ImgWtLossSoftNLL and RelaxedBoundaryLossToTensor.
// Not here: their schedule that narrows the window late in training.
// Shapes: B batch, K classes, H W resolution.

import { IGNORE_INDEX } from "@pinmem/core";
import { arange, callOperator, scope, type Tensor, TorchError, where, zeros } from "@pinmem/torch";
import { type ClassWeighting, classWeights } from "./image-weighted.js";
import { checkLogits, type LabelOptions } from "./labels.js";

export interface BorderRelaxedOptions extends LabelOptions, ClassWeighting {
  /** Pixels on each side of a pixel that belong to its window; 1 is a 3 x 3 window. Default 1. */
  window?: number;
  /** Classes whose own pixels are never relaxed, such as thin ones. Default none. */
  strictClasses?: readonly number[];
}

/** More is no border any more. */
export const LARGEST_WINDOW = 16;

/** Loss of logits (B, K, H, W) against labels (B, H, W), a scalar; 0 for a batch without labeled pixels. */
export function borderRelaxedLoss(
  logits_BKHW: Tensor,
  label_BHW: Tensor,
  { ignoreIndex = IGNORE_INDEX, window = 1, strictClasses = [], ...weighting }: BorderRelaxedOptions = {},
): Tensor {
  checkLogits(logits_BKHW, label_BHW, { operator: "borderRelaxedLoss", ignoreIndex });
  const classes = logits_BKHW.size(1);
  checkOptions(window, strictClasses, classes);
  return scope(() => {
    const plain_BHW = label_BHW.maskedFill(label_BHW.eq(ignoreIndex), classes);
    const relaxed_BLHW = relaxedLabels(plain_BHW, { classes, window, strictClasses });
    const near_BKHW = relaxed_BLHW.narrow(1, 0, classes);
    const { dtype } = logits_BKHW;

    const count_BL = relaxed_BLHW.sum([2, 3]).to(dtype === "float64" ? dtype : "float32");
    const count_BK = count_BL.narrow(1, 0, classes);
    const weight_BK = classWeights(count_BK, count_BL.sum(1, { keepdim: true }), weighting);

    const near_BKN = near_BKHW.flatten({ startDim: 2 }).to(weight_BK.dtype);
    const size_BN = near_BKN.sum(1);
    const weight_BN = weight_BK
      .unsqueeze(1)
      .bmm(near_BKN)
      .squeeze(1)
      .div(size_BN.clamp({ min: 1 }));

    // Where no class is near, all count as near: the two logarithms cancel, and so do their gradients.
    const far_BKHW = near_BKHW.logicalOr(near_BKHW.any(1, { keepdim: true }).logicalNot()).logicalNot();
    const all_BHW = logits_BKHW.logsumexp(1);
    const some_BHW = logits_BKHW.maskedFill(far_BKHW, Number.NEGATIVE_INFINITY).logsumexp(1);
    const loss_BN = all_BHW.sub(some_BHW).flatten({ startDim: 1 }).mul(weight_BN);
    return loss_BN.sum(1).div(size_BN.gt(0).sum(1).add(1)).mean();
  });
}

interface Relaxation {
  classes: number;
  window: number;
  strictClasses: readonly number[];
}

/** Which classes occur around each pixel: bool (B, K+1, H, W), the last for ignored pixels and beyond the image. */
function relaxedLabels(label_BHW: Tensor, { classes, window, strictClasses }: Relaxation): Tensor {
  return scope(() => {
    const [batch = 0, height = 0, width = 0] = label_BHW.shape;
    const padded = label_BHW.pad([window, window, window, window], { value: classes });
    const relaxed = zeros([batch, classes + 1, height, width], { dtype: "bool", device: label_BHW.device });
    const mark = (label: Tensor) =>
      callOperator("aten::scatter_.value", [relaxed, 1, label.unsqueeze(1), true]) as Tensor;
    for (let y = 0; y <= 2 * window; y++) {
      for (let x = 0; x <= 2 * window; x++) {
        scope(() => void mark(padded.narrow(1, y, height).narrow(2, x, width)));
      }
    }
    if (strictClasses.length === 0) return relaxed;
    const isStrict = strictClasses.map((k) => label_BHW.eq(k).unsqueeze(1)).reduce((a, b) => a.logicalOr(b));
    const index = arange(classes + 1, { device: label_BHW.device }).view([1, classes + 1, 1, 1]);
    return where(isStrict, label_BHW.unsqueeze(1).eq(index), relaxed);
  });
}

function checkOptions(window: number, strictClasses: readonly number[], classes: number): void {
  const fail = (argument: string, message: string) =>
    new TorchError(`argument '${argument}' ${message}`, { operator: "borderRelaxedLoss", argument });
  if (!Number.isInteger(window) || window < 0 || window > LARGEST_WINDOW) {
    throw fail("window", `must be an integer from 0 to ${LARGEST_WINDOW}, got ${window}`);
  }
  const stray = strictClasses.find((k) => !Number.isInteger(k) || k < 0 || k >= classes);
  if (stray !== undefined) throw fail("strictClasses", `must hold classes 0 to ${classes - 1}, got ${stray}`);
}
