// What an evaluation has counted on one domain: whole numbers only, so that parts of a domain add up to exactly what the
// whole gives, in any order; and so that an interrupted evaluation can be saved and taken up again.

import type { BoundaryResult, DomainResult } from "../formats/result.js";
import type { Size } from "../raster/resize.js";
import { BoundaryCounts } from "./boundary-iou.js";
import { ConfusionMatrix } from "./confusion-matrix.js";
import { scoresOf } from "./scores.js";

/** Cohesion losses are added in units of this, as whole numbers. */
const LOSS_UNIT = 2 ** -10;

/** The counts as plain data, to be saved and added later. */
export interface TallyState {
  readonly images: number;
  readonly skipped: readonly { readonly file: string; readonly problem: string }[];
  readonly confusion: readonly number[];
  readonly boundary: {
    readonly dilation: number;
    readonly truth: readonly number[];
    readonly prediction: readonly number[];
    readonly both: readonly number[];
  } | null;
  readonly cohesion: number | null;
}

export interface TallyOptions {
  readonly classes: number;
  /** Width of the boundary as a share of the diagonal; null: no boundary IoU. */
  readonly dilation?: number | null;
  /** Whether cohesion losses are added. */
  readonly cohesion?: boolean;
}

/** What is counted while a domain is evaluated: pixels, boundaries, images, those left out. Tallies of parts add up exactly. */
export class Tally {
  readonly matrix: ConfusionMatrix;
  readonly boundary: BoundaryCounts | null;
  images = 0;
  readonly skipped: { file: string; problem: string }[] = [];
  /** In `LOSS_UNIT`, over all labeled pixels. */
  #cohesion: number | null;

  constructor({ classes, dilation = null, cohesion = false }: TallyOptions) {
    this.matrix = new ConfusionMatrix(classes);
    this.boundary = dilation === null ? null : new BoundaryCounts(classes, dilation);
    this.#cohesion = cohesion ? 0 : null;
  }

  /** Adds an image's train ids, H x W each. @throws RangeError where a value is no class */
  add(prediction: Uint8Array, label: Uint8Array, size: Size): void {
    this.matrix.add(prediction, label);
    this.boundary?.add(prediction, label, size);
    this.images++;
  }

  /** Adds an image's cohesion loss, the mean over so many labeled pixels. */
  addCohesion(loss: number, pixels: number): void {
    if (pixels > 0) this.#cohesion = (this.#cohesion ?? 0) + Math.round((loss * pixels) / LOSS_UNIT);
  }

  skip(file: string, problem: string): void {
    this.skipped.push({ file, problem });
  }

  /** The part of a result that follows from the counts. */
  result({
    classes,
  }: {
    readonly classes: readonly { readonly name: string }[];
  }): Omit<DomainResult, "name" | "dataset" | "role"> {
    const { matrix, boundary } = this;
    const { meanIoU, classIoU, pixelAccuracy, meanAccuracy } = scoresOf(matrix);
    const byName = (values: readonly (number | null)[]) =>
      Object.fromEntries(classes.map(({ name }, id) => [name, values[id] ?? null]));
    const labeled = matrix.counts.reduce((sum, count) => sum + count, 0);
    return {
      images: this.images,
      skipped: [...this.skipped].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)),
      confusion: [...matrix.counts],
      meanIoU,
      pixelAccuracy,
      meanAccuracy,
      classIoU: byName(classIoU),
      boundaryIoU: boundary && {
        dilation: boundary.dilation,
        meanIoU: boundary.meanIoU(),
        classIoU: byName(boundary.classIoU()),
        truth: [...boundary.truth],
        prediction: [...boundary.prediction],
        both: [...boundary.both],
      },
      cohesionLoss: this.#cohesion === null || labeled === 0 ? null : (this.#cohesion * LOSS_UNIT) / labeled,
    };
  }

  get state(): TallyState {
    const { images, skipped, matrix, boundary } = this;
    return {
      images,
      skipped: [...skipped],
      confusion: [...matrix.counts],
      boundary: boundary && {
        dilation: boundary.dilation,
        truth: [...boundary.truth],
        prediction: [...boundary.prediction],
        both: [...boundary.both],
      },
      cohesion: this.#cohesion,
    };
  }

  /** Adds what another tally of the same kind has counted. @throws RangeError where it is of another kind */
  addState({ images, skipped, confusion, boundary, cohesion }: TallyState): void {
    const fits =
      confusion.length === this.matrix.counts.length &&
      boundary?.dilation === this.boundary?.dilation &&
      (cohesion === null) === (this.#cohesion === null);
    if (!fits) throw new RangeError("Tally: these counts are of other classes or other scores");
    add(this.matrix.counts, confusion);
    if (this.boundary && boundary) {
      add(this.boundary.truth, boundary.truth);
      add(this.boundary.prediction, boundary.prediction);
      add(this.boundary.both, boundary.both);
    }
    if (cohesion !== null) this.#cohesion = (this.#cohesion ?? 0) + cohesion;
    this.images += images;
    this.skipped.push(...skipped);
  }
}

/** The counts that a result was made of, exactly. */
export function stateOf({ images, skipped, confusion, boundaryIoU, cohesionLoss }: DomainResult): TallyState {
  const labeled = confusion.reduce((sum, count) => sum + count, 0);
  return {
    images,
    skipped,
    confusion,
    boundary: boundaryIoU && countsOf(boundaryIoU),
    cohesion: cohesionLoss === null ? null : Math.round((cohesionLoss * labeled) / LOSS_UNIT),
  };
}

const countsOf = ({ dilation, truth, prediction, both }: BoundaryResult) => ({
  dilation,
  truth,
  prediction,
  both,
});

function add(counts: Float64Array, more: readonly number[]): void {
  for (const [at, count] of more.entries()) counts[at] = (counts[at] as number) + count;
}
