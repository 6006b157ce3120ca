// What teaching is worth: scores of the labeled pictures that nothing was brushed on, as exported and as taught, by group.

import { ConfusionMatrix, meanIoU } from "@pinmem/core";
import type { Model } from "@pinmem/runtime/browser";
import { signal } from "@preact/signals";
import { bitmapOf, labelPixels } from "./decode-picture.js";
import * as state from "./state.js";
import { again, inTurn, through } from "./turns.js";

/** Of one group, all its pictures together. */
export interface GroupScore {
  readonly group: string;
  readonly pictures: number;
  /** Mean IoU, 0 to 1; null where no pixel is labeled. */
  readonly before: number | null;
  readonly after: number | null;
}

interface TeachScore {
  readonly groups: readonly GroupScore[];
  /** Whose figures these are: other strokes or votes make them old. */
  readonly strokes: typeof state.strokes.value;
  readonly votes: number;
}

export const teachScore = signal<TeachScore | null>(null);
/** How many are done; null: none is at work. */
export const scoring = signal<string | null>(null);
let isStopped = false;

/** Ends after the picture in progress. */
export function stopScoring(): void {
  isStopped = true;
}

/** Pictures that can be scored: labeled, and nothing was brushed on them. */
export const leftOut = (): readonly state.Picture[] =>
  state.pictures.value.filter(
    ({ id, label }) => label !== null && (state.strokes.value.get(id)?.length ?? 0) === 0,
  );

/** Scores them all; figures grow as pictures are done. */
export async function scoreTeaching(model: Model): Promise<void> {
  const { value: strokes } = state.strokes;
  const taught = { rows: model.memory.rows, votes: state.votes.value };
  const pictures = leftOut();
  const counts = new Map<string, Counts>();
  isStopped = false;
  try {
    for (const [at, picture] of pictures.entries()) {
      if (isStopped) break;
      scoring.value = `${at} of ${pictures.length}`;
      const of = counts.get(picture.group) ?? new Counts(model.classes.length);
      counts.set(picture.group, of);
      await countBoth(model, picture, taught, of);
      teachScore.value = {
        groups: [...counts].map(([group, one]) => one.score(group)),
        strokes,
        votes: taught.votes,
      };
    }
  } finally {
    scoring.value = null;
  }
}

class Counts {
  readonly before: ConfusionMatrix;
  readonly after: ConfusionMatrix;
  pictures = 0;
  constructor(classes: number) {
    this.before = new ConfusionMatrix(classes);
    this.after = new ConfusionMatrix(classes);
  }
  score(group: string): GroupScore {
    const { pictures, before, after } = this;
    return { group, pictures, before: meanIoU(before), after: meanIoU(after) };
  }
}

/** One picture: the first graph once, the second with either memory. */
async function countBoth(
  model: Model,
  picture: state.Picture,
  taught: { readonly rows: Float32Array; readonly votes: number },
  counts: Counts,
): Promise<void> {
  const truth = await labelPixels(picture.label as string);
  const bitmap = await bitmapOf(picture);
  try {
    await inTurn(model, async () => {
      const now = { rows: model.memory.rows, votes: model.votes };
      try {
        model.reset();
        const before = await through(model, bitmap);
        model.memory.rows = taught.rows;
        model.votes = taught.votes;
        const after = await again(model, bitmap);
        counts.before.add(before.labels, truth);
        counts.after.add(after.labels, truth);
        counts.pictures++;
      } finally {
        model.memory.rows = now.rows;
        model.votes = now.votes;
      }
    });
  } finally {
    bitmap.close();
  }
}
