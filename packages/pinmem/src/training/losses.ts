// The terms of a training pass and how much each counts.
//
//   L = L_seg + 0.4 L_aux + w L_whitening + 0.02 L_coh + 0.4 L_div + 0.2 L_cls      (Kim et al., CVPR 2022, section 3.2)
//
// Divergence and classification concern the memory that a pass writes, so a pass that only reads has neither.

import { type TermName, termNames } from "@pinmem/core/formats";
import type { Tensor } from "@pinmem/torch";
import { z } from "zod";

/** The same as scalars on the device. */
export type LossTensors = { readonly total: Tensor } & Readonly<Partial<Record<TermName, Tensor>>>;

const weight = (official: number) => z.number().min(0).default(official);

/** Weights of the terms beside the segmentation loss; 0 leaves a term out. */
export const lossWeightsSchema = z.strictObject({
  auxiliary: weight(0.4),
  whitening: weight(0.6),
  cohesion: weight(0.02),
  divergence: weight(0.4),
  classification: weight(0.2),
});

export type LossWeights = z.output<typeof lossWeightsSchema>;

/** The weighted sum of the terms that are there; the segmentation loss counts once. */
export function weightedSum(
  terms: Readonly<Partial<Record<TermName, Tensor>>>,
  weights: LossWeights,
): LossTensors {
  const summands = termNames.flatMap((name) => {
    const term = terms[name];
    if (!term) return [];
    return [name === "segmentation" ? term : term.mul(weights[name])];
  });
  const [first, ...others] = summands;
  if (!first) throw new Error("internal: a training pass without loss terms");
  return { ...terms, total: others.reduce((sum, term) => sum.add(term), first) };
}
