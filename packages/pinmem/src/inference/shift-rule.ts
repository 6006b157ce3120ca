// Which weight a picture's own statistics get. It follows what the network shows: where its predictions of the picture are about
// as sure and tell about as much as those of its sources, the trained statistics stay, exactly; elsewhere own statistics get one
// weight, which was fitted.
//
// Two figures of the predictions p of a picture tell, both from the pass that predicts anyway:
//
//   entropy      h = mean over pixels of H(p)           high where the network is unsure
//   information  i = H(mean over pixels of p) - h       low where it says the same of every pixel, however sure it is
//
// The second is what pixels and classes tell of each other; fog makes a young network call everything road, and sure of that.
// Neither does the distance between own and trained means tell near from far, nor does the entropy tell which weight is best: on
// a drive at dusk it rose with a weight that lifted the score by 8 points. So the weight is the one that mends simulated shifts of
// source validation pictures best (adaptation/fit-shift-rule.ts). docs/results says what else was tried.
// Source: information as a sign of useful predictions, Bridle et al., "Unsupervised classifiers, mutual information and 'phantom
// targets'", NeurIPS 1991.

import { scope, type Tensor } from "@pinmem/torch";

/** What the predictions of a picture show, in nats. */
export interface PredictionSigns {
  /** Mean of the entropy of each pixel's classes. */
  readonly entropy: number;
  /** What the pixel tells about the class: entropy of the mean prediction less `entropy`; 0 where all pixels say the same. */
  readonly information: number;
}

export interface ShiftRule {
  /** Entropy up to which the trained statistics stay. */
  readonly threshold: number;
  /** Information down to which they stay. Without it, as in calibrations of earlier versions, the entropy decides alone. */
  readonly information?: number | undefined;
  /** Of own statistics beyond either, above 0 and at most 1. */
  readonly weight: number;
}

/**
 * The weight of own statistics for a picture.
 * @param signs of its predictions with the trained statistics; NaN stays with what was trained
 */
export const chooseWeight = (
  { threshold, information = 0, weight }: ShiftRule,
  signs: PredictionSigns,
): number => (signs.entropy > threshold || signs.information < information ? weight : 0);

/** Rows and columns between two pixels that are looked at: neighbors say the same. */
const STRIDE = 4;

/** Of logits (B, K, H, W): over all pixels of all pictures together. */
export const predictionSigns = (logits_BKHW: Tensor): PredictionSigns =>
  scope(() => {
    const some = logits_BKHW.slice({ dim: 2, step: STRIDE }).slice({ dim: 3, step: STRIDE });
    const logarithm = some.logSoftmax(1);
    const probability = logarithm.exp();
    const entropy = probability.mul(logarithm).sum(1).mean().neg().toNumber();
    const mean = probability.mean([0, 2, 3]);
    const ofMean = mean
      .mul(mean.clamp({ min: SMALLEST }).log())
      .sum()
      .neg()
      .toNumber();
    // Below 0 by rounding alone; NaN stays NaN.
    return { entropy, information: Math.max(0, ofMean - entropy) };
  });

/** A class that no pixel is of adds nothing: 0 log 0 is 0. */
const SMALLEST = 1e-30;
