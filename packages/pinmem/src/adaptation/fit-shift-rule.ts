// When own statistics help a network, fitted on what is known of its sources: pictures as they are, where the trained statistics
// should stay, and under simulated shifts, where others may be better.
//
// Two things are fitted. How much less sure or telling than those of pictures as they are predictions must be: the least at which
// these lose no more than `MOST_LOST` of mean IoU, but never less than `SEVERITIES[0]`, since an unseen drive that is near to the
// sources is less sure than they are, and own statistics harm it. And the weight beyond it: the one that lifts the shifted
// pictures most.

import { ConfusionMatrix, meanIoU, meanOf } from "@pinmem/core";
import { chooseWeight, type PredictionSigns, type ShiftRule } from "../inference/shift-rule.js";

/** What a network says about one picture with one weight of own statistics. */
export interface Trial extends PredictionSigns {
  readonly weight: number;
  /** Label by prediction. */
  readonly matrix: ConfusionMatrix;
}

/** A picture under a shift; the first trial is that of weight 0. */
export interface TriedPicture {
  /** "none" for pictures as they are. */
  readonly kind: string;
  readonly trials: readonly Trial[];
}

/** Of 1: `ENTROPY_TIMES` the mean entropy of the sources' pictures, or `INFORMATION_LOST` less than their mean information. */
const SEVERITIES = [1, 1.25, 1.5, 2, 2.5, 3, 4];
/** A drive near to the sources has about 1.1 to 1.4 times their entropy, one at dusk 2.2. */
export const ENTROPY_TIMES = 1.7;
/** A near drive loses 0 to 0.1 of the information, looks that a young network never saw 0.15 to 0.9. */
export const INFORMATION_LOST = 0.2;
/** Mean IoU that pictures as they are may lose to a rule. */
export const MOST_LOST = 0.003;

/** @throws RangeError where no picture is as it is */
export function fitShiftRule(pictures: readonly TriedPicture[], candidates: readonly number[]): ShiftRule {
  const plain = pictures.filter(({ kind }) => kind === "none");
  const shifted = pictures.filter(({ kind }) => kind !== "none");
  const usual = meanSigns(plain);
  if (!usual) throw new RangeError("fitShiftRule: there is no picture as it is");
  const weights = candidates.filter((weight) => weight > 0);
  const trained = scoreWith(plain, () => 0) ?? 0;
  let best: { rule: ShiftRule; score: number } | undefined;
  for (const severity of SEVERITIES) {
    for (const weight of weights) {
      const rule = ruleOf(usual, severity, weight);
      const choose = (picture: TriedPicture) => weightFor(rule, picture);
      if ((scoreWith(plain, choose) ?? 0) < trained - MOST_LOST) continue;
      const score = meanScore(shifted, choose) ?? 0;
      if (!best || score > best.score) best = { rule, score };
    }
  }
  // Where nothing can be chosen without loss: thresholds that no picture passes.
  return best?.rule ?? { threshold: Number.MAX_VALUE, information: 0, weight: weights[0] ?? 1 };
}

const ruleOf = ({ entropy, information }: PredictionSigns, severity: number, weight: number): ShiftRule => ({
  threshold: entropy * ENTROPY_TIMES ** severity,
  information: information * (1 - INFORMATION_LOST * severity),
  weight,
});

/** Mean of what predictions with the trained statistics show; null where there are no pictures. */
export function meanSigns(pictures: readonly TriedPicture[]): PredictionSigns | null {
  const first = pictures.flatMap(({ trials: [trial] }) => (trial ? [trial] : []));
  const entropy = meanOf(first.map((trial) => trial.entropy));
  const information = meanOf(first.map((trial) => trial.information));
  return entropy === null || information === null ? null : { entropy, information };
}

/** The weight that a rule gives a picture that was tried. */
export const weightFor = (rule: ShiftRule, { trials: [trained] }: TriedPicture): number =>
  trained ? chooseWeight(rule, trained) : 0;

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
