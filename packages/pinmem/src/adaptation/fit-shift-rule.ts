// When a picture is predicted with other looks than the trained one, fitted on what is known of a network's sources: pictures as they are
// and in other frames, where the trained look should stay, and under simulated shifts, which others may mend.
//
// What asks for a second look has fixed multiples of what pictures as they are show, since an unseen drive that is near to the
// sources is less sure than they are. Fitted is the departure beyond which the clearest looks are taken (inference/clearest-looks.ts): where
// shifts gain the most beyond what frames lose, of those with which pictures as they are lose no more than `MOST_LOST` of mean IoU and
// shifts nothing. Simulated shifts are stronger than most of real places, so of those that are nearly as good the least is taken.

import { ConfusionMatrix, meanIoU, meanOf } from "@pinmem/core";
import type { OwnWeight } from "../inference/own-weight.js";
import { asksForOwn, departs, type PredictionSigns, type ShiftRule } from "../inference/shift-rule.js";

/** A picture that was tried. */
export interface TriedPicture extends PredictionSigns {
  /** Nothing, another frame, or a simulated shift. */
  readonly change: "none" | "framing" | "shift";
  /** Which: "none", "middle", "fog". */
  readonly kind: string;
  /** Label by prediction, with the trained statistics. */
  readonly trained: ConfusionMatrix;
  /** With the clearest looks, and how far the picture is from the sources; null where the network has no batch norm. */
  readonly clearest: { readonly matrix: ConfusionMatrix; readonly departure: number } | null;
}

/** Whether a picture is predicted with its clearest looks. */
export type Choice = (picture: TriedPicture) => boolean;

/** Times the mean entropy of the sources' pictures: a drive near to them has 1.1 to 1.4 times as much, one at dusk 2.2. */
export const ENTROPY_TIMES = 1.7;
/** Of their mean information: a near drive loses 0 to 0.1, looks that a young network never saw 0.15 to 0.9. */
export const INFORMATION_LOST = 0.15;
/** Mean IoU that pictures as they are may lose to a rule. */
export const MOST_LOST = 0.003;
/** Mean IoU that is no difference between rules. */
const NEARLY = 0.005;
/** Times the mean departure of the sources' pictures, of which the farthest has 1.5. */
const FACTORS = [2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 12, 16];

/**
 * @param weight of own statistics that pictures were tried with
 * @throws RangeError where no picture is as it is
 */
export function fitShiftRule(pictures: readonly TriedPicture[], weight: OwnWeight): ShiftRule {
  const of = (change: TriedPicture["change"]) => pictures.filter((picture) => picture.change === change);
  const [plain, framings, shifts] = [of("none"), of("framing"), of("shift")];
  const usual = meanSigns(plain);
  if (!usual) throw new RangeError("fitShiftRule: there is no picture as it is");
  const asking = {
    threshold: usual.entropy * ENTROPY_TIMES,
    information: usual.information * (1 - INFORMATION_LOST),
    weight,
  };
  const trained = scoreWith(plain, never) ?? 0;
  const usually = meanDeparture(plain);
  const fits: { rule: ShiftRule; net: number }[] = [];
  for (const factor of FACTORS) {
    const rule = { ...asking, departure: factor * usually };
    const choose = (picture: TriedPicture) => takesClearest(rule, picture);
    if ((scoreWith(plain, choose) ?? 0) < trained - MOST_LOST) continue;
    const gain = (meanScore(shifts, choose) ?? 0) - (meanScore(shifts, never) ?? 0);
    if (gain >= 0) fits.push({ rule, net: gain - meanLoss(framings, choose) });
  }
  const most = Math.max(...fits.map(({ net }) => net));
  const least = fits.find(({ net }) => net >= most - NEARLY);
  // Where nothing can be chosen without loss: thresholds that no picture passes.
  return least?.rule ?? { threshold: Number.MAX_VALUE, information: 0, departure: 0, weight };
}

/** Mean of what predictions with the trained statistics show; null where there are no pictures. */
export function meanSigns(pictures: readonly TriedPicture[]): PredictionSigns | null {
  const entropy = meanOf(pictures.map((picture) => picture.entropy));
  const information = meanOf(pictures.map((picture) => picture.information));
  return entropy === null || information === null ? null : { entropy, information };
}

/** Mean departure of pictures. */
export const meanDeparture = (pictures: readonly TriedPicture[]): number =>
  meanOf(pictures.map(({ clearest }) => clearest?.departure ?? null)) ?? 0;

/** Whether a rule lets a picture that was tried have its clearest looks. */
export const takesClearest = (rule: ShiftRule, picture: TriedPicture): boolean =>
  picture.clearest !== null && asksForOwn(rule, picture) && departs(rule, picture.clearest.departure);

export const never: Choice = () => false;
export const always: Choice = () => true;

/** Mean IoU over pictures, each as it is chosen for it; null where nothing is labeled. */
export function scoreWith(pictures: readonly TriedPicture[], choose: Choice): number | null {
  const [first] = pictures;
  if (!first) return null;
  const total = new ConfusionMatrix(first.trained.classes);
  for (const picture of pictures) {
    const { trained, clearest } = picture;
    total.merge(clearest && choose(picture) ? clearest.matrix : trained);
  }
  return meanIoU(total);
}

/** Mean over the kinds of changes. */
const meanScore = (pictures: readonly TriedPicture[], choose: Choice) =>
  meanOf(byKind(pictures).map((those) => scoreWith(those, choose)));

/** Mean over the kinds of changes of what is lost to the trained look; gains do not make up for losses. */
const meanLoss = (pictures: readonly TriedPicture[], choose: Choice): number =>
  meanOf(
    byKind(pictures).map((those) =>
      Math.max(0, (scoreWith(those, never) ?? 0) - (scoreWith(those, choose) ?? 0)),
    ),
  ) ?? 0;

const byKind = (pictures: readonly TriedPicture[]): TriedPicture[][] =>
  [...new Set(pictures.map(({ kind }) => kind))].map((kind) =>
    pictures.filter((picture) => picture.kind === kind),
  );
