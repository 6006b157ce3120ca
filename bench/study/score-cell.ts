// The figures of a finished training: its scores on source validation and unseen domains, as training noted them at its end, and what
// its memory is worth on the unseen ones.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EvaluationEvent } from "@pinmem/core/formats";
import { inspectedDomains, measureReliance } from "pinmem/inspection";
import { openRun, type Recipe, type TrainingEvent } from "pinmem/training";
import type { Altered, Scored, StudyCell } from "./study-cell.js";

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
  const change = rest.join("-").slice(method.name.length + 1);
  const steps = recipe.length.steps ?? 0;
  const evaluations = evaluationsAt(folder, steps);
  return {
    cell,
    benchmark,
    method: method.name,
    change: change === "" ? null : change,
    steps,
    seed,
    secondsPerStep,
    last: evaluations.filter(({ weights }) => weights !== "average").map(scored),
    average: evaluations.filter(({ weights }) => weights === "average").map(scored),
    reliance: "memoryStart" in method ? await relianceOf(folder) : null,
    date: new Date().toISOString().slice(0, 10),
  };
}

function evaluationsAt(folder: string, step: number): EvaluationEvent[] {
  const lines = readFileSync(join(folder, "events.jsonl"), "utf8").trim().split("\n");
  const events = lines.map((line) => JSON.parse(line) as TrainingEvent);
  return events.filter((one) => one.event === "evaluation" && one.step === step) as EvaluationEvent[];
}

const scored = ({ domain, role, images, meanIoU, classIoU }: EvaluationEvent): Scored => ({
  domain,
  role,
  images,
  meanIoU,
  classIoU,
});

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
