// The figures of a finished training: its scores on source validation and unseen domains, as training noted them at its end, and what
// its memory is worth on the unseen ones.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EvaluationEvent } from "@pinmem/core/formats";
import { calibrate } from "pinmem/adaptation";
import { evaluateRun, openDomains, protocol } from "pinmem/evaluation";
import { inspectedDomains, measureReliance } from "pinmem/inspection";
import { openRun, type Recipe, type TrainingEvent } from "pinmem/training";
import type { Adjusting, Altered, Scored, StudyCell, Voting } from "./study-cell.js";

/** Tried on source validation; a training's own weight is 10. */
const VOTES = [0, 2.5, 5, 7, 10, 14] as const;

export interface CellOptions {
  readonly cell: string;
  readonly recipe: Recipe;
  readonly secondsPerStep: number | null;
}

/** @param folder of the run */
export async function scoreCell(
  folder: string,
  { cell, recipe, secondsPerStep }: CellOptions,
): Promise<StudyCell> {
  const { name, method, seed } = recipe;
  const [benchmark = "", ...rest] = name.split("-");
  const change = rest
    .join("-")
    .slice(method.name.length + 1)
    .replace(/^(slower|faster)(-|$)/, "");
  const steps = recipe.length.steps ?? 0;
  const evaluations = evaluationsAt(folder, steps);
  const hasMemory = "memoryStart" in method;
  return {
    cell,
    benchmark,
    method: method.name,
    change: change === "" ? null : change,
    learningRate: recipe.learningRate.base,
    steps,
    seed,
    secondsPerStep,
    last: evaluations.filter(({ weights }) => weights !== "average").map(scored),
    average: evaluations.filter(({ weights }) => weights === "average").map(scored),
    voting: hasMemory ? await votingOf(folder) : null,
    adjusting: await adjustingOf(folder),
    reliance: hasMemory ? await relianceOf(folder) : null,
    date: new Date().toISOString().slice(0, 10),
  };
}

function evaluationsAt(folder: string, step: number): EvaluationEvent[] {
  const lines = readFileSync(join(folder, "events.jsonl"), "utf8").trim().split("\n");
  const events = lines.map((line) => JSON.parse(line) as TrainingEvent);
  return events.filter((one) => one.event === "evaluation" && one.step === step) as EvaluationEvent[];
}

const scored = ({ domain, role, images, meanIoU, classIoU }: Scored): Scored => ({
  domain,
  role,
  images,
  meanIoU,
  classIoU,
});

/** The weight of the votes that is best on source validation, and what it gives. */
async function votingOf(folder: string): Promise<Voting> {
  const score = async (vote: number, role: Scored["role"]) => {
    using run = openRun(folder, { which: "last", vote });
    const domains = await openDomains([role === "source" ? "validation" : "targets"], run);
    const result = await evaluateRun(run, { protocol: protocol("whole", { vote }), domains });
    return result.domains.map((one) => scored({ ...one, domain: one.name, role }));
  };
  const tried: { weight: number; source: number }[] = [];
  for (const weight of VOTES) {
    const sources = await score(weight, "source");
    const sum = sources.reduce((total, { meanIoU }) => total + (meanIoU ?? 0), 0);
    tried.push({ weight, source: sum / sources.length });
  }
  const { weight } = tried.reduce((best, one) => (one.source > best.source ? one : best));
  return { tried, weight, scored: [...(await score(weight, "source")), ...(await score(weight, "target"))] };
}

/** Calibrates the last weights, and scores them with what that found of the classes' frequencies. */
export async function adjustingOf(folder: string): Promise<Adjusting> {
  {
    using run = openRun(folder, { which: "last" });
    const datasets = async (name: string) => (await openDomains([name], run)).map(({ dataset }) => dataset);
    const sources = await datasets("sources");
    await calibrate(folder, await datasets("validation"), { which: "last", sources, onlyNew: true });
  }
  using run = openRun(folder, { which: "last", logitAdjustment: "auto" });
  const result = await evaluateRun(run, {
    protocol: protocol("whole", { logitAdjustment: "auto" }),
    domains: await openDomains(["validation", "targets"], run),
  });
  return {
    weight: run.adjustedBy,
    scored: result.domains.map((one) =>
      scored({ ...one, domain: one.name, role: one.role === "source" ? "source" : "target" }),
    ),
  };
}

async function relianceOf(folder: string): Promise<Altered[]> {
  using run = openRun(folder, { which: "last", form: "trained" });
  const domains = await inspectedDomains(["targets"], run);
  const { domains: found } = await measureReliance(run.network, domains, { temperatures: [], draws: 1 });
  return found.flatMap(({ name, alterations }) =>
    alterations.map(({ kind, changed, meanIoUDifference }) => ({
      domain: name,
      kind,
      changed,
      meanIoUDifference,
    })),
  );
}
