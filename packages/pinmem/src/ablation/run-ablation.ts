// Trains the cells of an ablation one after the other, each a run in a folder of its own. What is finished is not trained
// again, what was interrupted goes on after its newest checkpoint; so the same command can be given until all is done.

import { existsSync } from "node:fs";
import { meanOf } from "@pinmem/core";
import type { EvaluationResult, EventSink } from "@pinmem/core/formats";
import {
  type Ablation,
  type AblationCell,
  cellFolder,
  newAblation,
  writeAblation,
} from "../comparison/ablation-file.js";
import { readEvents, scoreOf } from "../comparison/read-events.js";
import { scoresWhileTraining, type Which } from "../comparison/read-run.js";
import { differences } from "../comparison/recipe-differences.js";
import { EvaluationInterrupted } from "../evaluation/evaluate-run.js";
import { isDiskFull } from "../files/write-error.js";
import { withAbsolutePaths } from "../recipes/absolute-paths.js";
import { loadStoredRecipe } from "../recipes/load-recipe.js";
import type { Recipe } from "../recipes/recipe.js";
import type { Normalization } from "../runs/open-normalized.js";
import { RunError } from "../runs/run-error.js";
import { RunFolder } from "../runs/run-folder.js";
import { train } from "../runs/train.js";
import { evaluateCell } from "./evaluate-cell.js";
import type { Cell, Plan } from "./plan.js";

export interface AblationOptions {
  readonly folder: string;
  /** Which weights of a run its scores are of. Default "best", on source validation; "last" where nothing is validated on. */
  readonly weights?: Which;
  /**
   * Whose statistics batch norm takes where cells are scored: each is evaluated so when it is done. Default: scores are those
   * that were noted while training.
   */
  readonly normalization?: Normalization | undefined;
  /** Told of every cell before it is trained, or found done. */
  readonly onCell?: (cell: Cell, at: { index: number; count: number; state: AblationCell["state"] }) => void;
  /** Where events of a cell's training go beside its folder. */
  readonly events?: () => readonly EventSink[];
  /** Stops after the step in progress, which is saved. */
  readonly signal?: AbortSignal;
}

/**
 * @returns the ablation as it stands: whole, or with cells that failed, were interrupted or still wait
 * @throws RunError before anything is trained where a folder holds the run of another recipe; what was met where the disk
 *   is full
 */
export async function runAblation(
  base: Recipe,
  plan: Plan,
  { folder, weights = "best", normalization, onCell, events, signal }: AblationOptions,
): Promise<Ablation> {
  if (new RunFolder(folder).exists)
    throw new RunError(folder, "is the folder of a run. Choose another `folder`");
  for (const cell of plan.cells) await checkFolder(cell, cellFolder(folder, cell.name));
  const seeds = [...new Set(plan.cells.map(({ seed }) => seed))];
  const states = new Map<string, AblationCell>();
  for (const cell of plan.cells) states.set(cell.name, await stateOf(cell, folder, weights));
  const ablation = () =>
    newAblation({
      recipe: base as unknown as Ablation["recipe"],
      weights,
      ...(normalization && { normalize: normalization.normalize }),
      seeds,
      studies: plan.studies.map(({ rows, ...study }) => ({
        ...study,
        rows: rows.map(({ title, cells }) => ({ title, cells: [...cells] })),
      })),
      cells: plan.cells.map(({ name }) => states.get(name) as AblationCell),
    });
  const write = () => writeAblation(folder, ablation());
  const trained = async (cell: Cell): Promise<AblationCell> => {
    const problem = await trainCell(cell, folder, { events: events?.() ?? [], ...(signal && { signal }) });
    const after = await stateOf(cell, folder, weights);
    return problem === null ? after : { ...after, state: "failed", problem };
  };
  const scored = async (cell: Cell, state: AblationCell): Promise<AblationCell> =>
    normalization ? scoreCell(cell, state, folder, { weights, normalization, signal }) : state;
  await write();
  for (const [index, cell] of plan.cells.entries()) {
    const before = states.get(cell.name) as AblationCell;
    if (signal?.aborted) break;
    onCell?.(cell, { index, count: plan.cells.length, state: before.state });
    const state = before.state === "done" ? before : await trained(cell);
    states.set(cell.name, state.state === "done" ? await scored(cell, state) : state);
    await write();
  }
  return ablation();
}

/** Trains a cell to its end or to an interruption; says why where it cannot. */
async function trainCell(
  { name, recipe }: Cell,
  folder: string,
  options: { events: readonly EventSink[]; signal?: AbortSignal },
): Promise<string | null> {
  const run = new RunFolder(cellFolder(folder, name));
  try {
    await train(recipe, { folder: run, resume: run.exists, ...options });
    return null;
  } catch (error) {
    // On a full disk every other cell would be trained in vain.
    if (!(error instanceof Error) || error.message.startsWith("internal:") || isDiskFull(error)) throw error;
    return error.message;
  }
}

/** The state of a cell that is done, with scores of an evaluation in place of those noted while training. */
async function scoreCell(
  { name, recipe }: Cell,
  done: AblationCell,
  folder: string,
  options: { weights: Which; normalization: Normalization; signal: AbortSignal | undefined },
): Promise<AblationCell> {
  try {
    const result = await evaluateCell(cellFolder(folder, name), { recipe, ...options });
    return { ...done, scores: result && scoresOf(result) };
  } catch (error) {
    if (error instanceof EvaluationInterrupted) return { ...done, state: "interrupted", scores: null };
    if (!(error instanceof Error) || error.message.startsWith("internal:") || isDiskFull(error)) throw error;
    return { ...done, state: "failed", problem: error.message, scores: null };
  }
}

function scoresOf({ run, domains }: EvaluationResult): AblationCell["scores"] {
  const each = domains.map(({ name, role, meanIoU }) => ({ name, role: role ?? "target", meanIoU }));
  const mean = (role: "source" | "target") =>
    meanOf(each.filter((domain) => domain.role === role).map(({ meanIoU }) => meanIoU));
  return { step: run.step, unseen: mean("target"), source: mean("source"), domains: each };
}

async function checkFolder({ recipe }: Cell, path: string): Promise<void> {
  const run = new RunFolder(path);
  if (!run.exists) return;
  const [first] = differences([await loadStoredRecipe(run.recipe), recipe].map(withAbsolutePaths));
  if (!first) return;
  const [there, wanted] = first.values;
  throw new RunError(
    path,
    `holds a run by another recipe: ${first.path} is ${there ?? "not there"}, not ${wanted ?? "left out"}. Choose another \`folder\``,
  );
}

/** How far a cell is, from its folder. */
async function stateOf(
  { name, seed, set, recipe }: Cell,
  folder: string,
  weights: Which,
): Promise<AblationCell> {
  const run = new RunFolder(cellFolder(folder, name));
  const log = await readEvents(run.events);
  const done = existsSync(run.model("last"));
  const [evaluation] = done ? scoresWhileTraining(log, weights, recipe.validation) : [];
  return {
    name,
    seed,
    set: [...set],
    state: done ? "done" : run.exists ? "interrupted" : "waiting",
    problem: null,
    seconds: log?.seconds ?? null,
    scores: evaluation
      ? {
          step: evaluation.step,
          unseen: scoreOf(evaluation.domains, "target"),
          source: scoreOf(evaluation.domains, "source"),
          domains: evaluation.domains.map(({ name: domain, role, meanIoU }) => ({
            name: domain,
            role,
            meanIoU,
          })),
        }
      : null,
  };
}
