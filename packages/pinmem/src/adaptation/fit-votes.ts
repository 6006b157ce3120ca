// What the votes of a memory weigh, fitted on what is known of its sources: pictures under simulated shifts, which the votes should
// mend, and as they are, which must not suffer. A network stays as it was trained where nothing is clearly better.

import { ConfusionMatrix, meanIoU, meanOf } from "@pinmem/core";
import { MOST_LOST } from "./fit-shift-rule.js";

/** What a network answers to a picture with one weight of the votes. */
export interface VoteTrial {
  readonly vote: number;
  /** Label by prediction. */
  readonly matrix: ConfusionMatrix;
}

/** A picture under a shift. */
export interface VotedPicture {
  /** "none" for pictures as they are. */
  readonly kind: string;
  readonly trials: readonly VoteTrial[];
}

/** Mean IoU that another weight must gain under the shifts: pictures of a few drives tell no smaller difference from chance. */
export const LEAST_GAIN = 0.005;

/**
 * The weight that answers best.
 * @param candidates the trained weight is among them
 * @throws RangeError where no picture is as it is
 */
export function fitVote(
  pictures: readonly VotedPicture[],
  candidates: readonly number[],
  trained: number,
): number {
  const plain = pictures.filter(({ kind }) => kind === "none");
  const kinds = [...new Set(pictures.map(({ kind }) => kind))].filter((kind) => kind !== "none");
  if (plain.length === 0) throw new RangeError("fitVote: there is no picture as it is");
  const shifted = (vote: number) =>
    meanOf(
      kinds.map((kind) =>
        scoreOfVote(
          pictures.filter((picture) => picture.kind === kind),
          vote,
        ),
      ),
    ) ?? 0;
  const asTheyAre = (vote: number) => scoreOfVote(plain, vote) ?? 0;
  const harmless = candidates.filter((vote) => asTheyAre(vote) >= asTheyAre(trained) - MOST_LOST);
  const best = harmless.reduce((so, vote) => (shifted(vote) > shifted(so) ? vote : so), trained);
  return shifted(best) > shifted(trained) + LEAST_GAIN ? best : trained;
}

/** Mean IoU over pictures with one weight of the votes; null where nothing is labeled. */
export function scoreOfVote(pictures: readonly VotedPicture[], vote: number): number | null {
  const matrices = pictures.flatMap(({ trials }) => trials.filter((trial) => trial.vote === vote));
  const [first] = matrices;
  if (!first) return null;
  const total = new ConfusionMatrix(first.matrix.classes);
  for (const { matrix } of matrices) total.merge(matrix);
  return meanIoU(total);
}
