// How frequent classes are in the labels of some data sets, of which a part is looked at, spread evenly.

import type { Dataset, Sample } from "../datasets/dataset.js";
import { LabelDecoder } from "../datasets/label-decoding.js";
import { DataError } from "../files/data-error.js";
import { spreadEvenly } from "./check.js";
import type { ImageProblem } from "./evaluation-loader.js";
import { openSample } from "./open-sample.js";
import { applyToLabel } from "./transforms/apply-plan.js";
import { planWhole } from "./transforms/geometric.js";

export interface FrequencyOptions {
  /** Labels of each data set, at most. Default 64. */
  readonly labels?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of labels that cannot be used, which are left out; without it, the first one ends everything. */
  readonly onProblem?: ((problem: ImageProblem) => void) | undefined;
}

/**
 * Share of each class in the labeled pixels, by train id: the mean over the data sets, which training takes equally often. All 0 where
 * nothing is labeled.
 * @throws DataError naming a label that cannot be used, where nobody is told
 */
export async function classFrequencies(
  datasets: readonly Dataset[],
  { labels = 64, signal, onProblem }: FrequencyOptions = {},
): Promise<number[]> {
  const shares: number[][] = [];
  for (const dataset of datasets) {
    const counts = dataset.space.classes.map(() => 0);
    const decoder = new LabelDecoder(dataset.decoding);
    for (const sample of spreadEvenly(dataset.samples, labels)) {
      signal?.throwIfAborted();
      const ids = await trainIdsOf(sample, { decoder, space: dataset.space, options: {} }).catch((error) => {
        if (!onProblem || !(error instanceof DataError)) throw error;
        onProblem({ index: dataset.samples.indexOf(sample), file: error.file, problem: error.problem });
        return new Uint8Array();
      });
      for (const id of ids) if (id < counts.length) counts[id] = (counts[id] as number) + 1;
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total > 0) shares.push(counts.map((count) => count / total));
  }
  const [first = []] = datasets.map(({ space }) => space.classes);
  return first.map((_, id) => shares.reduce((sum, share) => sum + (share[id] as number) / shares.length, 0));
}

/** Train ids of all its pixels. */
async function trainIdsOf(sample: Sample, context: Parameters<typeof openSample>[1]): Promise<Uint8Array> {
  const opened = await openSample(sample, context);
  const plan = planWhole(opened);
  const ids = new Uint8Array(plan.size.width * plan.size.height);
  applyToLabel(plan, opened.label(plan), ids);
  return ids;
}
