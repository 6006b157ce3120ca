// When own statistics help a network, fitted on what is known of its sources: pictures as they are and in other frames, where the
// trained statistics should stay, and under simulated shifts, where others may be better.
//
// What asks for a second look has fixed multiples of what pictures as they are show, since an unseen drive that is near to the
// sources is less sure than they are. Two things are fitted: the departure beyond which own statistics are taken, and their
// weight: those that lift the shifted pictures most, of those with which pictures as they are lose no more than `MOST_LOST` of mean
// IoU, in other frames no more than `MOST_LOST_FRAMED`, and under shifts nothing. Simulated shifts are stronger than most of real
// places, so of weights that lift them by `ENOUGH` of what the best does the one that takes least of own statistics is taken: it needs
// less of a departure to do no harm elsewhere, and so mends what departs less.

import { ConfusionMatrix, meanIoU, meanOf } from "@pinmem/core";
import type { OwnWeight } from "../inference/own-weight.js";
import { asksForOwn, departs, type PredictionSigns, type ShiftRule } from "../inference/shift-rule.js";

/** What a network says about one picture with one weight of own statistics. */
export interface Trial extends PredictionSigns {
  readonly weight: OwnWeight;
  /** Of the picture from the sources, as the look with this weight tells; 0 with weight 0. */
  readonly departure: number;
  /** Label by prediction. */
  readonly matrix: ConfusionMatrix;
}

/** A picture that was tried; the first trial is that of weight 0. */
export interface TriedPicture {
  /** Nothing, another frame, or a simulated shift. */
  readonly change: "none" | "framing" | "shift";
  /** Which: "none", "middle", "fog". */
  readonly kind: string;
  readonly trials: readonly Trial[];
}

/** Times the mean entropy of the sources' pictures: a drive near to them has 1.1 to 1.4 times as much, one at dusk 2.2. */
export const ENTROPY_TIMES = 1.7;
/** Of their mean information: a near drive loses 0 to 0.1, looks that a young network never saw 0.15 to 0.9. */
export const INFORMATION_LOST = 0.15;
/** Mean IoU that pictures as they are may lose to a rule. */
export const MOST_LOST = 0.003;
/** Mean IoU that they may lose in other frames, on average over these, which cut away more than another camera would. */
const MOST_LOST_FRAMED = 0.01;
/** Of what the best weight gains under shifts, of mean IoU. */
const ENOUGH = 0.75;
/** Times the mean departure of the sources' pictures. */
const FACTORS = [1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 12, 16];

/**
 * @param candidates from the one that takes least of own statistics on
 * @throws RangeError where no picture is as it is
 */
export function fitShiftRule(pictures: readonly TriedPicture[], candidates: readonly OwnWeight[]): ShiftRule {
  const of = (change: TriedPicture["change"]) => pictures.filter((picture) => picture.change === change);
  const [plain, framings, shifts] = [of("none"), of("framing"), of("shift")];
  const usual = meanSigns(plain);
  if (!usual) throw new RangeError("fitShiftRule: there is no picture as it is");
  const asking = {
    threshold: usual.entropy * ENTROPY_TIMES,
    information: usual.information * (1 - INFORMATION_LOST),
  };
  const weights = candidates.filter((weight) => weight > 0);
  const trained = scoreWith(plain, () => 0) ?? 0;
  const shiftsTrained = meanScore(shifts, () => 0) ?? 0;
  const fits: { rule: ShiftRule; score: number }[] = [];
  for (const weight of weights) {
    const usually = meanDeparture(plain, weight);
    for (const factor of FACTORS) {
      const rule = { ...asking, departure: factor * usually, weight };
      const choose = (picture: TriedPicture) => weightFor(rule, picture);
      if ((scoreWith(plain, choose) ?? 0) < trained - MOST_LOST) continue;
      if (meanLoss(framings, choose) > MOST_LOST_FRAMED) continue;
      const score = meanScore(shifts, choose) ?? 0;
      if (score >= shiftsTrained) fits.push({ rule, score });
    }
  }
  const most = Math.max(...fits.map(({ score }) => score - shiftsTrained));
  const weight = fits.find(({ score }) => score - shiftsTrained >= ENOUGH * most)?.rule.weight;
  const [best] = fits.filter(({ rule }) => rule.weight === weight).sort((a, b) => b.score - a.score);
  // Where nothing can be chosen without loss: thresholds that no picture passes.
  return best?.rule ?? { threshold: Number.MAX_VALUE, information: 0, departure: 0, weight: weights[0] ?? 1 };
}

/** Mean of what predictions with the trained statistics show; null where there are no pictures. */
export function meanSigns(pictures: readonly TriedPicture[]): PredictionSigns | null {
  const first = pictures.flatMap(({ trials: [trial] }) => (trial ? [trial] : []));
  const entropy = meanOf(first.map((trial) => trial.entropy));
  const information = meanOf(first.map((trial) => trial.information));
  return entropy === null || information === null ? null : { entropy, information };
}

/** Mean departure of pictures, as looks with a weight tell. */
export const meanDeparture = (pictures: readonly TriedPicture[], weight: number): number =>
  meanOf(pictures.map(({ trials }) => trials.find((one) => one.weight === weight)?.departure ?? null)) ?? 0;

/** The weight that a rule gives a picture that was tried. */
export function weightFor(rule: ShiftRule, { trials }: TriedPicture): number {
  const [trained] = trials;
  const own = trials.find(({ weight }) => weight === rule.weight);
  return trained && own && asksForOwn(rule, trained) && departs(rule, own.departure) ? rule.weight : 0;
}

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

/** Mean over the kinds of changes. */
const meanScore = (pictures: readonly TriedPicture[], choose: (picture: TriedPicture) => number) =>
  meanOf(byKind(pictures).map((those) => scoreWith(those, choose)));

/** Mean over the kinds of changes of what is lost to the trained statistics; gains do not make up for losses. */
const meanLoss = (pictures: readonly TriedPicture[], choose: (picture: TriedPicture) => number): number =>
  meanOf(
    byKind(pictures).map((those) =>
      Math.max(0, (scoreWith(those, () => 0) ?? 0) - (scoreWith(those, choose) ?? 0)),
    ),
  ) ?? 0;

const byKind = (pictures: readonly TriedPicture[]): TriedPicture[][] =>
  [...new Set(pictures.map(({ kind }) => kind))].map((kind) =>
    pictures.filter((picture) => picture.kind === kind),
  );
