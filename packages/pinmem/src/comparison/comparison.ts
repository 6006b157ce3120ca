// Runs side by side: which rows and columns a table of their scores has. A row is one experiment under one protocol, all its
// seeds together; a column is one domain in one role. Unseen domains are what the method is about, so their mean comes first.

import { describeNormalization, describeProtocol, type Protocol, sameProtocol } from "@pinmem/core/formats";
import { methodName } from "../training/methods/index.js";
import { experimentKey } from "./recipe-differences.js";
import { labelRows } from "./row-labels.js";
import { type Cell, type Column, cell, type Scored, type Summary, summary, unitsOf } from "./row-scores.js";
import type { Evaluation, RunRecord } from "./run-record.js";

/** A run with, where somebody chose them, the words that a table calls it by. */
export interface Entry {
  readonly run: RunRecord;
  readonly label?: string;
  /** Heading of the rows among which it stands. */
  readonly group?: string;
}

export interface Row {
  readonly label: string;
  readonly group: string | null;
  readonly members: readonly Scored[];
  /** Place in `protocols`. */
  readonly protocol: number;
  /** Which weights: "best", "last", or the name of a file. */
  readonly weights: string;
  readonly isBaseline: boolean;
  readonly unseen: Summary;
  readonly seen: Summary;
  /** In the order of the columns. */
  readonly cells: readonly Cell[];
}

export interface ShownProtocol {
  /** Null: scored while training. */
  readonly protocol: Protocol | null;
  readonly title: string;
}

export interface Comparison {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly protocols: readonly ShownProtocol[];
  /** What a reader should know. */
  readonly notes: readonly string[];
}

export interface CompareOptions {
  /** Label of a row, or the name of a method or of a run; default: the first row of the method "erm", else the first. */
  readonly baseline?: string;
}

interface Draft extends Scored {
  readonly key: string;
  /** The same for repetitions, whatever they are called. */
  readonly experiment: string;
  readonly label: string | undefined;
  readonly group: string | null;
  readonly protocol: number;
}

/** @throws RangeError where there is no such baseline */
export function compare(entries: readonly Entry[], { baseline }: CompareOptions = {}): Comparison {
  const protocols: ShownProtocol[] = [];
  const drafts = entries.flatMap(({ run, label, group }) =>
    run.evaluations.map((evaluation): Draft => {
      const protocol = placeOf(protocols, evaluation);
      const experiment = JSON.stringify([experimentKey(run.recipe), run.adaptedTo]);
      const key = JSON.stringify([group ?? "", label ?? "", experiment]);
      return { run, evaluation, label, group: group ?? null, protocol, key, experiment };
    }),
  );
  const columns = columnsOf(drafts);
  const groups = grouped(
    drafts,
    ({ key, protocol, evaluation }) => `${key} ${protocol} ${evaluation.weights}`,
  );
  const labels = labelRows(groups.map((members) => members.map(({ run, label }) => ({ run, label }))));
  const bare = groups.map((members, at) => ({
    members,
    label: labels[at] as string,
    first: members[0] as Draft,
  }));
  const chosen = baselineOf(bare, baseline);

  const rows = bare.map(({ members, label, first }): Row => {
    const reference = bare.find(
      (other) =>
        other.first.experiment === chosen &&
        other.first.protocol === first.protocol &&
        other.first.evaluation.weights === first.evaluation.weights,
    );
    const isBaseline = first.experiment === chosen;
    const against = isBaseline ? undefined : reference?.members;
    return {
      label,
      group: first.group,
      members: members.map(({ run, evaluation }) => ({ run, evaluation })),
      protocol: first.protocol,
      weights: first.evaluation.weights,
      isBaseline,
      unseen: summary(members, against, columns, "target"),
      seen: summary(members, against, columns, "source"),
      cells: columns.map((column) => cell(members, against, column)),
    };
  });
  return { columns, rows, protocols, notes: notesOf(entries, drafts) };
}

function placeOf(protocols: ShownProtocol[], { protocol, normalize }: Evaluation): number {
  const own = normalize && describeNormalization(normalize);
  const title = protocol
    ? `${protocol.name}: ${describeProtocol(protocol)}`
    : `in training: whole image${own ? `, ${own}` : ""}`;
  const same = (other: ShownProtocol) =>
    protocol && other.protocol
      ? sameProtocol(protocol, other.protocol)
      : protocol === other.protocol && title === other.title;
  const known = protocols.findIndex(same);
  return known >= 0 ? known : protocols.push({ protocol, title }) - 1;
}

function columnsOf(drafts: readonly Draft[]): Column[] {
  const found = new Map<string, Column>();
  for (const { evaluation } of drafts) {
    for (const { dataset, name, role } of evaluation.domains) {
      const key = `${role} ${dataset}`;
      if (!found.has(key)) found.set(key, { dataset, name, role });
    }
  }
  return unitsOf([...found.values()]).flat();
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
}

function baselineOf(
  rows: readonly { label: string; first: Draft; members: readonly Draft[] }[],
  wanted?: string,
): string | undefined {
  if (wanted === undefined) {
    return (rows.find(({ first }) => first.run.recipe.method.name === "erm") ?? rows[0])?.first.experiment;
  }
  const found = rows.find(
    ({ label, members }) =>
      label === wanted ||
      members.some(
        ({ run }) => run.name === wanted || run.path === wanted || methodName(run.recipe.method) === wanted,
      ),
  );
  if (found) return found.first.experiment;
  const names = rows.map(({ label }) => JSON.stringify(label)).join(", ");
  throw new RangeError(
    `there is no row "${wanted}" to compare with; there are ${names}, and the names of runs and methods`,
  );
}

function notesOf(entries: readonly Entry[], drafts: readonly Draft[]): string[] {
  const notes = entries.flatMap(({ run }) => run.notes.map((note) => `${run.name}: ${note}`));
  const images = new Map<string, Set<number>>();
  for (const { evaluation } of drafts) {
    for (const { name, dataset, images: count } of evaluation.domains) {
      const key = `${name} (${dataset})`;
      images.set(key, (images.get(key) ?? new Set()).add(count));
    }
  }
  for (const [domain, counts] of images) {
    if (counts.size > 1)
      notes.push(`${domain}: not all rows saw the same images (${[...counts].join(", ")} of them)`);
  }
  return [...new Set(notes)];
}
