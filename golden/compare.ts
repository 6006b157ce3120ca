// How far figures are from the golden ones, and how far they may be.
//
// Every figure is compared on the scale of what it was computed from, never relative to itself alone: a sum of n numbers
// near zero is as uncertain as its terms. With d the deviation and x the figure's tensor of n elements:
//
//   element, minimum, maximum   d / largest |x|
//   mean, standard deviation    d / root mean square of x
//   sum                         d / (n * root mean square of x): by Cauchy and Schwarz what a relative error of the
//                               tensor as a whole, |dx| / |x|, can make of the sum; with the L2 norm, sqrt(n) * L2
//   L2 norm                     d / L2
//   L2 norm and sum of a gradient that vanishes by theory (a bias before batch norm), so that both sides print rounding
//                               d / the largest L2 of the group, in a group of its own. "Vanishes" is 1e-9 of the
//                               largest; the smallest real gradient in the first nine cases is 5e-5 of it
//   histogram                   d / total
//   number                      d / |number|
//
// Double precision: 1e-7 (other versions of the library reorder sums, nine printed digits leave 5e-10).
//
// Single precision: each side is one draw of rounding noise, and the gap of one figure may be zero by luck, so gaps are
// pooled: within a section, all forward figures, all losses, all gradients, … Our largest deviation must be within twice
// the largest gap. The floor below which no tolerance falls is 8 * 2^-23 = 9.5e-7: rounding at each of 60 to 150 layers
// leaves about sqrt(depth) * 2^-24, and the logits of the first nine cases are 4e-7 to 9e-7 from the truth.
//
// Even a pooled gap is one draw. At the sizes of the golden cases a batch norm over two values divides rounding by a
// difference that may be tiny, and a ReLU that turns at zero changes gradients by 1e-4 at a stroke or, in the next draw,
// not at all; so which CPU made the file decides (with the kernels of the file's CPU our deviation equals its gap, with
// others it was up to 5 times as large, in the first nine cases). Where twice the gap is exceeded, the
// noise is therefore measured anew, without our single precision: the section runs in double precision from weights that
// are off by what sums in single precision lose (formulaRounding), several times, and twice the largest deviation of
// those runs counts if it is larger.

import type { Expected } from "./case-file.js";
import { type Figures, Norms, Snapshot } from "./figures.js";

export const goldenPrecisions = ["float64", "float32"] as const;
export type Precision = (typeof goldenPrecisions)[number];

export const DOUBLE_TOLERANCE = 1e-7;
export const SINGLE_FLOOR = 8 * 2 ** -23;
const VANISHING = 1e-9;

/** One number compared: both distances from the truth are on the figure's scale. */
interface Comparison {
  readonly figure: string;
  readonly group: string;
  readonly deviation: number;
  /** Of the file's single-precision figures. */
  readonly gap: number;
}

/** The figure of a group that is furthest from the truth. */
export interface GroupResult {
  readonly group: string;
  readonly figures: number;
  readonly deviation: number;
  readonly tolerance: number;
  /** What the tolerance is derived from: the figures' printed precision, the file's own noise, or noise measured anew. */
  readonly basis: "fixed" | "gap" | "rounding";
  /** Where the largest deviation is. */
  readonly figure: string;
  readonly passed: boolean;
}

export interface Golden {
  readonly f64: Expected;
  readonly f32: Expected;
}

export interface CompareOptions {
  precision: Precision;
  /** Tolerance in double precision for a figure, where the file's truth is less certain than 1e-7. */
  doubleTolerance?: ((figure: string) => number) | undefined;
  /** The section's figures in double precision from slightly moved weights; called where single precision is too far off. */
  rounded?: (() => readonly Figures[]) | undefined;
}

/** Compares a section's figures with the golden ones, group by group. Golden figures that were not computed fail. */
export function compareSection(ours: Figures, golden: Golden, options: CompareOptions): GroupResult[] {
  const { precision, doubleTolerance = () => DOUBLE_TOLERANCE, rounded } = options;
  const groups = grouped(ours, golden);
  const gaps = new Map([...groups].map(([group, all]) => [group, largest(all.map(({ gap }) => gap))]));
  const inDouble = () =>
    [...groups].map(([group, all]) => judge(group, all, ({ figure }) => doubleTolerance(figure), "fixed"));
  const inSingle = (noise: ReadonlyMap<string, number>, basis: "gap" | "rounding") =>
    [...groups].map(([group, all]) => {
      const gap = Math.max(2 * (gaps.get(group) ?? 0), SINGLE_FLOOR);
      const measured = 2 * (noise.get(group) ?? 0);
      return judge(group, all, () => Math.max(gap, measured), measured > gap ? basis : "gap");
    });
  if (precision === "float64") return inDouble();
  const results = inSingle(new Map(), "gap");
  if (!rounded || results.every(({ passed, deviation }) => passed || !Number.isFinite(deviation)))
    return results;
  return inSingle(noiseOf(rounded(), golden), "rounding");
}

function grouped(ours: Figures, golden: Golden): Map<string, Comparison[]> {
  const groups = new Map<string, Comparison[]>();
  for (const comparison of compare(ours, golden, [])) {
    const group = groups.get(comparison.group) ?? [];
    group.push(comparison);
    groups.set(comparison.group, group);
  }
  return groups;
}

/** Largest deviation of each group in several runs. */
function noiseOf(runs: readonly Figures[], golden: Golden): Map<string, number> {
  const noise = new Map<string, number>();
  for (const figures of runs) {
    for (const [group, all] of grouped(figures, golden)) {
      noise.set(group, largest([noise.get(group) ?? 0, ...all.map(({ deviation }) => deviation)]));
    }
  }
  return noise;
}

function judge(
  group: string,
  comparisons: readonly Comparison[],
  toleranceOf: (comparison: Comparison) => number,
  basis: GroupResult["basis"],
): GroupResult {
  const ratio = (comparison: Comparison) => comparison.deviation / toleranceOf(comparison);
  const worst = comparisons.reduce((a, b) => (ratio(b) > ratio(a) ? b : a));
  const tolerance = toleranceOf(worst);
  const { deviation, figure } = worst;
  const passed = comparisons.every((comparison) => comparison.deviation <= toleranceOf(comparison));
  return { group, figures: comparisons.length, deviation, tolerance, basis, figure, passed };
}

type Path = readonly (string | number)[];

const textOf = (path: Path): string => path.join(".");

const forward = new Set(["logits", "inter_feature", "taps", "read_weights", "query_weights", "memory_out"]);

/** Figures of one kind share their noise: "forward", "losses", "grads_l2_sum", …, in iterations each for itself. */
function groupOf(path: Path): string {
  const [first = "", second = ""] = path;
  const [prefix, kind] = typeof first === "number" ? [`${first}.`, String(second)] : ["", first];
  return prefix + (forward.has(kind) ? "forward" : kind);
}

function* compare(ours: Figures | undefined, { f64, f32 }: Golden, path: Path): Generator<Comparison> {
  if (ours === undefined) {
    yield failure(path, "was not computed");
  } else if (ours instanceof Snapshot) {
    yield* isStatistics(f64) && isStatistics(f32)
      ? compareStatistics(ours, f64, f32, path)
      : compareElements(ours.values, flatten(f64), flatten(f32), path);
  } else if (typeof ours === "number") {
    const [truth, single] = [Number(f64), Number(f32)];
    yield scaled(path, ours, truth, single, Math.abs(truth));
  } else if (typeof ours === "string") {
    // Text is a mask; how many of its bits single precision turns is not comparable, so it is not asked.
    yield {
      figure: textOf(path),
      group: groupOf(path),
      deviation: ours === f64 ? 0 : 1,
      gap: f32 === f64 ? 0 : 1,
    };
  } else if (ours instanceof Norms) {
    yield* compareNorms({ "": ours }, { f64: { "": f64 }, f32: { "": f32 } }, path);
  } else if (isNumbers(ours)) {
    yield* compareHistogram(ours, flatten(f64), flatten(f32), path);
  } else if (Object.values(ours)[0] instanceof Norms) {
    yield* compareNorms(ours as Record<string, Norms>, { f64, f32 }, path);
  } else {
    for (const [name, child] of Object.entries(f64 as Record<string, Expected>)) {
      const key = Array.isArray(f64) ? Number(name) : name;
      if (name === "note") continue;
      const golden = { f64: child, f32: (f32 as Record<string, Expected>)?.[name] ?? child };
      yield* compare((ours as Record<string, Figures>)[name], golden, [...path, key]);
    }
  }
}

interface Statistics {
  readonly shape: readonly number[];
  readonly n: number;
  readonly sum: number;
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly absmax: number;
  readonly stride: number;
  readonly samples: readonly number[];
}

const isStatistics = (value: unknown): value is Statistics =>
  typeof value === "object" && value !== null && "samples" in value && "stride" in value;

function* compareStatistics(
  { shape, values }: Snapshot,
  f64: Statistics,
  f32: Statistics,
  path: Path,
): Generator<Comparison> {
  if (shape.join() !== f64.shape.join()) {
    yield failure(path, `has the shape [${shape.join(", ")}], expected [${f64.shape.join(", ")}]`);
    return;
  }
  const own = statisticsOf(values);
  const rms = Math.hypot(f64.mean, f64.std);
  const scales = { sum: f64.n * rms, mean: rms, std: rms, min: f64.absmax, max: f64.absmax } as const;
  for (const name of ["sum", "mean", "std", "min", "max"] as const) {
    yield scaled([...path, name], own[name], f64[name], f32[name], scales[name]);
  }
  for (const [i, sample] of f64.samples.entries()) {
    const value = values[i * f64.stride] ?? Number.NaN;
    yield scaled([...path, `samples[${i}]`], value, sample, f32.samples[i] ?? Number.NaN, f64.absmax);
  }
}

/** Sum, mean, population standard deviation and range. */
function statisticsOf(values: Float64Array): Pick<Statistics, "sum" | "mean" | "std" | "min" | "max"> {
  let [sum, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    sum += value;
    if (!(value >= min)) min = value;
    if (!(value <= max)) max = value;
  }
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { sum, mean, std: Math.sqrt(squares / values.length), min, max };
}

function* compareElements(
  values: Float64Array,
  f64: readonly number[],
  f32: readonly number[],
  path: Path,
): Generator<Comparison> {
  if (values.length !== f64.length) {
    yield failure(path, `has ${values.length} elements, expected ${f64.length}`);
    return;
  }
  const largest = f64.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const [i, truth] of f64.entries()) {
    yield scaled([...path, `[${i}]`], values[i] ?? Number.NaN, truth, f32[i] ?? Number.NaN, largest);
  }
}

function* compareNorms(ours: Record<string, Norms>, golden: Golden, path: Path): Generator<Comparison> {
  const f64 = golden.f64 as Record<string, readonly [number, number]>;
  const f32 = golden.f32 as Record<string, readonly [number, number]>;
  const largest = Math.max(...Object.values(f64).map(([l2]) => l2));
  for (const [name, [l2, sum]] of Object.entries(f64)) {
    const own = ours[name];
    const at = name === "" ? path : [...path, name];
    if (!own) {
      yield failure(at, "was not computed");
      continue;
    }
    const [single2, singleSum] = f32[name] ?? [Number.NaN, Number.NaN];
    const vanishes = l2 < VANISHING * largest;
    const scale = vanishes ? largest : l2;
    const group = groupOf(path) + (vanishes ? " that vanish" : "");
    yield { ...scaled([...at, "L2"], own.l2, l2, single2, scale), group };
    yield { ...scaled([...at, "sum"], own.sum, sum, singleSum, scale * Math.sqrt(own.count)), group };
  }
}

function* compareHistogram(
  counts: readonly number[],
  f64: readonly number[],
  f32: readonly number[],
  path: Path,
): Generator<Comparison> {
  const total = f64.reduce((a, b) => a + b, 0);
  for (const [i, truth] of f64.entries()) {
    // One pixel may fall to either class where two are equal to rounding.
    const gap = Math.max(Math.abs((f32[i] ?? Number.NaN) - truth), 1) / total;
    yield { ...scaled([...path, `[${i}]`], counts[i] ?? Number.NaN, truth, truth, total), gap };
  }
}

function scaled(path: Path, own: number, truth: number, single: number, scale: number): Comparison {
  const deviation = Math.abs(own - truth) / (scale || 1);
  const gap = Math.abs(single - truth) / (scale || 1);
  return {
    figure: textOf(path),
    group: groupOf(path),
    deviation: Number.isNaN(deviation) ? Number.POSITIVE_INFINITY : deviation,
    gap: Number.isNaN(gap) ? 0 : gap,
  };
}

const failure = (path: Path, problem: string): Comparison => ({
  figure: `${textOf(path)} ${problem}`,
  group: groupOf(path),
  deviation: Number.POSITIVE_INFINITY,
  gap: 0,
});

/** Of any number of values, unlike Math.max. */
const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), 0);

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((element) => typeof element === "number");

const flatten = (value: Expected): number[] =>
  Array.isArray(value) ? (value as Expected[]).flatMap(flatten) : [Number(value)];
