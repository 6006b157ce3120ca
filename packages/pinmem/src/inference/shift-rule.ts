// Which weight a picture's own statistics get. It follows what the network shows: where it is about as sure of the picture as of
// those of its sources, the trained statistics stay, exactly; where it is not, own statistics get one weight, which was fitted.
//
// What tells is the entropy of the predictions, not the distance between own and trained statistics: that one is the same near
// and far. Nor does the entropy tell which weight is best: on a drive at dusk it rose with a weight that lifted the score by 8
// points. So the weight is the one that mends simulated shifts of source validation pictures best (adaptation/fit-shift-rule.ts).

import { scope, type Tensor } from "@pinmem/torch";

export interface ShiftRule {
  /** Mean entropy of the predictions of a picture, in nats, up to which the trained statistics stay. */
  readonly threshold: number;
  /** Of own statistics beyond it, above 0 and at most 1. */
  readonly weight: number;
}

/**
 * The weight of own statistics for a picture.
 * @param entropy of its predictions with the trained statistics, in nats; NaN stays with what was trained
 */
export const chooseWeight = ({ threshold, weight }: ShiftRule, entropy: number): number =>
  entropy > threshold ? weight : 0;

/** Rows and columns between two pixels that are looked at: neighbors say the same. */
const STRIDE = 4;

/** Mean entropy of the classes of pixels, in nats, of logits (B, K, H, W). */
export const predictionEntropy = (logits_BKHW: Tensor): number =>
  scope(() => {
    const some = logits_BKHW.slice({ dim: 2, step: STRIDE }).slice({ dim: 3, step: STRIDE });
    const logarithm = some.logSoftmax(1);
    return logarithm.exp().mul(logarithm).sum(1).mean().neg().toNumber();
  });
