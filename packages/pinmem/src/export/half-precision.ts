// Weights in half precision: the large ones, which make up nearly all of a file. The network gets the rounded values too, so that
// what is left to differ is how engines compute.
//
// Large ones alone, since scales, shifts and the thin first layers would cost more than they save.

import { noGrad, scope } from "@pinmem/torch";
import type { SegmentationNetwork } from "../models/segmentation-network.js";

/** Elements of a tensor from which on it is stored so. */
export const HALF_FROM = 50_000;

/** Rounds large weights of a network in place; the rows of its memory stay. */
export function roundLargeWeights(network: SegmentationNetwork): void {
  const rows = network.memory?.items;
  for (const tensor of network.stateDict().values()) {
    if (tensor.numel < HALF_FROM || tensor.dtype !== "float32" || tensor === rows) continue;
    noGrad(() => scope(() => void tensor.copy_(tensor.to("float16").to("float32"))));
  }
}
