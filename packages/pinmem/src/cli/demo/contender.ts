// What one method does in the demo, alone in a process of its own beside the other's: steps that fit into the time are counted, trained,
// and scored on looks that were never seen, as trained and with what needs no training in a new place.

import { join } from "node:path";
import { duration } from "@pinmem/core";
import { type EvaluationResult, protocol, type TrainingEvent } from "@pinmem/core/formats";
import { EvaluationInterrupted, evaluateRun } from "../../evaluation/evaluate-run.js";
import type { EvaluationDomain } from "../../evaluation/evaluate-run-options.js";
import { openDomains } from "../../evaluation/open-domains.js";
import { writeResult } from "../../evaluation/result-file.js";
import { changeRecipe } from "../../recipes/change-recipe.js";
import { type DemoStart, demoRecipe } from "../../recipes/demo-recipe.js";
import { type Recipe, resolveRecipe } from "../../recipes/recipe.js";
import { type OpenRun, openRun } from "../../runs/open-run.js";
import { train } from "../../runs/train.js";
import { measureSteps, type Pace, stepsWithin } from "./measure-steps.js";
import { scoreAdapted, scoreWithOwnStatistics } from "./new-place.js";
import { type ComparedMethod, type DemoRun, scoresOf } from "./summary.js";

/** What both methods have in common, as it goes to their processes. */
export interface DemoPlan {
  /** Folder of the demo; each method's run is inside. */
  readonly out: string;
  readonly seed: number;
  readonly start: DemoStart;
  /** Changes to both recipes, "path=value". */
  readonly set: readonly string[];
  /** Of each method's process. */
  readonly threads: number;
}

export interface Task extends DemoPlan {
  readonly method: ComparedMethod;
  /** In place of those that fit into the time. */
  readonly steps: number | null;
  /** What training may take. */
  readonly seconds: number;
}

/** What is told on the way. */
export interface Listener {
  /** A line. */
  readonly say: (line: string) => void;
  readonly onEvent: (event: TrainingEvent) => void;
  /** Stops after the step or image in work. */
  readonly signal: AbortSignal;
}

/** The signal stopped a method. */
export class ContenderInterrupted extends Error {
  override readonly name = "ContenderInterrupted";
  /** The run that can be resumed. */
  readonly run: string | null;

  /** @param when such as "after step 3 of 100 of erm" */
  constructor(when: string, { run = null }: { readonly run?: string | null } = {}) {
    super(when);
    this.run = run;
  }
}

/** The recipe of a method in the demo. */
export const recipeOf = (
  method: ComparedMethod,
  steps: number,
  { seed, start, set, threads }: DemoPlan,
): Recipe =>
  resolveRecipe(
    changeRecipe({ ...demoRecipe(method, { steps, start }), seed, threads }, set),
    `the demo's ${method}`,
  );

/** @throws ContenderInterrupted; whatever training and evaluation throw */
export async function contend(task: Task, listener: Listener): Promise<DemoRun> {
  const { method, out } = task;
  const { say } = listener;
  const phases: Record<string, number> = {};
  const timed = async <T>(phase: string, work: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    const result = await work();
    phases[phase] = (performance.now() - from) / 1000;
    return result;
  };
  const { recipe, steps, pace } = await timed("measuring steps", () => planSteps(task, listener));
  const trainingSeconds = await timed("training", () => trainOne(task, recipe, listener));
  const scored = await timed("scores", () => score(task, listener.signal));
  say(`${method}: scored as trained`);
  const { own, adjusted, adapted } = await timed("new places", () =>
    inNewPlaces(task, scored, listener.signal),
  );
  say(
    `${method}: scored with own statistics and adjusted logits, and adapted to ${Object.keys(adapted).length} looks`,
  );
  return {
    method,
    folder: join(out, method),
    steps,
    pace,
    trainingSeconds,
    ...scoresOf(scored.result),
    ownStatistics: scoresOf(own),
    adjusted: scoresOf(adjusted),
    adapted: scoresOf(scored.result, adapted),
    phases,
    peakMemory: process.resourceUsage().maxRSS * 1024,
  };
}

interface PlannedSteps {
  readonly recipe: Recipe;
  readonly steps: number;
  readonly pace: Pace | null;
}

/** How many steps a training takes: those that are given, or those that fit into the time. */
async function planSteps(task: Task, { say, signal }: Listener): Promise<PlannedSteps> {
  const { method, steps: given, seconds } = task;
  if (given !== null) return { recipe: recipeOf(method, given, task), steps: given, pace: null };
  const when = `while steps of ${method} were measured`;
  const pace = await measureSteps(recipeOf(method, 1, task), { signal }).catch((error) => {
    stopIfAsked(signal, when);
    throw error;
  });
  stopIfAsked(signal, when);
  const steps = stepsWithin(seconds, pace);
  const start = pace.start > 0 ? `, ${pace.start.toFixed(1)} s of them for the memory's start` : "";
  say(
    `${method}: ${steps} step${steps === 1 ? "" : "s"} of ${pace.step.toFixed(2)} s fit into ${duration(seconds)}${start}`,
  );
  return { recipe: recipeOf(method, steps, task), steps, pace };
}

/** Returns the seconds that it took, without the evaluation at its end. */
async function trainOne({ method, out }: Task, recipe: Recipe, { onEvent, signal }: Listener) {
  const folder = join(out, method);
  let [start, end] = [0, 0];
  const write = (event: TrainingEvent) => {
    if (event.event === "start") start = performance.now();
    if (event.event === "step") end = performance.now();
    onEvent(event);
  };
  const events = [{ write, flush() {}, close() {} }];
  const { reason, step } = await train(recipe, { folder, events, signal });
  if (reason === "finished") return (end - start) / 1000;
  throw new ContenderInterrupted(`after step ${step} of ${recipe.length.steps} of ${method}`, {
    run: folder,
  });
}

/** A run's scores as trained, and what it and its domains are. */
interface Scored extends Pick<OpenRun, "recipe" | "space"> {
  readonly result: EvaluationResult;
  readonly domains: readonly EvaluationDomain[];
}

/** Scores a run on sources' validation and on every unseen look, as `pinmem evaluate RUN --on validation,targets` does. */
async function score({ method, out }: Task, signal: AbortSignal): Promise<Scored> {
  const path = join(out, method);
  using run = openRun(path);
  try {
    const { recipe, space } = run;
    const domains = await openDomains(["validation", "targets"], run);
    const result = await evaluateRun(run, { protocol: protocol("whole"), domains, signal });
    await writeResult(join(path, "evaluations/whole-validation+targets-best.json"), result);
    return { result, domains, recipe, space };
  } catch (error) {
    if (error instanceof EvaluationInterrupted) stopIfAsked(signal, `while ${method} was scored`);
    throw error;
  }
}

/** What own statistics, adjusted logits and a few labeled pictures make of a run. */
async function inNewPlaces(
  { method, out }: Task,
  { domains, recipe, space }: Scored,
  signal: AbortSignal,
): Promise<Record<"own" | "adjusted", EvaluationResult> & { adapted: Record<string, number | null> }> {
  const path = join(out, method);
  try {
    const own = await scoreWithOwnStatistics(path, domains, { adjusted: false, signal });
    const adjusted = await scoreWithOwnStatistics(path, domains, { adjusted: true, signal });
    const adapted = await scoreAdapted(path, domains, { recipe, space }, signal);
    return { own, adjusted, adapted };
  } catch (error) {
    stopIfAsked(signal, `while ${method} was tried in new places`);
    throw error;
  }
}

function stopIfAsked(signal: AbortSignal, when: string): void {
  if (signal.aborted) throw new ContenderInterrupted(when);
}
