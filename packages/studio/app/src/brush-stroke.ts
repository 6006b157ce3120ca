// A stroke of the brush on a picture, as it is kept.

/** `class` null: of the eraser. */
export interface BrushStroke {
  readonly class: number | null;
  /** In pixels of the picture. */
  readonly points: readonly (readonly [number, number])[];
  readonly width: number;
  /** Of one that has snapped, the pixels that it covers, in runs: row, first column, column behind the last. */
  readonly runs?: readonly number[];
}
