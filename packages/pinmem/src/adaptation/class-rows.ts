// Rows of the memory from labeled pictures of a place: for each class the mean direction of its features, as the memory starts
// in training (`ClassMemory.collect`), without the write network. Sums are kept by picture, so that rows without one of them
// are at hand; they are added anew each time, not subtracted, so that a class which only that picture has is exactly absent.
// Shapes: B batch, C width, K classes, h w feature resolution, H W label resolution.

import { areStrokes, type LabelMap, strokeShares } from "@pinmem/core";
import { arange, dispose, fromTypedArray, keep, nn, noGrad, scope, type Tensor, where } from "@pinmem/torch";
import type { EvaluationImage } from "../loading/evaluation-loader.js";
import { classMeans, classShares, sumByShares } from "../memory/class-sums.js";
import { fullPrecision } from "../memory/feature.js";

/** What one picture says of the classes. In double precision; free it. */
export interface PictureSums extends Disposable {
  /** (K, C): directions of the features, each weighted with the share of the class in its pixel. */
  readonly sum_KC: Tensor;
  /** (K) */
  readonly count_K: Tensor;
}

/**
 * Sums of the directions of a feature (1, C, h, w) by the classes of the picture's labels: sampled at the feature's pixels as in training; strokes
 * that lie between these count by area.
 */
export function sumPicture(feature_1Chw: Tensor, labels: LabelMap, classes: number): PictureSums {
  const { sum_KC, count_K } = noGrad(() =>
    scope(() =>
      fullPrecision(feature_1Chw, (feature) => {
        const { sum_KC, count_K } = sumByShares(nn.F.normalize(feature), sharesOf(feature, labels, classes));
        return { sum_KC: keep(sum_KC.to("float64")), count_K: keep(count_K.to("float64")) };
      }),
    ),
  );
  return { sum_KC, count_K, [Symbol.dispose]: () => dispose([sum_KC, count_K]) };
}

/** The labels of a picture as they are loaded. */
export const labelsOf = ({
  label,
  width,
  height,
}: Pick<EvaluationImage, "label" | "width" | "height">): LabelMap => ({
  trainIds: label,
  width,
  height,
});

/** (1, K, N) */
function sharesOf(feature_1Chw: Tensor, labels: LabelMap, classes: number): Tensor {
  const { device, dtype } = feature_1Chw;
  const [, , height = 0, width = 0] = feature_1Chw.shape;
  if (areStrokes(labels.trainIds, classes)) {
    const shares = strokeShares(labels, { width, height }, classes);
    return fromTypedArray(shares, [1, classes, width * height], { device }).to(dtype);
  }
  const label_1HW = fromTypedArray(labels.trainIds, [1, labels.height, labels.width], { device }).to("int64");
  return classShares(feature_1Chw, label_1HW, { classes });
}

export interface RowsOptions {
  /** (K, C), or with several rows a class (K R, C): those of classes that occur in no picture stay as these. */
  readonly before: Tensor;
  /** How much of a row that was written before stays, in [0, 1). Default 0: nothing. */
  readonly momentum?: number;
}

/**
 * New rows, as many as before, from the sums of some pictures: unit length; those of classes that do not occur as before. Of several
 * rows a class that occurs, one for the place takes the place of all: the first; the others are as if never written. What stays
 * of rows before is then of the one that is nearest to it.
 */
export function rowsOf(
  pictures: readonly Pick<PictureSums, "sum_KC" | "count_K">[],
  { before, momentum = 0 }: RowsOptions,
): Tensor {
  return noGrad(() =>
    scope(() => {
      const [first, ...others] = pictures;
      if (!first) return before.clone();
      const total = { sum_KC: first.sum_KC.clone(), count_K: first.count_K.clone() };
      for (const { sum_KC, count_K } of others) {
        total.sum_KC.add_(sum_KC);
        total.count_K.add_(count_K);
      }
      const classes = total.count_K.size(0);
      const rows = before.size(0) / classes;
      const mean_KC = nn.F.normalize(classMeans(total));
      if (rows > 1)
        return replaceAll(
          before.to("float64").view([classes, rows, -1]),
          mean_KC,
          total.count_K,
          momentum,
        ).to(before.dtype);
      const old_KC = before.to("float64");
      const mixed_KC = old_KC.mul(momentum).add(mean_KC, { alpha: 1 - momentum });
      const isPresent_K1 = total.count_K.ne(0).unsqueeze(1);
      return where(isPresent_K1, nn.F.normalize(mixed_KC), old_KC).to(before.dtype);
    }),
  );
}

/** (K R, C) from old rows (K, R, C), mean directions (K, C) and how much of each class there is (K). */
function replaceAll(old_KRC: Tensor, mean_KC: Tensor, count_K: Tensor, momentum: number): Tensor {
  const [, rows = 0, width = 0] = old_KRC.shape;
  const isThere_KR = old_KRC.ne(0).any(2);
  const cosine_KR = old_KRC.matmul(mean_KC.unsqueeze(2)).squeeze(2).maskedFill(isThere_KR.logicalNot(), -2);
  const [, nearest_K] = cosine_KR.max(1) as [Tensor, Tensor];
  const isNearest_KR1 = nearest_K
    .unsqueeze(1)
    .eq(arange(rows, { dtype: "int64", device: old_KRC.device }))
    .unsqueeze(2);
  const moved_KC = nn.F.normalize(
    old_KRC
      .mul(isNearest_KR1)
      .sum(1)
      .mul(momentum)
      .add(mean_KC, { alpha: 1 - momentum }),
  );
  const alone_KRC = moved_KC
    .unsqueeze(1)
    .mul(arange(rows, { device: old_KRC.device }).eq(0).view([1, rows, 1]));
  return where(count_K.ne(0).view([-1, 1, 1]), alone_KRC, old_KRC).view([-1, width]);
}

/** Train ids of the classes that occur in some picture. */
export function writtenClasses(pictures: readonly Pick<PictureSums, "count_K">[]): number[] {
  const present = new Set(
    pictures.flatMap(({ count_K }) =>
      [...(count_K.toTypedArray() as Float64Array)].flatMap((count, trainId) => (count > 0 ? [trainId] : [])),
    ),
  );
  return [...present].sort((a, b) => a - b);
}
