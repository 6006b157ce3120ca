// The precision of the network's passes: single, or convolutions and products in bfloat16 while weights, statistics,
// losses and the memory stay in single precision.

import { autocast, type Device, ones, scope, type Tensor } from "@pinmem/torch";

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

/**
 * Whether convolutions have second derivatives, which are made of transposed ones. On processors with instructions for bfloat16,
 * libtorch 1.13 computes those in bfloat16 as if they were not transposed, without saying so where the shapes allow it.
 */
export const hasSecondDerivatives = (precision: Precision, device: Device): boolean =>
  scope(() => {
    const square = ones([1, 1, 2, 2], { dtype: precision, device });
    return square.convTranspose2d(square).size(3) === 3;
  });
