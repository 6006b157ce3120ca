// The figures of one row: means over its runs, by domain and over all domains of a role, and what they gain over a baseline.

import type { DomainScores, Evaluation, Role, RunRecord } from "./run-record.js";
import { deviationOf, meanOf } from "./statistics.js";

export interface Column {
  readonly dataset: string;
  readonly name: string;
  readonly role: Role;
}

/** Over the runs of a row; shares from 0 to 1. */
export interface Score {
  readonly mean: number;
  /** Over seeds; null of one run. */
  readonly deviation: number | null;
  readonly runs: number;
}

export interface Cell {
  readonly score: Score | null;
  /** Above the baseline's score by the same protocol; null for the baseline itself and where it has none. */
  readonly gain: number | null;
}

/** A mean over the domains of a role. */
export interface Summary extends Cell {
  /** How many of the columns it is over; there is a gain where the baseline's mean is over the same. */
  readonly domains: number;
}

export interface Scored {
  readonly run: RunRecord;
  readonly evaluation: Evaluation;
}

/** The unseen columns, then those of the sources: the order that all columns are in. */
export const unitsOf = (columns: readonly Column[]): [unseen: Column[], seen: Column[]] => [
  columns.filter(({ role }) => role === "target"),
  columns.filter(({ role }) => role === "source"),
];

const domainOf = ({ evaluation }: Scored, { dataset, role }: Column): DomainScores | undefined =>
  evaluation.domains.find((domain) => domain.dataset === dataset && domain.role === role);

export function cell(
  members: readonly Scored[],
  against: readonly Scored[] | undefined,
  column: Column,
): Cell {
  const of = (scored: readonly Scored[]) =>
    scoreOver(scored.map((one) => domainOf(one, column)?.meanIoU ?? null));
  const score = of(members);
  return { score, gain: difference(score, against ? of(against) : null) };
}

export function summary(
  members: readonly Scored[],
  against: readonly Scored[] | undefined,
  columns: readonly Column[],
  role: Role,
): Summary {
  const ofRole = columns.filter((column) => column.role === role);
  const shared = (scored: readonly Scored[]) =>
    ofRole.filter((column) => scored.every((one) => (domainOf(one, column)?.meanIoU ?? null) !== null));
  const over = (scored: readonly Scored[], which: readonly Column[]) =>
    scoreOver(
      scored.map((one) => meanOf(which.map((column) => domainOf(one, column)?.meanIoU ?? Number.NaN))),
    );
  const own = shared(members);
  const score = over(members, own);
  const alike =
    against && shared(against).length === own.length && own.every((one) => shared(against).includes(one));
  return { score, gain: difference(score, alike ? over(against, own) : null), domains: own.length };
}

function scoreOver(values: readonly (number | null)[]): Score | null {
  const known = values.filter((value) => value !== null);
  const mean = meanOf(known);
  return mean === null ? null : { mean, deviation: deviationOf(known), runs: known.length };
}

const difference = (a: Score | null, b: Score | null): number | null => (a && b ? a.mean - b.mean : null);
