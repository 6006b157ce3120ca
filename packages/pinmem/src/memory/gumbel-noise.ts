// Gumbel noise: added to logits, it makes their softmax a soft sample of the categorical distribution (Jang et al.,
// ICLR 2017). The source can be replaced, so that a run with noise can be compared number by number.

import { scope, type Tensor } from "@pinmem/torch";

/** Noise in the shape, dtype and device of the logits (B, K, h, w). */
export type NoiseSource = (logits_BKhw: Tensor) => Tensor;

// Exponential variates come in steps of 2^-24 in single precision; a zero would become infinite noise.
const SMALLEST = 2 ** -25;

export const gumbelNoise: NoiseSource = (logits) =>
  scope(() =>
    logits
      .detach()
      .emptyLike({ memoryFormat: "contiguous" })
      .exponential_()
      .clamp_({ min: SMALLEST })
      .log()
      .neg(),
  );
