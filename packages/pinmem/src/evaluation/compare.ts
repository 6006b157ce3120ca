// Results of several runs side by side: runs in rows, domains in columns, the mean over unseen domains first; runs of one
// recipe that differ in the seed are followed by their mean and standard deviation.

import { meanOf } from "@pinmem/core";
import {
  type DomainResult,
  describeProtocol,
  type EvaluationResult,
  sameProtocol,
} from "@pinmem/core/formats";
import { visible } from "../files/visible.js";

export interface ComparisonRow {
  /** What the row is called: the run, or the group that it sums up. */
  readonly run: string;
  readonly seeds: readonly number[];
  readonly protocol: string;
  /** Mean IoU over the unseen domains, 0 to 1. */
  readonly unseen: Statistic | null;
  /** Mean IoU by domain. */
  readonly domains: Readonly<Record<string, Statistic | null>>;
}

export interface Statistic {
  readonly mean: number;
  /** Sample standard deviation over seeds; null for a single run. */
  readonly deviation: number | null;
}

export interface Comparison {
  readonly rows: readonly ComparisonRow[];
  readonly domains: readonly string[];
  /** Whether the rows are of several protocols, so that a table needs a column that says which. */
  readonly mixed: boolean;
  /** What a reader has to know to compare the figures, a sentence each. */
  readonly notes: readonly string[];
}

/** Mean IoU over the domains of a result that were not trained on; null where none has a score. */
export const unseenIoU = ({ domains }: EvaluationResult): number | null =>
  meanOf(domains.filter(({ role }) => role !== "source").map(({ meanIoU }) => meanIoU));

/** Results side by side: mean IoU by domain, unseen ones first; mean and deviation over runs that differ in their seed alone. */
export function compareResults(results: readonly EvaluationResult[]): Comparison {
  const domains = [...new Set(results.flatMap((result) => result.domains.map(({ name }) => name)))];
  const groups = new Map<string, EvaluationResult[]>();
  for (const result of results) {
    const key = groupOf(result);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const rows = [...groups.values()].flatMap((group) => {
    const seeds = new Set(group.map(({ run }) => run.seed));
    const rows = group.map((result) => rowOf(result.run.path, [result], domains));
    // Best and last weights of one run are no two seeds.
    const several = seeds.size > 1 && seeds.size === group.length;
    return several ? [...rows, rowOf(`mean of ${seeds.size} seeds`, group, domains)] : rows;
  });
  const [first] = results;
  const mixed = results.some((result) => first && !sameProtocol(result.protocol, first.protocol));
  return { rows, domains, mixed, notes: [...unlikeUnseen(results), ...unlikeClasses(results, domains)] };
}

/** Means over unseen domains of which one run was trained on some, or adapted to them. */
function unlikeUnseen(results: readonly EvaluationResult[]): string[] {
  const unseenBy = countedBy(results, ({ domains }) => {
    const names = domains.filter(({ role }) => role !== "source").map(({ name }) => name);
    return names.length > 0 ? names.join(" and ") : "nothing";
  });
  return unseenBy ? [`"unseen" is not of the same domains: ${unseenBy}`] : [];
}

/** Means of one domain over unlike classes: those that neither occur nor were predicted do not count. */
function unlikeClasses(results: readonly EvaluationResult[], names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const classes = countedBy(results, ({ domains }) => {
      const domain = domains.find((one) => one.name === name);
      return domain ? `${classesIn(domain)} classes` : null;
    });
    return classes ? [`${name}: the mean is over the classes that occur or were predicted, ${classes}`] : [];
  });
}

/** "14 of runs/a, 11 of runs/b" where results differ in what `of` says; null where they are alike. */
function countedBy(
  results: readonly EvaluationResult[],
  of: (result: EvaluationResult) => string | null,
): string | null {
  const runs = new Map<string, string[]>();
  for (const result of results) {
    const said = of(result);
    if (said !== null) runs.set(said, [...(runs.get(said) ?? []), result.run.path]);
  }
  if (runs.size < 2) return null;
  return [...runs].map(([said, paths]) => `${said} for ${[...new Set(paths)].join(", ")}`).join("; ");
}

/** How many classes its mean is over. */
const classesIn = ({ classIoU }: DomainResult): number =>
  Object.values(classIoU).filter((score) => score !== null).length;

/** As text, in percent: the whole table, and below it what the figures are. */
export function formatComparison({ rows, domains, mixed, notes }: Comparison): string {
  const head = ["run", ...(mixed ? ["protocol"] : []), "unseen", ...domains];
  const body = rows.map(({ run, protocol, unseen, domains: scores }) => [
    run,
    ...(mixed ? [protocol] : []),
    percent(unseen),
    ...domains.map((name) => percent(scores[name] ?? null)),
  ]);
  const common = mixed ? "" : `; protocol: ${rows[0]?.protocol ?? ""}`;
  return [
    columnsOf([head, ...body], mixed ? 2 : 1),
    `mean IoU in percent; unseen: mean over the domains that were not trained on${common}`,
    ...notes.map(visible),
  ].join("\n");
}

/** IoU by class of each domain of one result, and its other scores, as text, in percent. */
export function formatClasses({ domains, space }: EvaluationResult): string {
  const shares = (what: string, of: (domain: DomainResult) => number | null | undefined) => [
    what,
    ...domains.map((domain) => percent(single(of(domain) ?? null))),
  ];
  const some = (of: (domain: DomainResult) => unknown) => domains.some((domain) => of(domain) !== null);
  const rows = [
    ["class", ...domains.map(({ name }) => name)],
    ...space.classes.map(({ name }) => shares(name, ({ classIoU }) => classIoU[name])),
    shares("mean IoU", ({ meanIoU }) => meanIoU),
    ["of classes", ...domains.map((domain) => String(classesIn(domain)))],
    shares("pixel accuracy", ({ pixelAccuracy }) => pixelAccuracy),
    shares("mean class accuracy", ({ meanAccuracy }) => meanAccuracy),
    ...(some(({ boundaryIoU }) => boundaryIoU)
      ? [shares("mean boundary IoU", ({ boundaryIoU }) => boundaryIoU?.meanIoU)]
      : []),
    ...(some(({ cohesionLoss }) => cohesionLoss)
      ? [["cohesion loss", ...domains.map(({ cohesionLoss }) => cohesionLoss?.toFixed(4) ?? "-")]]
      : []),
    ["images", ...domains.map(({ images }) => String(images))],
  ];
  return columnsOf(rows, 1);
}

function rowOf(run: string, results: readonly EvaluationResult[], domains: readonly string[]): ComparisonRow {
  const scoreOn = (name: string) =>
    statistic(
      results.map((result) => result.domains.find((domain) => domain.name === name)?.meanIoU ?? null),
    );
  const [first] = results;
  return {
    run,
    seeds: results.map((result) => result.run.seed),
    protocol: first ? `${first.protocol.name} (${describeProtocol(first.protocol)})` : "",
    unseen: statistic(results.map(unseenIoU)),
    domains: Object.fromEntries(domains.map((name) => [name, scoreOn(name)])),
  };
}

/** Null where a value is missing. */
function statistic(values: readonly (number | null)[]): Statistic | null {
  const mean = meanOf(values);
  if (mean === null || values.includes(null)) return null;
  if (values.length < 2) return single(mean);
  const squares = values.reduce<number>((sum, value) => sum + ((value as number) - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

const single = (mean: number | null): Statistic | null => (mean === null ? null : { mean, deviation: null });

/** The same for runs that differ in nothing but the seed, and what cannot change figures: trained alike, and adapted alike. */
function groupOf({ run, recipe, protocol }: EvaluationResult): string {
  const { seed: _seed, name: _name, threads: _threads, device: _device, ...rest } = recipe;
  const { name: _preset, ...steps } = protocol;
  return JSON.stringify([rest, steps, run.adaptation ?? null]);
}

function percent(value: Statistic | null): string {
  if (value === null) return "-";
  const mean = (100 * value.mean).toFixed(1);
  return value.deviation === null ? mean : `${mean} ± ${(100 * value.deviation).toFixed(1)}`;
}

/** Columns of equal width; the first `words` of them begin at the left, figures end at the right. */
function columnsOf(cells: readonly (readonly string[])[], words: number): string {
  const rows = cells.map((row) => row.map(visible));
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at < words ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
