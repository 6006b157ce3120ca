// Pictures under another exposure as a part of a network: what it is fed is brightened or darkened first, by the curve of
// @pinmem/core, raster/exposure.ts. So everything that a network is asked for sees the same.
// Shapes: B pictures, H W.

import type { Exposure } from "@pinmem/core";
import { scope, type Tensor } from "@pinmem/torch";
import { imageNetNormalization, normalize } from "../loading/batch-tensors.js";

const { mean, std } = imageNetNormalization;

/** Its inverse: values from 0 to 1 of normalized ones. */
const toValues = {
  mean: [-mean[0] / std[0], -mean[1] / std[1], -mean[2] / std[2]],
  std: [1 / std[0], 1 / std[1], 1 / std[2]],
} as const;

/** Normalized pictures (B, 3, H, W) under an exposure, normalized. */
export const underExposure = (image_B3HW: Tensor, exposure: Exposure): Tensor =>
  scope(() => normalize(normalize(image_B3HW, toValues).clamp({ min: 0, max: 1 }).pow(exposure)));
