// How much of the classes' frequencies is taken out of the logits, fitted on pictures of the sources. Unlike the votes of a memory this
// mends pictures as they are as well, which tell of rare classes what shifted ones hide: both count alike.

import { meanOf } from "@pinmem/core";
import { scoreOfWeight, type WeighedPicture } from "./fit-weight.js";

/**
 * The weight with the best mean IoU, half of it that of pictures as they are, half that under simulated shifts; of equals the smaller.
 * @param candidates in rising order
 */
export function fitAdjustment(pictures: readonly WeighedPicture[], candidates: readonly number[]): number {
  const kinds = [...new Set(pictures.map(({ kind }) => kind))];
  const score = (weight: number): number => {
    const scores = kinds.map((kind) => ({
      kind,
      score: scoreOfWeight(
        pictures.filter((picture) => picture.kind === kind),
        weight,
      ),
    }));
    const of = (isPlain: boolean) =>
      meanOf(scores.flatMap((one) => ((one.kind === "none") === isPlain ? [one.score] : [])));
    return meanOf([of(true), of(false)]) ?? 0;
  };
  const scored = candidates.map((weight) => ({ weight, score: score(weight) }));
  return scored.reduce((best, one) => (one.score > best.score ? one : best), { weight: 0, score: -1 }).weight;
}
