// Votes of a memory: the cosines of a feature and its rows, times a weight, as a part of the logits. A class is likelier where
// the feature points where its row does; so rows written from a few pictures of a place count without training.
//
// A class whose row was never written has no opinion: it takes the mean of the present rows' cosines at that pixel, so that it
// neither gains nor loses against them together.
// Shapes: B batch, K classes, h w feature resolution.

import { type Tensor, where } from "@pinmem/torch";

export interface VoteSettings {
  /** What the cosines are multiplied by: a number, or a tensor [] that is learned. */
  readonly weight: number | Tensor;
  /** Which rows were written, bool. */
  readonly present_K: Tensor;
}

/** Votes (B, K, h, w) from the cosines (B, K, h, w) of feature and rows, which are zero for rows that were never written. */
export function votesOf(cosines_BKhw: Tensor, { weight, present_K }: VoteSettings): Tensor {
  const mean_B1hw = cosines_BKhw.sum(1, { keepdim: true }).div(present_K.sum().clamp({ min: 1 }));
  const votes_BKhw = where(present_K.view([1, -1, 1, 1]), cosines_BKhw, mean_B1hw);
  // Two overloads of `mul`.
  return typeof weight === "number" ? votes_BKhw.mul(weight) : votes_BKhw.mul(weight);
}
