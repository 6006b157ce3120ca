// What the demo found: figures for programs, a table for people.

import { meanOf } from "@pinmem/core";
import type { EvaluationResult } from "@pinmem/core/formats";
import type { Pace } from "./measure-steps.js";

/** The two that are compared. */
export const demoMethods = ["erm", "pin-memory"] as const;
export type ComparedMethod = (typeof demoMethods)[number];

export interface DemoRun {
  readonly method: ComparedMethod;
  /** The folder of the run. */
  readonly folder: string;
  readonly steps: number;
  /** What the number of steps was made from; null where it was given. */
  readonly pace: Pace | null;
  /** What training took: the memory's start and all steps, the evaluation at the end not counted. */
  readonly trainingSeconds: number;
  /** Mean IoU over the looks of each kind, 0 to 1. */
  readonly unseen: number | null;
  readonly source: number | null;
  readonly looks: readonly {
    readonly name: string;
    readonly role: "source" | "unseen";
    readonly images: number;
    readonly meanIoU: number | null;
  }[];
}

export interface DemoSummary {
  readonly folder: string;
  readonly seed: number;
  /** The budget; what was taken is `seconds`. */
  readonly minutes: number;
  readonly seconds: number;
  /** What they were spent on; scores at the end of a training count as training. */
  readonly phases: Readonly<Record<string, number>>;
  /** Largest resident size of the process, in bytes. */
  readonly peakMemory: number;
  readonly runs: readonly DemoRun[];
  readonly report: string;
  /** A scene in every look. */
  readonly looks: string;
  /** Gives the same figures again on this machine. */
  readonly again: string;
}

export function scoresOf({ domains }: EvaluationResult): Pick<DemoRun, "unseen" | "source" | "looks"> {
  const looks = domains.map(({ name, role, images, meanIoU }) => ({
    name: name.replace(/^streets:/, ""),
    role: role === "source" ? ("source" as const) : ("unseen" as const),
    images,
    meanIoU,
  }));
  const over = (wanted: "source" | "unseen") =>
    meanOf(looks.filter(({ role }) => role === wanted).map(({ meanIoU }) => meanIoU));
  return { unseen: over("unseen"), source: over("source"), looks };
}

/** Methods in columns, looks in rows, the mean over the unseen ones first; in percent. */
export function formatTable(runs: readonly DemoRun[]): string {
  const [first, second] = runs;
  if (!first || !second) throw new Error("internal: the table compares two runs");
  const row = (name: string, scoreOf: (run: DemoRun) => number | null | undefined): string[] => {
    const [a, b] = [scoreOf(first) ?? null, scoreOf(second) ?? null];
    return [name, percent(a), percent(b), a === null || b === null ? "-" : points(b - a)];
  };
  const looks = (role: "source" | "unseen") =>
    first.looks
      .filter((look) => look.role === role)
      .map(({ name }) => row(`  ${name}`, (run) => run.looks.find((look) => look.name === name)?.meanIoU));
  return inColumns([
    ["mean IoU in percent", first.method, second.method, "gain"],
    row("unseen looks, mean", ({ unseen }) => unseen),
    ...looks("unseen"),
    row("looks trained on, mean", ({ source }) => source),
    ...looks("source"),
  ]);
}

const percent = (share: number | null): string => (share === null ? "-" : (100 * share).toFixed(1));

function points(difference: number): string {
  const text = (100 * difference).toFixed(1);
  return difference > 0 && text !== "0.0" ? `+${text}` : text.replace(/^-(?=0\.0$)/, "");
}

function inColumns(rows: readonly (readonly string[])[]): string {
  const width = (at: number) => Math.max(...rows.map((row) => row[at]?.length ?? 0));
  const widths = (rows[0] ?? []).map((_, at) => width(at));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart((widths[at] ?? 0) + 3)))
        .join(""),
    )
    .join("\n");
}
