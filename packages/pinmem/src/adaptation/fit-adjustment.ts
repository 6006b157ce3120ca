// How much of the classes' frequencies is taken out of the logits, fitted on pictures of the sources. Unlike the votes of a memory this
// mends pictures as they are as well, which tell of rare classes what shifted ones hide: both count alike.

import { meanOf } from "@pinmem/core";
import { scoreAsTheyAre, scoreUnderShifts, type WeighedPicture } from "./fit-weight.js";

/**
 * The weight with the best mean IoU, half of it that of pictures as they are, half that under simulated shifts; of equals the smaller.
 * @param candidates in rising order
 */
export function fitAdjustment(pictures: readonly WeighedPicture[], candidates: readonly number[]): number {
  const score = (weight: number): number =>
    meanOf([scoreAsTheyAre(pictures, weight), scoreUnderShifts(pictures, weight)]) ?? 0;
  const scored = candidates.map((weight) => ({ weight, score: score(weight) }));
  return scored.reduce((best, one) => (one.score > best.score ? one : best), { weight: 0, score: -1 }).weight;
}
