// What leaving pictures out has shown, as it is stored with an adapted run.

import { type ConfusionMatrix, type LabelSpace, meanIoU, scoresOf } from "@pinmem/core";
import type { Choice } from "../adaptation/leave-one-out.js";
import type { AdaptationRecord } from "./adaptation-record.js";

/** A class that lost more than this share is worth a warning. */
const WORSE = 0.005;

/** Scores before and after by class, and all that was tried. */
export function recordLeftOut(
  { before, best, candidates }: Choice,
  { classes }: LabelSpace,
): NonNullable<AdaptationRecord["leftOut"]> {
  const scores = (matrix: ConfusionMatrix) => {
    const { meanIoU, classIoU } = scoresOf(matrix);
    return {
      meanIoU,
      classIoU: Object.fromEntries(classes.map(({ name }, trainId) => [name, classIoU[trainId] ?? null])),
    };
  };
  const [old, now] = [scores(before.matrix), scores(best.matrix)];
  const worse = classes
    .map(({ name }) => name)
    .filter((name) => (old.classIoU[name] ?? 0) - (now.classIoU[name] ?? 0) > WORSE);
  return {
    before: old,
    after: now,
    worse,
    candidates: candidates.map(({ weight, own, vote, rows, classifier, logitAdjustment, matrix }) => ({
      weight,
      own,
      vote,
      rows,
      classifier,
      logitAdjustment,
      meanIoU: meanIoU(matrix),
    })),
  };
}
