// What the stage shows of a comparison: swipe or side by side, and which pixels are marked in it. Follows the state while the view is open.

import { computed, effect, signal, untracked } from "@preact/signals";
import { othersAt, readTruth, resultsBeside, runsAt, segmentBeside, truth } from "./compare.js";
import type { Shown } from "./overlay.js";
import { beside, marks, panes } from "./stage-state.js";
import * as state from "./state.js";

export const layouts = ["swipe", "side by side"] as const;
export const layout = signal<(typeof layouts)[number]>("side by side");
export const shows = ["classes", "errors", "disagreement"] as const;
export const show = signal<(typeof shows)[number]>("classes");
/** True and predicted class whose pixels are looked for, and the run that took one for the other. */
export const cell = signal<{ readonly run: number; readonly pair: readonly [number, number] } | null>(null);

/** Results of the open picture, in the order of the runs; null where one is not there yet. */
export const results = computed<readonly (Shown | null)[]>(() =>
  runsAt.value.map((run, at) => (at === 0 ? state.result.value : (resultsBeside.value.get(run) ?? null))),
);

/** @returns ends it, and leaves the stage to others */
export function followComparison(): () => void {
  const ends = [
    effect(() => {
      void runsAt.value;
      untracked(() => {
        cell.value = null;
      });
    }),
    effect(() => {
      void state.bitmap.value;
      resultsBeside.value = new Map();
    }),
    effect(() => {
      void [state.result.value, runsAt.value];
      untracked(() => void segmentBeside());
    }),
    effect(() => {
      void state.picture.value;
      untracked(() => void readTruth());
    }),
    effect(showOnStage),
  ];
  return () => {
    for (const end of ends) end();
    beside.value = null;
    panes.value = null;
    marks.value = null;
    state.swipe.value = 0;
  };
}

function showOnStage(): void {
  const runs = state.site.value?.runs ?? [];
  const isSide = layout.value === "side by side" && othersAt.value.length > 0;
  panes.value = isSide
    ? results.value.map((result, at) => {
        const run = runsAt.value[at] as number;
        const name = runs[run]?.name ?? "";
        return { title: state.taught.value.has(run) ? `${name}, as taught` : name, result };
      })
    : null;
  beside.value = isSide ? null : (results.value[1] ?? null);
  const isMarked = marker();
  marks.value = isMarked && ((pane, at) => isMarked(results.value[pane]?.labels, at, pane));
}

type Marker = (labels: Uint8Array | undefined, at: number, pane: number) => boolean;

function marker(): Marker | null {
  const { value: labels } = truth;
  const { value: wanted } = cell;
  const isKnown = (at: number) => labels !== null && labels[at] !== 255;
  if (wanted && labels) {
    const { run, pair } = wanted;
    return (mine, at, pane) => pane === run && labels[at] === pair[0] && mine?.[at] === pair[1];
  }
  if (show.value === "errors" && labels) return (mine, at) => isKnown(at) && mine?.[at] !== labels[at];
  const there = results.value.flatMap((one) => (one ? [one.labels] : []));
  const [first, ...others] = there;
  if (show.value === "disagreement" && first && others.length > 0)
    return (_, at) => others.some((one) => one[at] !== first[at]);
  return null;
}
