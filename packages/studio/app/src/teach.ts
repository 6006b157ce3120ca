// Rows from strokes on several pictures. A model keeps the features of one picture at a time, so what strokes say is collected while
// their picture is open, and rows are written from all that was collected: as `pinmem adapt` writes them from the same labels.

import type { DirectionSums, Model } from "@pinmem/runtime/browser";
import * as state from "./state.js";
import { type BrushStroke, brushedLabels } from "./strokes.js";

interface Collected {
  readonly strokes: readonly BrushStroke[];
  readonly normalize: number;
  readonly sums: DirectionSums;
}

const collectedOf = new WeakMap<Model, Map<string, Collected>>();

/**
 * Gives a model the rows that strokes ask for; those as exported where there are none.
 * @param open id of the picture that the model has segmented last
 * @returns names of the classes that were written
 */
export async function teachFrom(
  model: Model,
  open: string,
  strokes: ReadonlyMap<string, readonly BrushStroke[]>,
): Promise<readonly string[]> {
  const collected = collectedOf.get(model) ?? new Map<string, Collected>();
  collectedOf.set(model, collected);
  for (const id of collected.keys()) if ((strokes.get(id) ?? []).length === 0) collected.delete(id);
  const mine = strokes.get(open) ?? [];
  const normalize = model.hasNormalization ? model.normalize : 0;
  const before = collected.get(open);
  const { votes } = model;
  if (mine.length > 0 && (before?.strokes !== mine || before.normalize !== normalize)) {
    const { width, height } = state.result.value as { width: number; height: number };
    const labels = brushedLabels(
      mine,
      width,
      height,
      model.classes.map(({ name }) => name),
    );
    collected.set(open, { strokes: mine, normalize, sums: await model.collect({ labels }) });
  }
  const sums = [...collected.values()].map((one) => one.sums);
  const isAny = sums.some(({ counts }) => counts.some((count) => count > 0));
  model.reset();
  model.votes = votes;
  return isAny ? model.writeCollected(sums) : [];
}
