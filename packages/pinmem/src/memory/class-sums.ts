// Sums of features by class: the mean feature of each class over a batch (the write) or over a whole data set (the
// initialization). Shapes: B batch, C width, K classes, h w feature resolution, H W label resolution.

import { type Device, dispose, keep, nn, noGrad, scope, type Tensor, zeros } from "@pinmem/torch";
import { checkLabel, type LabelOptions } from "../losses/labels.js";
import { checkFeature, checkFiniteResult, fullPrecision } from "./feature.js";
import { labelWeights } from "./label-weights.js";
import { byImage, checkRowsOf, type RowChoice, splitByRow } from "./row-choice.js";

export interface ClassSum {
  /** Sum of the features (K, C), each weighted with the share of the class in its pixel. */
  readonly sum_KC: Tensor;
  /** Sum of the shares (K). */
  readonly count_K: Tensor;
}

/**
 * Sums of features (B, C, h, w) by the classes of labels (B, H, W), without ignored pixels; with several rows a class, by the rows
 * that `choose` finds for them, class after class.
 */
export function sumByClass(
  feature_BChw: Tensor,
  label_BHW: Tensor,
  { classes, choose, ...labels }: LabelOptions & { classes: number; choose?: RowChoice | undefined },
): ClassSum {
  return scope(() => {
    const share_BKN = classShares(feature_BChw, label_BHW, { classes, ...labels });
    return sumByShares(feature_BChw, choose ? splitByRow(share_BKN, choose(share_BKN)) : share_BKN);
  });
}

/** Sums of features (B, C, h, w) by how much of each class is in each of their pixels (B, K, N). */
export const sumByShares = (feature_BChw: Tensor, share_BKN: Tensor): ClassSum =>
  scope(() => {
    const feature_BNC = feature_BChw.flatten({ startDim: 2 }).transpose(1, 2);
    return { sum_KC: share_BKN.bmm(feature_BNC).sum(0), count_K: share_BKN.sum([0, 2]) };
  });

/** Shares (B, K, N) of the classes in each pixel of a feature (B, C, h, w), by labels (B, H, W). */
export function classShares(
  feature_BChw: Tensor,
  label_BHW: Tensor,
  { classes, ...labels }: LabelOptions & { classes: number },
): Tensor {
  const [, , h = 0, w = 0] = feature_BChw.shape;
  const dtype = feature_BChw.dtype === "float64" ? "float64" : "float32";
  return scope(() =>
    labelWeights(label_BHW, { classes, size: [h, w], dtype, ...labels })
      .narrow(1, 0, classes)
      .flatten({ startDim: 2 }),
  );
}

/** Mean feature (K, C) of each class; zero for classes that did not occur. */
export const classMeans = ({ sum_KC, count_K }: ClassSum): Tensor =>
  scope(() => sum_KC.div(count_K.maskedFill(count_K.eq(0), 1).unsqueeze(1)));

/**
 * Collects the initial memory over any number of batches: for each class the mean direction of its features. The write
 * network has no part in it. Sums are kept in double precision. Made by `ClassMemory.collect`; freed by `dispose` or
 * `using`.
 */
export class ClassSums implements Disposable {
  readonly #sum_KC: Tensor;
  readonly #count_K: Tensor;
  /** So far. */
  #images = 0;

  /** @internal */
  constructor(
    readonly classes: number,
    readonly width: number,
    device: Device,
    /** Rows of a class. */
    readonly rows = 1,
    /** Images that others have added to sums of their own before these. */
    imagesBefore = 0,
  ) {
    this.#images = imagesBefore;
    this.#sum_KC = keep(zeros([classes * rows, width], { dtype: "float64", device }));
    this.#count_K = keep(zeros([classes * rows], { dtype: "float64", device }));
  }

  /**
   * Adds features (B, C, h, w), as the memory would read them, and their labels (B, H, W).
   * @param domains of several rows a class, the one that each image adds to; by default images take turns
   */
  add(
    feature_BChw: Tensor,
    label_BHW: Tensor,
    { domains, ...options }: LabelOptions & { domains?: readonly number[] | undefined } = {},
  ): void {
    checkFeature(feature_BChw, this.width, "ClassSums.add");
    const { classes, rows } = this;
    const turns = feature_BChw.shape[0] ?? 0;
    const rowOf = domains ?? Array.from({ length: turns }, (_, at) => (this.#images + at) % rows);
    if (rows > 1) checkRowsOf(rowOf, { images: turns, rows, operator: "ClassSums.add" });
    this.#images += turns;
    const choose = rows > 1 ? byImage(rowOf, rows) : undefined;
    checkLabel(label_BHW, { operator: "ClassSums.add", batch: feature_BChw.size(0), classes, ...options });
    scope(() =>
      noGrad(() =>
        fullPrecision(feature_BChw, (feature) => {
          const { sum_KC, count_K } = sumByClass(nn.F.normalize(feature), label_BHW, {
            classes,
            choose,
            ...options,
          });
          checkFiniteResult(sum_KC, "ClassSums.add");
          this.#sum_KC.add_(sum_KC);
          this.#count_K.add_(count_K);
        }),
      ),
    );
  }

  /** What was added up so far: to be added up over several processes, in place. */
  get tensors(): readonly [sum_KC: Tensor, count_K: Tensor] {
    return [this.#sum_KC, this.#count_K];
  }

  /** Shares of pixels seen so far of each class, in pixels of the features. */
  get counts(): number[] {
    const { classes, rows } = this;
    return [...(scope(() => this.#count_K.view([classes, rows]).sum(1).toTypedArray()) as Float64Array)];
  }

  /** The memory, class after class, (K, C) or with several rows a class (K R, C), float64: unit rows, zero rows for classes never seen. */
  items(): Tensor {
    return scope(() => nn.F.normalize(classMeans({ sum_KC: this.#sum_KC, count_K: this.#count_K })));
  }

  [Symbol.dispose](): void {
    dispose([this.#sum_KC, this.#count_K]);
  }
}
