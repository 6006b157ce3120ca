// How a loss is made one number of many: names here, codes in ATen.

import { TorchError } from "../../errors.js";

/** What becomes of the losses of all elements: kept, averaged or added up. */
export type Reduction = "none" | "mean" | "sum";

export interface ReductionOptions {
  /** Default "mean". */
  reduction?: Reduction;
}

const reductionCode: Record<Reduction, number> = { none: 0, mean: 1, sum: 2 };

/** ATen's code of a reduction. */
export function codeOf(reduction: Reduction, operator: string): number {
  const code = Object.hasOwn(reductionCode, reduction) ? reductionCode[reduction] : undefined;
  if (code !== undefined) return code;
  throw new TorchError(`argument 'reduction' must be "none", "mean" or "sum", got "${reduction}"`, {
    operator,
    argument: "reduction",
  });
}
