// Labels as shares of classes at a feature's resolution: what a one-hot label becomes under bilinear interpolation with
// aligned corners, as the official code brings labels down before it writes.
//
// That interpolation reads four pixels for each output pixel and averages nothing else, so the one-hot label is never
// made: the four labels are looked up and their weights go to their classes. The result is the same to rounding.
// Shapes: B batch, K classes, H W label resolution, h w feature resolution.

import { IGNORE_INDEX } from "@pinmem/core";
import { arange, type Device, type DType, fromTypedArray, scope, type Tensor } from "@pinmem/torch";
import { checkLabel, type LabelOptions } from "../losses/labels.js";

export interface LabelWeightOptions extends LabelOptions {
  classes: number;
  /** Resolution of the feature. */
  size: readonly [h: number, w: number];
  /** Default float32. */
  dtype?: "float32" | "float64";
}

/**
 * Shares (B, K+1, h, w) of the classes at each pixel of the feature, of labels (B, H, W); the last is the share of ignored
 * pixels. They sum to one at every pixel.
 *
 * @throws TorchError when the label holds other values than classes and `ignoreIndex`
 */
export function labelWeights(
  label_BHW: Tensor,
  { classes, size: [h, w], dtype = "float32", ignoreIndex = IGNORE_INDEX }: LabelWeightOptions,
): Tensor {
  const [batch = 0, height = 0, width = 0] = label_BHW.shape;
  checkLabel(label_BHW, { operator: "labelWeights", batch, classes, ignoreIndex });
  const { device } = label_BHW;
  return scope(() => {
    const rows = samplePoints(height, h, { dtype, device });
    const columns = samplePoints(width, w, { dtype, device });
    // Rows come as (2 neighbors, h), columns as (2, w): together the four neighbors of each pixel.
    const neighbor = label_BHW.indexSelect(1, rows.index).indexSelect(2, columns.index);
    const label_B4hw = neighbor.view([batch, 2, h, 2, w]).transpose(2, 3).reshape([batch, 4, h, w]);
    const weight_4hw = rows.weight
      .view([2, 1, h, 1])
      .mul(columns.weight.view([1, 2, 1, w]))
      .view([4, 1, h, w]);

    const class_B4hw = label_B4hw.maskedFill(label_B4hw.eq(ignoreIndex), classes);
    const index = arange(classes + 1, { device }).view([1, 1, classes + 1, 1, 1]);
    return class_B4hw.unsqueeze(2).eq(index).mul(weight_4hw).sum(1);
  });
}

interface SamplePoints {
  /** (2n): the lower neighbors of the n points, then the upper ones. */
  index: Tensor;
  /** (2n): their weights. */
  weight: Tensor;
}

function samplePoints(
  from: number,
  to: number,
  { dtype, device }: { dtype: DType; device: Device },
): SamplePoints {
  const index = new BigInt64Array(2 * to);
  const weight = new Float64Array(2 * to);
  // Positions are i (from-1) / (to-1), split exactly: a rounded one could give a class that is not there a tiny share.
  const divisor = Math.max(1, to - 1);
  for (let i = 0; i < to; i++) {
    const numerator = to > 1 ? i * (from - 1) : 0;
    const lower = Math.floor(numerator / divisor);
    const fraction = (numerator % divisor) / divisor;
    index[i] = BigInt(lower);
    index[to + i] = BigInt(Math.min(lower + 1, from - 1));
    weight[i] = 1 - fraction;
    weight[to + i] = fraction;
  }
  return {
    index: fromTypedArray(index, [2 * to], { device }),
    weight: fromTypedArray(weight, [2 * to], { dtype, device }),
  };
}
