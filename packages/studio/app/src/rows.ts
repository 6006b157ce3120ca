// The rows of the memory as they are now: which were written, and how alike they are.

import { computed } from "@preact/signals";
import * as state from "./state.js";

/** Of classes, by position. */
export interface WrittenRows {
  /** Positions of the classes whose rows are not zero. */
  readonly there: readonly number[];
  /** Their cosines, row by row. */
  readonly cells: readonly (readonly number[])[];
}

/**
 * @param rows of all classes, one or several each, one after the other; those that were never written are zero
 * @param shape of the memory: how many classes, and how wide a row is
 */
export function writtenRows(
  rows: Float32Array,
  { classes, width }: { readonly classes: number; readonly width: number },
): WrittenRows {
  const each = rows.length / classes;
  const vectors = Array.from({ length: classes }, (_, at) => rows.subarray(at * each, (at + 1) * each));
  const there = vectors.flatMap((row, at) => (row.some((value) => value !== 0) ? [at] : []));
  return {
    there,
    cells: there.map((i) =>
      there.map((j) => likeness(vectors[i] as Float32Array, vectors[j] as Float32Array, width)),
    ),
  };
}

/** Cosine of the rows of two classes; where they have several, of those that are most alike. Rows that were never written are zero. */
function likeness(one: Float32Array, other: Float32Array, width: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let a = 0; a < one.length; a += width) {
    for (let b = 0; b < other.length; b += width) {
      let sum = 0;
      for (let c = 0; c < width; c++) sum += (one[a + c] as number) * (other[b + c] as number);
      if (sum !== 0) most = Math.max(most, sum);
    }
  }
  return Number.isFinite(most) ? most : 0;
}

/** Of the open model; null: it has no memory. */
export const memoryRows = computed<WrittenRows | null>(() => {
  const { value: model } = state.model;
  void state.written.value; // rows change with it
  if (!model?.hasMemory) return null;
  const { memory, classes } = model;
  return writtenRows(memory.rows, { classes: classes.length, width: memory.shape.at(-1) ?? 1 });
});

/** Whether there is a memory into which nothing was ever written: it can be taught, but says nothing yet. */
export const isMemoryEmpty = computed(() => memoryRows.value?.there.length === 0);
