// What a comparison is made of, from what the command line names: runs, files of evaluations, folders of ablations.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Ablation, ablationFile, cellFolder, readAblation } from "./ablation-file.js";
import type { Entry } from "./comparison.js";
import { ownerOf, readEvaluations, readRun, scoresWhileTraining, type Which } from "./read-run.js";
import type { RunRecord } from "./run-record.js";

export interface Entries {
  readonly entries: readonly Entry[];
  /** Path of the run that gains are over, where an ablation has one. */
  readonly baseline: string | null;
  /** What to call the comparison, where it is an ablation and nothing else. */
  readonly title: string | null;
}

/**
 * What was given twice counts once.
 * @param which of runs without evaluations, whose scores are taken from their logs; of an ablation, its own choice
 * @throws RunError, ResultError, RecipeError saying what is wrong with which file
 */
export async function readEntries(paths: readonly string[], which?: Which): Promise<Entries> {
  const distinct = new Map(paths.map((path) => [resolve(path), path]));
  const all: Entries[] = [];
  const own = [...distinct.values()];
  for (const path of own) {
    if (existsSync(ablationFile(path))) {
      all.push(await readCells(path, readAblation(path)));
      continue;
    }
    const owner = ownerOf(path);
    // Several evaluations of a run are of one run, which stands where the first was named.
    const files = owner === null ? [path] : own.filter((one) => ownerOf(one) === owner);
    if (files[0] !== path) continue;
    const run = await (owner === null ? readRun(path, which) : readEvaluations(owner, files, which));
    all.push({ entries: [{ run }], baseline: null, title: null });
  }
  return {
    entries: all.flatMap(({ entries }) => entries),
    baseline: all.find(({ baseline }) => baseline !== null)?.baseline ?? null,
    title: all.length === 1 ? (all[0]?.title ?? null) : null,
  };
}

/**
 * The cells that are done, by study and variant. They are compared by their evaluations where all of them were evaluated,
 * otherwise all by the scores noted while training: figures of both kinds say nothing about each other.
 */
async function readCells(folder: string, { recipe, studies, cells, weights }: Ablation): Promise<Entries> {
  const done = cells.filter(({ state }) => state === "done").map(({ name }) => name);
  const runs = new Map<string, RunRecord>();
  for (const name of done) runs.set(name, await readRun(cellFolder(folder, name), weights));
  if ([...runs.values()].some(({ evaluations }) => evaluations.every(({ protocol }) => protocol === null))) {
    for (const [name, run] of runs)
      runs.set(name, { ...run, evaluations: scoresWhileTraining(run.log, weights, run.recipe.validation) });
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
    title: `Ablation of ${String(recipe.name)}`,
  };
}
