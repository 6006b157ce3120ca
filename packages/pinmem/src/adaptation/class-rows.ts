// Rows of the memory from labeled pictures of a place: for each class the mean direction of its features, as the memory starts
// in training (`ClassMemory.collect`), without the write network. Sums are kept by picture, so that rows without one of them
// are at hand; they are added anew each time, not subtracted, so that a class which only that picture has is exactly absent.
// Shapes: B batch, C width, K classes, h w feature resolution, H W label resolution.

import { dispose, keep, nn, noGrad, scope, type Tensor, where } from "@pinmem/torch";
import { classMeans, sumByClass } from "../memory/class-sums.js";
import { fullPrecision } from "../memory/feature.js";

/** What one picture says of the classes. In double precision; free it. */
export interface PictureSums extends Disposable {
  /** (K, C): directions of the features, each weighted with the share of the class in its pixel. */
  readonly sum_KC: Tensor;
  /** (K) */
  readonly count_K: Tensor;
}

/** Sums of the directions of a feature (1, C, h, w) by the classes of its label (1, H, W, int64). */
export function sumPicture(feature_1Chw: Tensor, label_1HW: Tensor, classes: number): PictureSums {
  const { sum_KC, count_K } = noGrad(() =>
    scope(() =>
      fullPrecision(feature_1Chw, (feature) => {
        const { sum_KC, count_K } = sumByClass(nn.F.normalize(feature), label_1HW, { classes });
        return { sum_KC: keep(sum_KC.to("float64")), count_K: keep(count_K.to("float64")) };
      }),
    ),
  );
  return { sum_KC, count_K, [Symbol.dispose]: () => dispose([sum_KC, count_K]) };
}

export interface RowsOptions {
  /** (K, C): rows of classes that occur in no picture stay as these. */
  readonly before: Tensor;
  /** How much of a row that was written before stays, in [0, 1). Default 0: nothing. */
  readonly momentum?: number;
}

/** New rows (K, C) from the sums of some pictures: unit length; those of classes that do not occur as before. */
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
      const old_KC = before.to("float64");
      const mean_KC = nn.F.normalize(classMeans(total));
      const mixed_KC = old_KC.mul(momentum).add(mean_KC, { alpha: 1 - momentum });
      const isPresent_K1 = total.count_K.ne(0).unsqueeze(1);
      return where(isPresent_K1, nn.F.normalize(mixed_KC), old_KC).to(before.dtype);
    }),
  );
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
