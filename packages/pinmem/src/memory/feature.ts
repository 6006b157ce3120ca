// What the memory asks of a feature map, and the precision it works in.

import { autocast, type DType, type Tensor, TorchError } from "@pinmem/torch";

/** Refuses what is not (B, width, h, w). */
export function checkFeature(feature_BChw: Tensor, width: number, operator: string): void {
  if (feature_BChw.dim === 4 && feature_BChw.size(1) === width) return;
  throw new TorchError(
    `argument 'feature' must be [B, ${width}, h, w] for a memory of width ${width}, got ${feature_BChw}`,
    { operator, argument: "feature" },
  );
}

/**
 * Refuses NaN and infinity, seen in a small result that every element of the feature went into. Which layer made them is
 * not known here: `checkFinite` runs the network again and names it.
 */
export function checkFiniteResult(result: Tensor, operator: string): void {
  using sum = result.detach().sum();
  if (Number.isFinite(sum.toNumber())) return;
  throw new TorchError(
    "argument 'feature' holds NaN or infinite values. checkFinite(model, () => …) names the layer that made them",
    { operator, argument: "feature" },
  );
}

const half: readonly DType[] = ["float16", "bfloat16"];

/** At least single precision. */
export const widen = (tensor: Tensor): Tensor =>
  half.includes(tensor.dtype) ? tensor.to("float32") : tensor;

/**
 * Runs `body` on the feature in at least single precision, also inside autocast: cosines and sums over thousands of
 * pixels lose too much in half precision.
 */
export function fullPrecision<T>(feature_BChw: Tensor, body: (feature_BChw: Tensor) => T): T {
  const device = feature_BChw.device === "cpu" ? "cpu" : "cuda";
  return autocast({ device, enabled: false }, () => body(widen(feature_BChw)));
}
