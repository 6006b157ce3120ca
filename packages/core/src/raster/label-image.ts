export interface LabelImage {
  readonly width: number;
  readonly height: number;
  /** Train ids (or values of another kind), H x W, row by row. */
  readonly labels: Uint8Array;
}
