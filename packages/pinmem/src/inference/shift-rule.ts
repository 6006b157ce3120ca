// Which weight a picture's own statistics get. It follows what the network shows: a picture whose predictions are about as sure and
// tell about as much as those of its sources keeps the trained statistics, exactly; another one is looked at a second time, with
// its own statistics, and gets them where it departs from the sources in more than what there is to see.
//
// The first look costs nothing, since it is the pass that predicts. Of its predictions p two figures ask for a second one:
//
//   entropy      h = mean over pixels of H(p)           high where the network is unsure
//   information  i = H(mean over pixels of p) - h       low where it says the same of every pixel, however sure it is
//
// The second is what pixel and class tell of each other; fog makes a young network call everything road, and sure of that. But a
// picture of little but road has little information too, and its own statistics are those of road: they harm. So the second look
// tells a change of light and air from one of content:
//
//   distance     mean over channels of |log(own / trained variance)|, in the first quarter of the batch norms, which know colors
//                and contrasts and no things yet
//   divergence   KL(p, q), mean over pixels, of the predictions q with own statistics
//   departure    distance x cube root of divergence
//
// Neither the distance of means nor the entropy alone tell near from far, nor does the entropy tell which weight is best. So
// thresholds and weight are fitted on what is known of the sources (adaptation/fit-shift-rule.ts). docs/results says what was tried.
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
  /** Entropy up to which a picture is looked at once. */
  readonly threshold: number;
  /** Information down to which it is. Without it, as in calibrations of earlier versions, the entropy decides. */
  readonly information?: number | undefined;
  /** Departure up to which the trained statistics stay after a second look. Without it, likewise, there is no second look. */
  readonly departure?: number | undefined;
  /** Of own statistics beyond, above 0 and at most 1. */
  readonly weight: number;
}

/**
 * Whether a picture may need own statistics.
 * @param signs of its predictions with the trained statistics; NaN stays with what was trained
 */
export const asksForOwn = (
  { threshold, information = 0 }: Pick<ShiftRule, "threshold" | "information">,
  signs: PredictionSigns,
): boolean => signs.entropy > threshold || signs.information < information;

/** Whether a picture that may need them does; NaN stays with what was trained. */
export const departs = ({ departure: most }: Pick<ShiftRule, "departure">, departure: number): boolean =>
  most === undefined || departure > most;

/** Rows and columns between two pixels that are looked at: neighbors say the same. */
const STRIDE = 4;
/** A class that no pixel is of adds nothing: 0 log 0 is 0. */
const SMALLEST = 1e-30;

/** Of logits (B, K, H, W): over all pixels of all pictures together. */
export const predictionSigns = (logits_BKHW: Tensor): PredictionSigns =>
  scope(() => {
    const { logarithm, probability } = predictionsIn(logits_BKHW);
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

/** KL divergence, mean over pixels, in nats: how much `other` says another thing than `logits` (B, K, H, W). */
export const divergence = (logits_BKHW: Tensor, other_BKHW: Tensor): number =>
  scope(() => {
    const { logarithm, probability } = predictionsIn(logits_BKHW);
    const after = predictionsIn(other_BKHW).logarithm;
    return Math.max(0, probability.mul(logarithm.sub(after)).sum(1).mean().toNumber());
  });

/** How far a picture is from the sources: its statistics, and what they change. */
export const departureOf = (distance: number, diverging: number): number => distance * Math.cbrt(diverging);

function predictionsIn(logits_BKHW: Tensor): { logarithm: Tensor; probability: Tensor } {
  const some = logits_BKHW.slice({ dim: 2, step: STRIDE }).slice({ dim: 3, step: STRIDE });
  const logarithm = some.logSoftmax(1);
  return { logarithm, probability: logarithm.exp() };
}
