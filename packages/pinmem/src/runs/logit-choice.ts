// How much of the sources' class frequencies may be taken out of the logits of a network that is adapted: what was asked for, or nothing and
// what its calibration found best, between which labels of the place choose.

import type { LogitChoice } from "../adaptation/plan.js";
import { type CalibratedWeights, readLogitAdjustment } from "./calibration.js";
import { RunError } from "./run-error.js";

/** @throws RunError where a weight is asked for and the frequencies are not known */
export function logitChoice(weights: CalibratedWeights, asked: number | "auto"): LogitChoice {
  if (asked !== "auto") {
    const { frequencies = null, weight = 0 } = readLogitAdjustment(weights, asked) ?? {};
    return { frequencies, weights: [weight], note: null };
  }
  const nothing = { frequencies: null, weights: [0] } as const;
  // What was taken out before is in the last layer still.
  if (weights.adaptation) return { ...nothing, note: null };
  try {
    const { frequencies = null, weight = 0 } = readLogitAdjustment(weights, asked) ?? {};
    return { frequencies, weights: weight > 0 ? [0, weight] : [0], note: null };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const why = "the run is not calibrated, or was by an earlier version, or has no last layer that is known";
    return { ...nothing, note: `${why}, so that the sources' class frequencies stay in its logits` };
  }
}
