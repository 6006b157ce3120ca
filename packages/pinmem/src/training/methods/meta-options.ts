// What the meta-learning methods leave open.

import { refuseUnknown, requireOneOf } from "../../losses/known-options.js";
import { type GradientOrder, gradientOrders } from "./inner-step.js";
import { withNetworkStatistics, withOwnStatistics } from "./own-statistics.js";

export const writeFeatures = ["after", "before"] as const;
export const statisticsSources = ["meta-train", "both"] as const;

export interface MetaOptions {
  /**
   * Whether the outer gradient flows through the inner step: "second" as the paper writes, "first" as the published results
   * were made. Default "first".
   */
  order?: GradientOrder;
  /**
   * Whose images the running statistics of batch norm see: the meta-train ones only, as in the official code, or those of
   * the meta-test pass too. Default "meta-train".
   */
  statistics?: (typeof statisticsSources)[number];
  /**
   * With which parameters the feature is computed that the memory is written from before the meta-test pass: those "after" the inner
   * step, as in the official code, or those "before", whose feature is at hand: a pass of the encoder less. Default "after".
   */
  writeFeature?: (typeof writeFeatures)[number];
}

/** @throws TorchError naming an option that there is not, or a word that it may not be */
export function metaOptions(operator: string, options: MetaOptions) {
  refuseUnknown(operator, options, ["order", "statistics", "writeFeature"]);
  const { order = "first", statistics = "meta-train", writeFeature = "after" } = options;
  requireOneOf(operator, "order", order, gradientOrders);
  requireOneOf(operator, "statistics", statistics, statisticsSources);
  requireOneOf(operator, "writeFeature", writeFeature, writeFeatures);
  return {
    order,
    writeFeature,
    /** Runs the meta-test pass with the adapted parameters. */
    metaTestStatistics: statistics === "both" ? withNetworkStatistics : withOwnStatistics,
  };
}
