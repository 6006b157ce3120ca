// Rows from strokes on several pictures. A model keeps the features of one picture at a time, so what strokes say is collected of each
// picture once, and rows are written from all that was collected: as `pinmem adapt` writes them from the same labels.

import type { DirectionSums, Model } from "@pinmem/runtime/browser";
import type { BrushStroke } from "./brush-stroke.js";
import { bitmapOf, pictureIn } from "./decode-picture.js";
import * as state from "./state.js";
import { brushedLabels } from "./strokes.js";
import { inTurn, keeping } from "./turns.js";

interface Collected {
  readonly strokes: readonly BrushStroke[];
  readonly normalize: number | "auto";
  readonly sums: DirectionSums;
}

const collectedOf = new WeakMap<Model, Map<string, Collected>>();

/** What came of strokes. */
export interface Taught {
  /** Names of the classes that were written. */
  readonly written: readonly string[];
  /** Pictures with strokes whose files are not open. */
  readonly missing: number;
}

/** Gives a model the rows that strokes ask for; those as exported where there are none. */
export const teachFrom = (
  model: Model,
  strokes: ReadonlyMap<string, readonly BrushStroke[]>,
): Promise<Taught> =>
  inTurn(model, async () => {
    const collected = collectedOf.get(model) ?? new Map<string, Collected>();
    collectedOf.set(model, collected);
    const brushed = [...strokes].filter(([, mine]) => mine.length > 0);
    for (const id of collected.keys()) if (!brushed.some(([other]) => other === id)) collected.delete(id);
    const { normalize } = model;
    let missing = 0;
    for (const [id, mine] of brushed) {
      const before = collected.get(id);
      if (before?.strokes === mine && before.normalize === normalize) continue;
      const sums = await collectFrom(model, id, mine);
      if (sums) collected.set(id, { strokes: mine, normalize, sums });
      else missing++;
    }
    const sums = [...collected.values()].map((one) => one.sums);
    const isAny = sums.some(({ counts }) => counts.some((count) => count > 0));
    const { votes } = model;
    model.reset();
    model.votes = votes;
    // From a run that was adapted before, `pinmem adapt` goes on.
    const momentum = state.run.value?.goesOn ? (model.description.memory?.momentum ?? 0) : 0;
    return { written: isAny ? model.writeCollected(sums, { momentum }) : [], missing };
  });

/** Null where the picture is not open. */
async function collectFrom(
  model: Model,
  id: string,
  strokes: readonly BrushStroke[],
): Promise<DirectionSums | null> {
  const picture = state.pictures.value.find((one) => one.id === id);
  if (!picture) return null;
  const { value: seen } = state.bitmap;
  const isOpen = pictureIn(seen)?.id === id;
  const bitmap = isOpen ? seen : await bitmapOf(picture).catch(() => null);
  if (!bitmap) return null;
  try {
    await keeping(model, bitmap);
    const names = model.classes.map(({ name }) => name);
    return await model.collect({ labels: brushedLabels(strokes, bitmap.width, bitmap.height, names) });
  } finally {
    if (!isOpen) bitmap.close();
  }
}
