// When own statistics help a network, fitted on what is known of its sources: pictures as they are, where the trained statistics
// should stay, and under simulated shifts, where others may be better.
//
// Two things are fitted. The threshold of the entropy: the lowest at which pictures as they are lose no more than `MOST_LOST` of
// mean IoU, but never below `LEAST_RATIO` times their mean entropy, since an unseen drive that is near to the sources is
// less sure than they are, and own statistics harm it. And the weight beyond it: the one that lifts the shifted pictures most.

import { ConfusionMatrix, meanIoU, meanOf } from "@pinmem/core";
import { chooseWeight, type ShiftRule } from "../inference/shift-rule.js";

/** What a network says about one picture with one weight of own statistics. */
export interface Trial {
  readonly weight: number;
  /** Mean entropy of the predictions, in nats. */
  readonly entropy: number;
  /** Label by prediction. */
  readonly matrix: ConfusionMatrix;
}

/** A picture under a shift; the first trial is that of weight 0. */
export interface TriedPicture {
  /** "none" for pictures as they are. */
  readonly kind: string;
  readonly trials: readonly Trial[];
}

/** Of the mean entropy of the sources' pictures: a drive near to them has about 1.4, one at dusk 2.2. */
export const LEAST_RATIO = 1.7;
/** Mean IoU that pictures as they are may lose to a rule. */
export const MOST_LOST = 0.003;
/** Of the mean entropy; beyond the last, no picture is helped. */
const RATIOS = [LEAST_RATIO, 2, 2.4, 3];

/** @throws RangeError where no picture is as it is */
export function fitShiftRule(pictures: readonly TriedPicture[], candidates: readonly number[]): ShiftRule {
  const plain = pictures.filter(({ kind }) => kind === "none");
  const shifted = pictures.filter(({ kind }) => kind !== "none");
  const entropy = meanOf(plain.map(({ trials }) => trials[0]?.entropy ?? null));
  if (entropy === null) throw new RangeError("fitShiftRule: there is no picture as it is");
  const weights = candidates.filter((weight) => weight > 0);
  const trained = scoreWith(plain, () => 0) ?? 0;
  let best: { rule: ShiftRule; score: number } | undefined;
  for (const ratio of RATIOS) {
    for (const weight of weights) {
      const rule = { threshold: ratio * entropy, weight };
      const choose = (picture: TriedPicture) => weightFor(rule, picture);
      if ((scoreWith(plain, choose) ?? 0) < trained - MOST_LOST) continue;
      const score = meanScore(shifted, choose) ?? 0;
      if (!best || score > best.score) best = { rule, score };
    }
  }
  // Where nothing can be chosen without loss: a threshold that no picture passes.
  return best?.rule ?? { threshold: Number.MAX_VALUE, weight: weights[0] ?? 1 };
}

/** The weight that a rule gives a picture that was tried. */
export const weightFor = (rule: ShiftRule, { trials }: TriedPicture): number =>
  chooseWeight(rule, trials[0]?.entropy ?? Number.NaN);

/** Mean IoU over pictures, each with its own weight; null where nothing is labeled. */
export function scoreWith(
  pictures: readonly TriedPicture[],
  choose: (picture: TriedPicture) => number,
): number | null {
  const [first] = pictures;
  if (!first) return null;
  const total = new ConfusionMatrix(first.trials[0]?.matrix.classes ?? 0);
  for (const picture of pictures) {
    const weight = choose(picture);
    const trial = picture.trials.find((one) => one.weight === weight);
    if (trial) total.merge(trial.matrix);
  }
  return meanIoU(total);
}

/** Mean over the kinds of shifts. */
function meanScore(
  pictures: readonly TriedPicture[],
  choose: (picture: TriedPicture) => number,
): number | null {
  const kinds = [...new Set(pictures.map(({ kind }) => kind))];
  return meanOf(
    kinds.map((kind) =>
      scoreWith(
        pictures.filter((picture) => picture.kind === kind),
        choose,
      ),
    ),
  );
}
