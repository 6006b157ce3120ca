// How curves are drawn apart from one another, and where their points lie.

import type { Points } from "./training-events.js";

/** Far from one another, and to be seen on light and dark ground. */
const colors = [
  "#2a7fc4",
  "#d2691e",
  "#2f9a4c",
  "#cc4455",
  "#8b67c6",
  "#9a8a1c",
  "#d065a8",
  "#1d9aa5",
  "#8c6446",
  "#7d8285",
] as const;

/** Of further rounds of the colors. */
const dashes = ["none", "6 3", "2 3", "9 3 2 3"] as const;

export interface LineStyle {
  readonly color: string;
  /** As `stroke-dasharray`. */
  readonly dash: string;
}

/** No two of forty curves look the same. */
export const lineStyle = (position: number): LineStyle => ({
  color: colors[position % colors.length] as string,
  dash: dashes[Math.floor(position / colors.length) % dashes.length] as string,
});

/** Steps from the first to the last of all charts, so that they lie below one another. */
export function stepsOf(
  charts: Iterable<ReadonlyMap<string, Points>>,
): readonly [first: number, last: number] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const lines of charts)
    for (const line of lines.values())
      for (const [step] of line) [first, last] = [Math.min(first, step), Math.max(last, step)];
  return [first, last];
}

/** Share of the width at which a step lies; a single one lies in the middle. */
export const placeOf = (step: number, [first, last]: readonly [number, number]): number =>
  last > first ? (step - first) / (last - first) : 0.5;
