// Memory shared with the addon, in which `native.describe` writes what a tensor is: dtype code, device type and index, flags,
// number of dimensions and of elements, then sizes and strides.

import { native } from "./native.js";

export const scratch = new Float64Array(native.scratch());

/** Where the numbers stand. */
export const FIELD = {
  dtype: 0,
  device: 1,
  deviceIndex: 2,
  flags: 3,
  dimensions: 4,
  elements: 5,
  sizes: 6,
} as const;
