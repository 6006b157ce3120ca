// Output stride: stages that would shrink the feature further keep its resolution and dilate their kernels instead
// (à trous), so that ImageNet weights still fit.

import type { OutputStride } from "./backbone.js";

export interface StageStride {
  /** Of the stage's first block: 1 or 2. */
  readonly stride: 1 | 2;
  /** Of kernels that come after a resolution kept: 1, 2 or 4. */
  readonly dilation: number;
  /** The dilation of the stage before. */
  readonly dilationBefore: number;
  /** Ratio of the image's resolution to the stage's output. */
  readonly total: number;
}

/**
 * For stages with natural strides 1 or 2 that follow a feature at `start` times smaller than the image.
 * @returns a plan for each stage
 */
export function planStrides<const Natural extends readonly (1 | 2)[]>(
  start: number,
  natural: Natural,
  outputStride: OutputStride,
): { readonly [Stage in keyof Natural]: StageStride } {
  let [total, dilation] = [start, 1];
  const plans = natural.map((wanted): StageStride => {
    const dilationBefore = dilation;
    const keepsResolution = total * wanted > outputStride;
    if (keepsResolution) dilation *= wanted;
    else total *= wanted;
    return { stride: keepsResolution ? 1 : wanted, dilation, dilationBefore, total };
  });
  return plans as { readonly [Stage in keyof Natural]: StageStride };
}
