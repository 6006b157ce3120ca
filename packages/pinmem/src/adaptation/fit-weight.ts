// A weight that a finished network is used with, fitted on what is known of its sources: pictures under simulated shifts, which it should
// mend, and as they are, which must not suffer. A network stays as it was trained where nothing is clearly better. So the votes of a
// memory are weighed.

import { ConfusionMatrix, meanIoU, meanOf } from "@pinmem/core";
import { MOST_LOST } from "./fit-shift-rule.js";

/** What a network answers to a picture with one weight. */
export interface WeightTrial {
  readonly weight: number;
  /** Label by prediction. */
  readonly matrix: ConfusionMatrix;
}

/** A picture under a shift. */
export interface WeighedPicture {
  /** "none" for pictures as they are. */
  readonly kind: string;
  readonly trials: readonly WeightTrial[];
}

/** Mean IoU that another weight must gain under the shifts: pictures of a few drives tell no smaller difference from chance. */
export const LEAST_GAIN = 0.005;

/**
 * The weight that answers best.
 * @param candidates the trained weight is among them
 * @throws RangeError where no picture is as it is
 */
export function fitWeight(
  pictures: readonly WeighedPicture[],
  candidates: readonly number[],
  trained: number,
): number {
  if (!pictures.some(isPlain)) throw new RangeError("fitWeight: there is no picture as it is");
  const shifted = (weight: number) => scoreUnderShifts(pictures, weight) ?? 0;
  const asTheyAre = (weight: number) => scoreAsTheyAre(pictures, weight) ?? 0;
  const harmless = candidates.filter((weight) => asTheyAre(weight) >= asTheyAre(trained) - MOST_LOST);
  const best = harmless.reduce((so, weight) => (shifted(weight) > shifted(so) ? weight : so), trained);
  return shifted(best) > shifted(trained) + LEAST_GAIN ? best : trained;
}

const isPlain = ({ kind }: WeighedPicture): boolean => kind === "none";

/** Mean IoU with one weight over the pictures as they are; null where none of them is labeled. */
export const scoreAsTheyAre = (pictures: readonly WeighedPicture[], weight: number): number | null =>
  scoreOfWeight(pictures.filter(isPlain), weight);

/** The same under the shifts: the mean over their kinds. */
export function scoreUnderShifts(pictures: readonly WeighedPicture[], weight: number): number | null {
  const shifted = pictures.filter((picture) => !isPlain(picture));
  const kinds = [...new Set(shifted.map(({ kind }) => kind))];
  return meanOf(
    kinds.map((kind) =>
      scoreOfWeight(
        shifted.filter((picture) => picture.kind === kind),
        weight,
      ),
    ),
  );
}

/** Mean IoU over pictures with one weight; null where nothing is labeled. */
export function scoreOfWeight(pictures: readonly WeighedPicture[], weight: number): number | null {
  const matrices = pictures.flatMap(({ trials }) => trials.filter((trial) => trial.weight === weight));
  const [first] = matrices;
  if (!first) return null;
  const total = new ConfusionMatrix(first.matrix.classes);
  for (const { matrix } of matrices) total.merge(matrix);
  return meanIoU(total);
}
