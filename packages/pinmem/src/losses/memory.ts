// The three losses of the class memory (Kim et al., CVPR 2022, section 3.2).
//
// Cohesion pulls every feature to the row of its class: cross entropy of the read's cosines against the labels.
// Divergence pushes the rows apart: their positive cosines. Classification asks that a linear classifier can tell them
// apart. Shapes: B batch, K classes, C width, h w feature resolution, H W label resolution.

import { IGNORE_INDEX } from "@pinmem/core";
import { arange, nn, scope, type Tensor, TorchError } from "@pinmem/torch";
import { refuseUnknown, requireOneOf } from "./known-options.js";
import { checkLabel, type LabelOptions } from "./labels.js";
import { meanOverLabeled } from "./segmentation.js";

export interface CohesionOptions extends LabelOptions {
  /** Divides the cosines; smaller is stricter. Default 1. */
  temperature?: number;
  /** What counts alike: labeled pixels, or the classes that occur in the batch, each by the mean over its pixels. Default "pixels". */
  balance?: Balance;
}

export const balances = ["pixels", "classes"] as const;
export type Balance = (typeof balances)[number];

const cohesionOptions: readonly (keyof CohesionOptions)[] = ["temperature", "balance", "ignoreIndex"];

/**
 * Cross entropy of the cosines between features and memory rows, brought up bilinearly (corners aligned) to the labels'
 * resolution, mean over labeled pixels or over classes.
 *
 * @param scores_BKhw what `ClassMemory.read` gives: without temperature, noise or mask
 */
export function cohesionLoss(scores_BKhw: Tensor, label_BHW: Tensor, options: CohesionOptions = {}): Tensor {
  refuseUnknown("cohesionLoss", options, cohesionOptions);
  const { temperature = 1, balance = "pixels", ignoreIndex = IGNORE_INDEX } = options;
  const [batch = 0, classes = 0] = scores_BKhw.shape;
  checkLabel(label_BHW, { operator: "cohesionLoss", batch, classes, ignoreIndex });
  checkTemperature(temperature);
  requireOneOf("cohesionLoss", "balance", balance, balances);
  const [, height = 0, width = 0] = label_BHW.shape;
  return scope(() => {
    const size = [height, width] as const;
    const sharpened = temperature === 1 ? scores_BKhw : scores_BKhw.div(temperature);
    const logits = nn.F.interpolate(sharpened, { size, mode: "bilinear", alignCorners: true });
    return balance === "classes"
      ? meanOverClasses(logits, label_BHW, ignoreIndex)
      : meanOverLabeled(logits, label_BHW, ignoreIndex);
  });
}

/** The sum over no class divided by one is the defined zero. */
function meanOverClasses(logits_BKHW: Tensor, label_BHW: Tensor, ignoreIndex: number): Tensor {
  const classes = logits_BKHW.size(1);
  const labeled = label_BHW.maskedSelect(label_BHW.ne(ignoreIndex));
  const pixels_K = labeled.bincount({ minlength: classes });
  const weight = pixels_K.clamp({ min: 1 }).to(logits_BKHW.dtype).reciprocal();
  const sum = nn.F.crossEntropy(logits_BKHW, label_BHW, { weight, ignoreIndex, reduction: "sum" });
  return sum.div(pixels_K.ne(0).sum().clamp({ min: 1 }));
}

/**
 * Mean positive cosine between rows of different classes (K R, C), class after class, which have unit length: 0 when all are
 * orthogonal or point apart, 1 when all are equal. Rows of one class may be alike.
 * @param rows of a class, R; default 1
 */
export function divergenceLoss(items_KC: Tensor, options: { rows?: number } = {}): Tensor {
  refuseUnknown("divergenceLoss", options, ["rows"]);
  const { rows = 1 } = options;
  const all = items_KC.size(0);
  return scope(() => {
    const cosines = items_KC.matmul(items_KC.t()).clamp({ min: 0 });
    const classes = all / rows;
    const cosines_KK = rows === 1 ? cosines : cosines.view([classes, rows, classes, rows]).sum([1, 3]);
    return cosines_KK
      .sum()
      .sub(cosines_KK.trace())
      .div(Math.max(1, all * (all - rows)));
  });
}

/**
 * Mean cross entropy of the row classifier's logits (K, K), `ClassMemory.classify`: row k must be told to be class k. With R rows a
 * class the logits are (K R, K), class after class.
 */
export function classificationLoss(logits_KK: Tensor): Tensor {
  const [rows = 0, classes = 0] = logits_KK.shape;
  if (logits_KK.dim !== 2 || rows % classes !== 0) {
    throw new TorchError(`argument 'logits' must be [K, K], got ${logits_KK}`, {
      operator: "classificationLoss",
      argument: "logits",
    });
  }
  return scope(() =>
    nn.F.crossEntropy(
      logits_KK,
      arange(classes, { dtype: "int64", device: logits_KK.device }).repeatInterleave(rows / classes),
    ),
  );
}

function checkTemperature(temperature: number): void {
  if (temperature > 0 && temperature < Number.POSITIVE_INFINITY) return;
  throw new TorchError(`argument 'temperature' must be a positive number, got ${temperature}`, {
    operator: "cohesionLoss",
    argument: "temperature",
  });
}
