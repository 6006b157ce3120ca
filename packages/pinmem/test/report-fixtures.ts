// Folders of runs as training and evaluations leave them, without having trained: what reports read.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cityscapes19 } from "@pinmem/core";
import { type EvaluationResult, type Protocol, protocol } from "@pinmem/core/formats";
import { networkName } from "../src/recipes/network-name.js";
import type { Recipe } from "../src/recipes/recipe.js";
import { miniRecipe } from "./mini-recipe.js";

const classNames = cityscapes19.classes.map(({ name }) => name);
const classIoU = (share: number) => Object.fromEntries(classNames.map((name) => [name, share]));

export type RunMethod = "erm" | "pin-memory";

export interface FixtureRun {
  readonly method?: RunMethod;
  readonly seed?: number;
  readonly recipe?: Recipe;
  /** Mean IoU by domain at each evaluation while training, by step: `{ 3: { source: 0.4, target: 0.2 } }`. */
  readonly scores?: Readonly<Record<number, { readonly source?: number; readonly target: number }>>;
  /** Name of the domain that is not trained on. */
  readonly target?: string;
  readonly finished?: boolean;
}

export const recipeOf = (method: RunMethod = "erm", seed = 1): Recipe =>
  miniRecipe({
    seed,
    method: method === "erm" ? { name: "erm" } : { name: method, memoryStart: { batches: 2 } },
  });

/** Writes the folder of a run of four steps; returns its path. */
export function writeRun(root: string, name: string, run: FixtureRun = {}): string {
  const { method, seed, recipe = recipeOf(method, seed), finished = true, target = "night, val" } = run;
  const scores = run.scores ?? { 3: { source: 0.4, target: 0.2 }, 4: { source: 0.3, target: 0.25 } };
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "recipe.json"), JSON.stringify(recipe));
  writeFileSync(
    join(path, "environment.json"),
    JSON.stringify([{ date: "2026-01-02T03:04:05Z", node: "v20" }]),
  );
  if (finished) writeFileSync(join(path, "last.safetensors"), "");
  const lines: unknown[] = [];
  for (let step = 1; step <= 4; step++) {
    const losses = { segmentation: 4 / step, total: 5 / step };
    lines.push({
      event: "step",
      step,
      epoch: 0,
      losses:
        recipe.method.name === "erm" ? { train: losses } : { "meta-train": losses, "meta-test": losses },
      learningRate: 0.01 / step,
      gradientNorm: 1,
      timing: { seconds: 2, imagesPerSecond: 4, dataSeconds: 0, peakMemory: 2 ** 30 },
    });
    const at = scores[step];
    if (!at) continue;
    const event = { event: "evaluation", step, images: 2 };
    if (at.source !== undefined) {
      lines.push({
        ...event,
        domain: "day, val",
        role: "source",
        meanIoU: at.source,
        classIoU: classIoU(at.source),
      });
    }
    const scored = {
      ...event,
      domain: target,
      role: "target",
      meanIoU: at.target,
      classIoU: classIoU(at.target),
    };
    // Of averaged weights, which are not those of the curves.
    lines.push(scored, { ...scored, weights: "average", meanIoU: 0.99 });
  }
  if (recipe.method.name !== "erm") {
    lines.push({
      event: "memory",
      step: 4,
      classes: ["road", "sky"],
      cosine: [
        [1, 0.5],
        [0.5, 1],
      ],
    });
  }
  writeFileSync(join(path, "events.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

export interface FixtureEvaluation {
  readonly recipe?: Recipe;
  readonly by?: Protocol;
  readonly weights?: string;
  readonly date?: string;
  /** Mean IoU by domain. */
  readonly domains?: Readonly<Record<string, number>>;
  readonly images?: number;
  readonly shard?: EvaluationResult["shard"];
}

/** An evaluation of a run on domains that it never saw. */
export function evaluationOf({
  recipe = recipeOf(),
  by = protocol("whole"),
  weights = "best",
  date = "2026-01-02T00:00:00Z",
  domains = { night: 0.3 },
  images = 2,
  shard = null,
}: FixtureEvaluation = {}): EvaluationResult {
  const classes = cityscapes19.classes.map(({ name, color: [red, green, blue] }) => ({
    name,
    color: [red, green, blue] as [number, number, number],
  }));
  return {
    format: 1,
    run: {
      path: "run",
      name: recipe.name,
      file: `run/${weights}.safetensors`,
      method: recipe.method.name,
      backbone: networkName(recipe.model),
      seed: recipe.seed,
      step: 4,
      score: 0.4,
    },
    recipe: JSON.parse(JSON.stringify(recipe)) as EvaluationResult["recipe"],
    protocol: by,
    space: { name: "cityscapes19", classes },
    domains: Object.entries(domains).map(([name, meanIoU]) => ({
      name,
      dataset: `${name}, val`,
      role: "target",
      images,
      skipped: [],
      confusion: new Array<number>(classes.length ** 2).fill(1),
      meanIoU,
      pixelAccuracy: 0.5,
      meanAccuracy: 0.5,
      classIoU: classIoU(meanIoU),
      boundaryIoU: null,
      cohesionLoss: null,
    })),
    environment: { node: "v20", libtorch: "1.13", cpu: "one", threads: 1, device: "cpu", system: "linux" },
    date,
    seconds: 1,
    shard,
  };
}

/** Puts an evaluation where `pinmem evaluate` does; returns its file. */
export function addEvaluation(run: string, name: string, result: EvaluationResult): string {
  mkdirSync(join(run, "evaluations"), { recursive: true });
  const file = join(run, "evaluations", name);
  writeFileSync(file, JSON.stringify(result));
  return file;
}
