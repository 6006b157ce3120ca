// Which weight a picture's own statistics get. It follows what the network shows: a picture whose predictions are about as sure and
// tell about as much as those of its sources keeps the trained statistics, exactly; another one is looked at a second time, with
// its own statistics, and where it departs from the sources in more than what there is to see it is predicted with the looks in which
// the network sees most clearly (clearest-looks.ts).
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
//   clearing     (i / h) of q by (i / h) of p: how much more the network tells for what it is unsure of
//   departure    distance x cube root of divergence x clearing
//
// Own statistics that mend a change of light make clearer what the network sees; those of another content change as much and leave
// it as unclear, and so do those of pictures that the network knows in spite of the light. Neither the distance of means nor the entropy alone tell near from far, nor does the entropy tell which weight is best. So
// thresholds and weight are fitted on what is known of the sources (adaptation/fit-shift-rule.ts). docs/results says what was tried.
// Source: information as a sign of useful predictions, Bridle et al., "Unsupervised classifiers, mutual information and 'phantom
// targets'", NeurIPS 1991.

import { scope, type Tensor } from "@pinmem/torch";
import type { OwnWeight } from "./own-weight.js";

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
  /** Information down to which it is. */
  readonly information: number;
  /** Departure up to which the trained statistics stay after a second look. */
  readonly departure: number;
  /** Of own statistics beyond, above 0. */
  readonly weight: OwnWeight;
}

/**
 * Whether a picture may need own statistics.
 * @param signs of its predictions with the trained statistics; NaN stays with what was trained
 */
export const asksForOwn = (
  { threshold, information }: Pick<ShiftRule, "threshold" | "information">,
  signs: PredictionSigns,
): boolean => signs.entropy > threshold || signs.information < information;

/** Whether a picture that may need them does; NaN stays with what was trained. */
export const departs = ({ departure: most }: Pick<ShiftRule, "departure">, departure: number): boolean =>
  departure > most;

/** Rows and columns between two pixels that are looked at: neighbors say the same. */
const STRIDE = 4;
/** A class that no pixel is of adds nothing: 0 log 0 is 0. */
const SMALLEST = 1e-30;

/** Of logits (B, K, H, W): over all pixels of all pictures together. */
export const predictionSigns = (logits_BKHW: Tensor): PredictionSigns =>
  scope(() => signsOf(predictionsIn(logits_BKHW)));

/** What predictions tell for what they are unsure of, information by entropy; of logits (B, K, H, W). */
export const clarity = (logits_BKHW: Tensor): number => scope(() => clarityOf(predictionsIn(logits_BKHW)));

/** What own statistics make of predictions. */
export interface PredictionChange {
  /** KL divergence, mean over pixels, in nats: how much is said otherwise. */
  readonly divergence: number;
  /** Information by entropy, after by before: above 1 where the network tells more, or is surer of it. */
  readonly clearing: number;
}

/** From logits (B, K, H, W) to those with own statistics. */
export const predictionChange = (trained_BKHW: Tensor, own_BKHW: Tensor): PredictionChange =>
  scope(() => {
    const [before, after] = [predictionsIn(trained_BKHW), predictionsIn(own_BKHW)];
    const diverging = before.probability.mul(before.logarithm.sub(after.logarithm)).sum(1).mean();
    return {
      divergence: Math.max(0, diverging.toNumber()),
      clearing: clarityOf(after) / Math.max(clarityOf(before), SMALLEST),
    };
  });

/** How far a picture is from the sources: its statistics, what they change, and whether for the better. */
export const departureOf = (distance: number, { divergence, clearing }: PredictionChange): number =>
  distance * Math.cbrt(divergence) * clearing;

interface Predictions {
  readonly logarithm: Tensor;
  readonly probability: Tensor;
}

function signsOf({ logarithm, probability }: Predictions): PredictionSigns {
  const entropy = probability.mul(logarithm).sum(1).mean().neg().toNumber();
  const mean = probability.mean([0, 2, 3]);
  const ofMean = mean
    .mul(mean.clamp({ min: SMALLEST }).log())
    .sum()
    .neg()
    .toNumber();
  // Below 0 by rounding alone; NaN stays NaN.
  return { entropy, information: Math.max(0, ofMean - entropy) };
}

function clarityOf(predictions: Predictions): number {
  const { entropy, information } = signsOf(predictions);
  return information / Math.max(entropy, SMALLEST);
}

function predictionsIn(logits_BKHW: Tensor): Predictions {
  const some = logits_BKHW.slice({ dim: 2, step: STRIDE }).slice({ dim: 3, step: STRIDE });
  const logarithm = some.logSoftmax(1);
  return { logarithm, probability: logarithm.exp() };
}
