// What a comparison is made of, from what the command line names: runs, files of evaluations, folders of ablations.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Ablation, ablationFile, cellFolder, readAblation } from "../ablation/ablation-file.js";
import type { Entry } from "./comparison.js";
import { readRun, type Which } from "./read-run.js";
import type { RunRecord } from "./run-record.js";

export interface Entries {
  readonly entries: readonly Entry[];
  /** Path of the run that gains are over, where an ablation has one. */
  readonly baseline: string | null;
}

/**
 * What was given twice counts once.
 * @param which of runs without evaluations, whose scores are taken from their logs; of an ablation, its own choice
 * @throws RunError, ResultError, RecipeError saying what is wrong with which file
 */
export async function readEntries(paths: readonly string[], which?: Which): Promise<Entries> {
  const distinct = new Map(paths.map((path) => [resolve(path), path]));
  const all: Entries[] = [];
  for (const path of distinct.values()) {
    if (existsSync(ablationFile(path))) all.push(await readCells(path, readAblation(path)));
    else all.push({ entries: [{ run: await readRun(path, which) }], baseline: null });
  }
  return {
    entries: all.flatMap(({ entries }) => entries),
    baseline: all.find(({ baseline }) => baseline !== null)?.baseline ?? null,
  };
}

/** The cells that have scores, by study and variant. */
async function readCells(folder: string, { studies, cells, weights }: Ablation): Promise<Entries> {
  const runs = new Map<string, RunRecord>();
  for (const { name, state } of cells) {
    if (state === "done") runs.set(name, await readRun(cellFolder(folder, name), weights));
  }
  const [first] = cells;
  return {
    entries: studies.flatMap(({ title, rows }) =>
      rows.flatMap((row) =>
        row.cells.flatMap((name) => {
          const run = runs.get(name);
          return run ? [{ run, label: row.title, group: title }] : [];
        }),
      ),
    ),
    baseline: first && runs.has(first.name) ? cellFolder(folder, first.name) : null,
  };
}
