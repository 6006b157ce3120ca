// What the demo found: figures for programs, a table for people.

import { meanOf } from "@pinmem/core";
import type { EvaluationResult } from "@pinmem/core/formats";
import type { DemoStart } from "../../recipes/demo-recipe.js";
import type { Pace } from "./measure-steps.js";
import { SHOTS } from "./new-place.js";

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
  readonly looks: readonly LookScore[];
  /** The same with each picture's own statistics, where it looks unlike the sources. */
  readonly ownStatistics: Scores;
  /** With those, and the looks' class frequencies taken out of the logits. */
  readonly adjusted: Scores;
  /** The same of runs that were adapted to each unseen look from labeled pictures of it; sources have none. */
  readonly adapted: Scores;
  /** Seconds that they were spent on; scores at the end of a training count as training. */
  readonly phases: Readonly<Record<string, number>>;
  /** Largest resident size of its process, in bytes. */
  readonly peakMemory: number;
}

export interface LookScore {
  readonly name: string;
  readonly role: "source" | "unseen";
  readonly images: number;
  readonly meanIoU: number | null;
}

export type Scores = Pick<DemoRun, "unseen" | "source" | "looks">;

export interface DemoSummary {
  readonly folder: string;
  readonly seed: number;
  /** What the backbones started from. */
  readonly start: DemoStart;
  /** The budget; what was taken is `seconds`. */
  readonly minutes: number;
  readonly seconds: number;
  /** What they were spent on; both methods are in work at once. */
  readonly phases: Readonly<Record<string, number>>;
  /** Largest resident sizes of all three processes together, in bytes. */
  readonly peakMemory: number;
  readonly runs: readonly DemoRun[];
  readonly report: string;
  /** A scene in every look. */
  readonly looks: string;
  /** Gives the same figures again on this machine. */
  readonly again: string;
}

/** @param given mean IoU by domain in place of the result's own */
export function scoresOf(
  { domains }: EvaluationResult,
  given?: Readonly<Record<string, number | null>>,
): Scores {
  const looks = domains.map(({ name, role, images, meanIoU }) => ({
    name: name.replace(/^streets:/, ""),
    role: role === "source" ? ("source" as const) : ("unseen" as const),
    images,
    meanIoU: given ? (given[name] ?? null) : meanIoU,
  }));
  const over = (wanted: "source" | "unseen") =>
    meanOf(looks.filter(({ role }) => role === wanted).map(({ meanIoU }) => meanIoU));
  return { unseen: over("unseen"), source: over("source"), looks };
}

/** Methods in columns, each as trained and with what helps in a new place; looks in rows, the mean over the unseen ones first. */
export function formatTable(runs: readonly DemoRun[]): string {
  const columns = runs.flatMap((run) => [
    { name: run.method, scores: run as Scores },
    { name: "+ image", scores: run.ownStatistics },
    { name: "+ logits", scores: run.adjusted },
    { name: `+ ${SHOTS} pict.`, scores: run.adapted },
  ]);
  const row = (name: string, scoreOf: (scores: Scores) => number | null | undefined): string[] => [
    name,
    ...columns.map(({ scores }) => percent(scoreOf(scores) ?? null)),
  ];
  const looks = (role: "source" | "unseen") =>
    (runs[0]?.looks ?? [])
      .filter((look) => look.role === role)
      .map(({ name }) => row(`  ${name}`, ({ looks }) => looks.find((look) => look.name === name)?.meanIoU));
  return `${inColumns([
    ["mean IoU in percent", ...columns.map(({ name }) => name)],
    row("unseen looks, mean", ({ unseen }) => unseen),
    ...looks("unseen"),
    row("looks trained on, mean", ({ source }) => source),
    ...looks("source"),
  ])}

+ image: where a picture looks unlike the sources, with its own statistics in batch norm and under other exposures (--normalize image:auto)
+ logits: with that, and without the trained looks' class frequencies, so that rare classes are said more often (--logit-adjustment auto)
+ ${SHOTS} pict.: adapted to the look from ${SHOTS} labeled pictures of other scenes, in seconds (pinmem adapt)`;
}

const percent = (share: number | null): string => (share === null ? "-" : (100 * share).toFixed(1));

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
