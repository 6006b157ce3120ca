// How far figures of a foundation backbone are from the golden ones: relative L2 of samples, lengths relative to themselves, sums and
// products with the formula's stream relative to what they can be, length times square root of the number of elements.

import { noGrad, scope, type Tensor } from "@pinmem/torch";
import type { GroupResult } from "../compare.js";
import { hash, unit } from "../formula.js";
import type { Samples } from "./files.js";

export interface Deviation {
  readonly figure: string;
  readonly deviation: number;
  readonly tolerance: number;
}

/** The deviations of one kind, with the one nearest to its tolerance or furthest beyond. */
export function groupOf(
  group: string,
  deviations: readonly Deviation[],
  basis: GroupResult["basis"],
): GroupResult {
  const ratio = ({ deviation, tolerance }: Deviation) =>
    Number.isNaN(deviation) ? Infinity : deviation / tolerance;
  const worst = deviations.reduce((a, b) => (ratio(b) > ratio(a) ? b : a));
  return { group, figures: deviations.length, ...worst, basis, passed: ratio(worst) <= 1 };
}

const valuesOf = (tensor: Tensor): Float64Array =>
  scope(() => noGrad(() => tensor.detach().to("float64").contiguous().toTypedArray() as Float64Array));

const length = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value ** 2;
  return Math.sqrt(sum);
};

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** How far samples in single precision are from the truth, relative to it. */
export const distance = (truth: Samples, single: Samples): number =>
  length(truth.samples.map((value, j) => (single.samples[j] ?? Number.NaN) - value)) / length(truth.samples);

/** Length of so many samples of a tensor, if they are like the others. */
export const usualLength = ({ shape, l2, samples }: Samples): number =>
  l2 * Math.sqrt(samples.length / shape.reduce((product, size) => product * size, 1));

/** Values, or samples of them, with length and sum. */
export function compareTensor(
  figure: string,
  tensor: Tensor,
  expected: Omit<Samples, "samples"> & { samples?: readonly number[]; values?: readonly number[] },
  tolerance: number,
  /** Where the tolerance is of the whole tensor: what its samples may be by chance smaller than. */
  usual = 0,
): Deviation[] {
  const at = (part: string, deviation: number): Deviation => ({
    figure: `${figure}.${part}`,
    deviation,
    tolerance,
  });
  if (tensor.shape.join() !== expected.shape.join()) {
    return [at(`shape is [${tensor.shape.join(", ")}], expected [${expected.shape.join(", ")}]`, Infinity)];
  }
  const values = valuesOf(tensor);
  const ours = expected.values
    ? [...values]
    : (expected.samples ?? []).map((_, j) => values[(101 + 7919 * j) % values.length] as number);
  const theirs = expected.values ?? expected.samples ?? [];
  const difference = length(theirs.map((value, j) => (ours[j] as number) - value));
  return [
    at(expected.values ? "values" : "samples", difference / Math.max(length(theirs), usual)),
    at("l2", Math.abs(length(values) - expected.l2) / expected.l2),
    at("sum", Math.abs(sumOf(values) - expected.sum) / (expected.l2 * Math.sqrt(values.length))),
  ];
}

/** A gradient by its length, its sum and its product with the formula's stream. */
export function compareGradient(
  name: string,
  gradient: Tensor | null | undefined,
  expected: readonly [l2: number, sum: number, dot: number] | null,
  { tolerance, isRounding }: { tolerance: number; isRounding: boolean },
): Deviation[] {
  const at = (part: string, deviation: number): Deviation => ({
    figure: `${name}.${part}`,
    deviation,
    tolerance,
  });
  if (expected === null) return [at("is not used", gradient ? Infinity : 0)];
  if (!gradient) return [at("was not computed", Infinity)];
  const values = valuesOf(gradient);
  const [l2, sum, dot] = expected;
  // Zero in theory: that of a key's bias, which softmax ignores. Other gradients are of the order of 1e-4 and more.
  if (isRounding)
    return [{ figure: `${name} vanishes`, deviation: length(values), tolerance: 1e-3 * tolerance }];
  const seed = hash(name);
  const ours = values.reduce((total, value, i) => total + value * unit(seed, i), 0);
  const scale = l2 * Math.sqrt(values.length);
  return [
    at("l2", Math.abs(length(values) - l2) / l2),
    at("sum", Math.abs(sumOf(values) - sum) / scale),
    at("dot", Math.abs(ours - dot) / scale),
  ];
}
