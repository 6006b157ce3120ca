// Means and deviations over runs, and fewer points for curves that have more than a chart can show.

import type { Curve } from "./run-record.js";

/** Null of no values. */
export const meanOf = (values: readonly number[]): number | null =>
  values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;

/** Of a sample (n - 1); null of less than two values. */
export function deviationOf(values: readonly number[]): number | null {
  const mean = meanOf(values);
  if (mean === null || values.length < 2) return null;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** At most `most` points, each the mean of as many neighbors; null among them are left out. */
export function downsample(curve: Curve, most = 500): Curve {
  const size = Math.max(1, Math.ceil(curve.length / most));
  if (size === 1) return curve;
  return Array.from({ length: Math.ceil(curve.length / size) }, (_, at) => {
    const part = curve.slice(at * size, (at + 1) * size);
    const values = part.flatMap(([, value]) => (value === null ? [] : [value]));
    return [meanOf(part.map(([step]) => step)) ?? 0, meanOf(values)] as const;
  });
}

/** The mean over a window around each point, a `share` of the curve wide: what a noisy curve does on the whole. */
export function smooth(curve: Curve, share = 0.05): Curve {
  const reach = Math.floor((curve.length * share) / 2);
  return curve.map(([step], at) => {
    const near = Math.min(reach, at, curve.length - 1 - at);
    const values = curve
      .slice(at - near, at + near + 1)
      .flatMap(([, value]) => (value === null ? [] : [value]));
    return [step, meanOf(values)] as const;
  });
}
