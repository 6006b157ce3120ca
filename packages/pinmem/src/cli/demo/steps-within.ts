// How many steps of the demo's trainings fit into its time.

import type { Pace } from "./measure-steps.js";
import type { ComparedMethod } from "./summary.js";

/** Steps that fit into so many seconds, one at least. */
export const stepsWithin = (seconds: number, { start, step }: Pace): number =>
  Math.max(1, Math.floor((seconds - start) / step));

/**
 * The rest of the demo's time: scores, pictures, report. In steps of each method, because a slow machine is slow there too; longer
 * trainings do not make it longer.
 */
const REST: Readonly<Record<ComparedMethod, number>> = { erm: 370, "pin-memory": 215 };
const MOST_OF_THE_TIME = 0.45;

/** Seconds that a method's training may take of so many minutes in all. */
export function trainingSeconds(minutes: number, method: ComparedMethod, { step }: Pace): number {
  const all = 60 * minutes;
  return all - Math.min(REST[method] * step, MOST_OF_THE_TIME * all);
}
