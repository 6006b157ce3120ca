// `pinmem report`: runs side by side, as one HTML file.

import { Command } from "commander";
import type { Comparison } from "../comparison/comparison.js";
import { bestOrLast } from "./options.js";
import { explained } from "./running.js";

interface ReportFlags {
  readonly out: string;
  readonly title?: string;
  readonly baseline?: string;
  readonly which: "best" | "last";
  readonly json?: true;
}

export function reportCommand(): Command {
  return new Command("report")
    .description(
      "Compare runs: scores, classes, curves, pictures, recipes, as one HTML file that needs nothing else.",
    )
    .argument("<run...>", "folders of runs, files of evaluations, or folders of ablations")
    .option("--out <file>", "where the report goes", "report.html")
    .option("--title <text>", "its heading")
    .option(
      "--baseline <name>",
      "what gains are over: a row, a run or a method (default: erm, else the first)",
    )
    .option(
      "--which <weights>",
      "of runs without evaluations: which scores noted while training, best or last",
      bestOrLast,
      "best",
    )
    .option("--json", "print the comparison as JSON, too")
    .addHelpText(
      "after",
      `
Example:
  npx pinmem report runs/erm-1 runs/erm-2 runs/pin-memory-1 runs/pin-memory-2 --out comparison.html

Runs that differ in their seed alone become one row: mean and deviation (a seed named in the weights' file that each went on from
does not set them apart). Scores are those of RUN/evaluations; of a run that
has none, those noted while training, marked as such. Scores by different protocols stand in one table, each with its own.

Exit codes: 0 written; 1 it could not be written, and the last line says why; 2 wrong usage.`,
    )
    .action(async (paths: string[], flags: ReportFlags) => explained(() => report(paths, flags)));
}

async function report(
  paths: readonly string[],
  { out, title, baseline, which, json }: ReportFlags,
): Promise<void> {
  const [{ readEntries }, { writeReport }] = await Promise.all([
    import("../comparison/read-entries.js"),
    import("../report/write-report.js"),
  ]);
  const { entries, baseline: own, title: ownTitle } = await readEntries(paths, which);
  const reference = baseline ?? own;
  const heading = title ?? ownTitle;
  const comparison = await writeReport(entries, {
    file: out,
    ...(heading !== null && { title: heading }),
    ...(reference !== null && { baseline: reference }),
  });
  if (json) console.log(JSON.stringify(asJson(comparison), null, 2));
  else console.log(`report           ${out}`);
}

/** Scores as shares from 0 to 1, without the runs' logs and pictures. */
export function asJson({ columns, rows, protocols, notes }: Comparison): unknown {
  return {
    columns,
    protocols,
    rows: rows.map(({ members, ...row }) => ({
      ...row,
      runs: members.map(({ run, evaluation }) => ({
        path: run.path,
        seed: run.recipe.seed,
        step: evaluation.step,
        weights: evaluation.weights,
      })),
    })),
    notes,
  };
}
