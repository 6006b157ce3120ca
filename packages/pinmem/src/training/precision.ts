// The precision of the network's passes: single, or convolutions and products in bfloat16 while weights, statistics,
// losses and the memory stay in single precision.

import { autocast, type Device, type Tensor } from "@pinmem/torch";

export const precisions = ["float32", "bfloat16"] as const;
export type Precision = (typeof precisions)[number];

/** Runs the network's part of a pass. */
export function inPrecision<T>(precision: Precision, device: Device, body: () => T): T {
  if (precision === "float32") return body();
  return autocast({ device: device === "cpu" ? "cpu" : "cuda", dtype: precision }, body);
}

/** For losses: sums over many pixels lose too much in half precision. */
export const widened = (tensor: Tensor): Tensor =>
  tensor.dtype === "bfloat16" || tensor.dtype === "float16" ? tensor.to("float32") : tensor;
