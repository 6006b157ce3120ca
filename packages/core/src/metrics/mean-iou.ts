// Intersection over union, the score of the benchmark: of the pixels that are a class or were called it, the share that is
// both. Everingham et al., IJCV 2010.

import type { ConfusionMatrix } from "./confusion-matrix.js";

/** By train id, 0 to 1; null for classes that neither occur nor were predicted. */
export function classIoU({ counts, classes }: ConfusionMatrix): (number | null)[] {
  const rows = new Float64Array(classes);
  const columns = new Float64Array(classes);
  for (const [at, count] of counts.entries()) {
    rows[Math.floor(at / classes)] = (rows[Math.floor(at / classes)] as number) + count;
    columns[at % classes] = (columns[at % classes] as number) + count;
  }
  return Array.from({ length: classes }, (_, id) => {
    const both = counts[id * classes + id] as number;
    const union = (rows[id] as number) + (columns[id] as number) - both;
    return union > 0 ? both / union : null;
  });
}

/** Mean over the classes that have a score, as the benchmark counts; null where there is none. */
export const meanIoU = (matrix: ConfusionMatrix): number | null => meanOf(classIoU(matrix));

/** Mean of the values that there are; null where there is none. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}
