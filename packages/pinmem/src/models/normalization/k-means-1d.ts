// k-means of numbers, exact: in one dimension clusters are intervals of the sorted values, so dynamic programming finds the
// best ones. Each row of the table is filled by divide and conquer, because the best start of the last interval never
// moves left as its end moves right. O(n log n + k n log n) for n distinct values.
//
// Source: Wang and Song, "Ckmeans.1d.dp", The R Journal 2011; Grønlund et al., "Fast exact k-means", 2017.

export interface Cluster1d {
  readonly centroid: number;
  /** Smallest value of the cluster. */
  readonly from: number;
  /** How many values it holds. */
  readonly count: number;
}

interface Distinct {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

function distinct(values: ArrayLike<number>): Distinct {
  const sorted = Float64Array.from(values).sort();
  const counts = new Float64Array(sorted.length);
  let last = -1;
  for (const value of sorted) {
    if (last < 0 || sorted[last] !== value) sorted[++last] = value;
    counts[last] = (counts[last] ?? 0) + 1;
  }
  return { values: sorted.subarray(0, last + 1), counts: counts.subarray(0, last + 1) };
}

/** Sum of squared distances to their mean of the values `i` to `j`, inclusive, from running sums. */
function costs({ values, counts }: Distinct): (i: number, j: number) => number {
  const [n, middle] = [values.length, values[values.length >> 1] ?? 0];
  const [weight, sum, squares] = [new Float64Array(n + 1), new Float64Array(n + 1), new Float64Array(n + 1)];
  for (let i = 0; i < n; i++) {
    const [value, count] = [(values[i] as number) - middle, counts[i] as number];
    weight[i + 1] = (weight[i] as number) + count;
    sum[i + 1] = (sum[i] as number) + count * value;
    squares[i + 1] = (squares[i] as number) + count * value * value;
  }
  return (i, j) => {
    const total = (sum[j + 1] as number) - (sum[i] as number);
    const spread = (squares[j + 1] as number) - (squares[i] as number);
    return Math.max(0, spread - (total * total) / ((weight[j + 1] as number) - (weight[i] as number)));
  };
}

/**
 * The partition of `values` into `clusters` intervals with the smallest sum of squared distances to their means, in ascending
 * order. Equal values stay together, so there are never more clusters than distinct values.
 */
export function kMeans1d(values: ArrayLike<number>, clusters: number): Cluster1d[] {
  if (!Number.isInteger(clusters) || clusters < 1) {
    throw new RangeError(`kMeans1d: argument 'clusters' must be an integer of at least 1, got ${clusters}`);
  }
  const all = distinct(values);
  const n = all.values.length;
  const k = Math.min(clusters, n);
  const starts = intervalStarts(n, k, costs(all));
  return starts.map((start, index) => summarize(all, start, starts[index + 1] ?? n));
}

/** First index of each of `k` intervals of 0 … n-1 with the smallest sum of costs. */
function intervalStarts(n: number, k: number, cost: (i: number, j: number) => number): number[] {
  let best = Float64Array.from({ length: n }, (_, j) => cost(0, j));
  const choices: Int32Array[] = [];
  for (let row = 1; row < k; row++) {
    const [previous, next, choice] = [best, new Float64Array(n), new Int32Array(n)];
    // Cells low … high, whose last interval starts within first … last.
    const fill = (low: number, high: number, first: number, last: number): void => {
      if (low > high) return;
      const j = (low + high) >> 1;
      let [least, at] = [Number.POSITIVE_INFINITY, first];
      for (let i = Math.max(first, row); i <= Math.min(last, j); i++) {
        const sum = (previous[i - 1] as number) + cost(i, j);
        if (sum < least) [least, at] = [sum, i];
      }
      next[j] = least;
      choice[j] = at;
      fill(low, j - 1, first, at);
      fill(j + 1, high, at, last);
    };
    fill(row, n - 1, row, n - 1);
    choices.push(choice);
    best = next;
  }
  const starts: number[] = [];
  let end = n - 1;
  for (const choice of choices.reverse()) {
    starts.unshift(choice[end] as number);
    end = (choice[end] as number) - 1;
  }
  return n > 0 ? [0, ...starts] : [];
}

function summarize({ values, counts }: Distinct, start: number, end: number): Cluster1d {
  let [count, sum] = [0, 0];
  for (let i = start; i < end; i++) {
    count += counts[i] as number;
    sum += (counts[i] as number) * (values[i] as number);
  }
  return { centroid: sum / count, from: values[start] as number, count };
}
