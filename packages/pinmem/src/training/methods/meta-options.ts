// What the meta-learning methods leave open.

import type { GradientOrder } from "./inner-step.js";
import { withNetworkStatistics, withOwnStatistics } from "./own-statistics.js";

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
}

export const metaOptions = ({ order = "first", statistics = "meta-train" }: MetaOptions) => ({
  order,
  /** Runs the meta-test pass with the adapted parameters. */
  metaTestStatistics: statistics === "both" ? withNetworkStatistics : withOwnStatistics,
});
