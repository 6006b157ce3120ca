// Few and noisy timings: medians, and ratios that are formed round by round, so that a slow minute hits both sides.

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error("internal: the median of nothing");
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

/** Median over rounds of ours / theirs. */
export const medianRatio = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.map((value, round) => value / (theirs[round] as number)));

export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
