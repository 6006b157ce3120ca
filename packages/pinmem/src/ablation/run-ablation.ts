// Trains the cells of an ablation one after the other, each a run in a folder of its own. What is finished is not trained
// again, what was interrupted goes on after its newest checkpoint; so the same command can be given until all is done.
//
// Several processes share the cells out among themselves, and each trains the next that nobody has taken, alone. All of them on
// one cell would be simpler to follow, but another experiment: a step of N processes is one of N times the accumulation.

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
import { EvaluationInterrupted } from "../evaluation/evaluate-run.js";
import { digestOf } from "../files/sha256.js";
import { isDiskFull } from "../files/write-error.js";
import { alone, type Facts, type World } from "../processes/world.js";
import { withAbsolutePaths } from "../recipes/absolute-paths.js";
import { loadStoredRecipe } from "../recipes/load-recipe.js";
import type { Recipe } from "../recipes/recipe.js";
import { differences } from "../recipes/recipe-differences.js";
import type { Normalization } from "../runs/open-normalized.js";
import { deviceBeside } from "../runs/recipe-for-all.js";
import { RunError } from "../runs/run-error.js";
import { RunFolder } from "../runs/run-folder.js";
import { train } from "../runs/train.js";
import { otherRecipe } from "../runs/train-on.js";
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
  /**
   * The processes that share the cells, all of which call this with the same plan and folder, which all see: each trains the next cell
   * that nobody has taken yet. The first writes the file. Default: this one alone.
   */
  readonly world?: World;
}

/**
 * @returns the ablation as it stands: whole, or with cells that failed, were interrupted or still wait
 * @throws RunError before anything is trained where a folder holds the run of another recipe; what was met where the disk
 *   is full
 */
export async function runAblation(
  base: Recipe,
  plan: Plan,
  { folder, weights = "best", normalization, onCell, events, signal, world = alone }: AblationOptions,
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
  const isFirst = world.rank === 0;
  const own = new Set<string>();
  const write = async () => {
    if (!isFirst) return;
    // What the others have done meanwhile shows in their folders; how an evaluation scored it, only at the end.
    if (world.size > 1) {
      for (const cell of plan.cells.filter(({ name }) => !own.has(name))) {
        const state = await stateOf(cell, folder, weights);
        states.set(cell.name, normalization ? { ...state, scores: null } : state);
      }
    }
    await writeAblation(folder, ablation());
  };
  const done = async (cell: Cell, before: AblationCell, stop: AbortSignal): Promise<AblationCell> => {
    const trained = async (): Promise<AblationCell> => {
      const problem = await trainCell(cell, folder, { events: events?.() ?? [], signal: stop, world });
      const after = await stateOf(cell, folder, weights);
      return problem === null ? after : { ...after, state: "failed", problem };
    };
    const state = before.state === "done" ? before : await trained();
    if (state.state !== "done" || !normalization) return state;
    return scoreCell(cell, state, folder, { weights, normalization, signal: stop, world });
  };
  await world.agree("what they try out", factsOf(base, plan, { folder, weights, normalization }));
  await write();
  const texts = await world.apart(
    "ablation",
    async (piecework) => {
      const found: AblationCell[] = [];
      const { signal: stop } = piecework;
      for (;;) {
        const index = await piecework.claim();
        if (index >= plan.cells.length || stop.aborted) break;
        const cell = plan.cells[index] as Cell;
        const before = states.get(cell.name) as AblationCell;
        onCell?.(cell, { index, count: plan.cells.length, state: before.state });
        const state = await done(cell, before, stop);
        found.push(state);
        own.add(cell.name);
        states.set(cell.name, state);
        await write();
      }
      return JSON.stringify(found);
    },
    { signal },
  );
  for (const text of texts)
    for (const state of JSON.parse(text) as AblationCell[]) {
      own.add(state.name);
      states.set(state.name, state);
    }
  if (world.size > 1) await write();
  return ablation();
}

/** What the processes must have in common. */
const factsOf = (
  base: Recipe,
  { cells }: Plan,
  { folder, weights, normalization }: Pick<AblationOptions, "folder" | "weights" | "normalization">,
): Facts => ({
  recipe: digestOf(base),
  cells: `${cells.length}, ${digestOf(cells.map(({ name, set }) => [name, set]))}`,
  folder,
  weights: weights ?? null,
  normalization: normalization ? digestOf(normalization.normalize) : null,
});

/** A process that trains alone beside others on its machine: with its own device, and its part of what they share. */
const beside = ({ localRank, localSize }: World): World => ({ ...alone, localRank, localSize });

/** Trains a cell to its end or to an interruption; says why where it cannot. */
async function trainCell(
  { name, recipe }: Cell,
  folder: string,
  { world, ...options }: { events: readonly EventSink[]; signal: AbortSignal; world: World },
): Promise<string | null> {
  const run = new RunFolder(cellFolder(folder, name));
  try {
    await train(recipe, { folder: run, resume: run.exists, world: beside(world), ...options });
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
  { world, ...options }: { weights: Which; normalization: Normalization; signal: AbortSignal; world: World },
): Promise<AblationCell> {
  try {
    const device = deviceBeside(recipe.device, world.localRank);
    const result = await evaluateCell(cellFolder(folder, name), {
      recipe: { ...recipe, device },
      ...options,
    });
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
  // In all fields: cells of one study are scored alike.
  const found = differences([await loadStoredRecipe(run.recipe), recipe].map(withAbsolutePaths));
  if (found.length > 0) throw otherRecipe(path, found, "Choose another `folder`");
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
