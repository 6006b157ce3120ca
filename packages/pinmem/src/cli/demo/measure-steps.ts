// How long a step of a recipe takes here and now, so that a budget of time can be turned into a number of steps: a few steps
// of a run that is thrown away.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrainingEvent } from "@pinmem/core/formats";
import { type Recipe, resolveRecipe } from "../../recipes/recipe.js";
import { train } from "../../runs/train.js";

/** In seconds. */
export interface Pace {
  /** Before the first step: the memory's start, where the method has one. */
  readonly start: number;
  /** Of one step: the median of those measured. */
  readonly step: number;
}

const WARM_UP = 2;

export interface MeasureOptions {
  /** Steps that count; two come before, in which buffers are made. Default 12. */
  readonly steps?: number;
  readonly signal?: AbortSignal | undefined;
}

/** @throws Error where it is interrupted before a step was measured, and whatever training throws */
export async function measureSteps(
  recipe: Recipe,
  { steps = 12, signal }: MeasureOptions = {},
): Promise<Pace> {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-pace-"));
  const enough = new AbortController();
  const times: number[] = [];
  let [begun, start] = [0, 0];
  const write = ({ event }: TrainingEvent) => {
    const now = performance.now() / 1000;
    if (event === "start") begun = now;
    if (event === "memory") start = now - begun;
    if (event !== "step") return;
    times.push(now);
    if (times.length >= steps + WARM_UP) enough.abort();
  };
  const endless = resolveRecipe({
    ...recipe,
    length: { steps: 1e6 },
    validation: { ...recipe.validation, every: 1e6 },
    calibration: { pictures: 0 },
    checkpoints: { ...recipe.checkpoints, every: 1e6 },
  });
  try {
    await train(endless, {
      folder: join(folder, "run"),
      events: [{ write, flush() {}, close() {} }],
      signal: signal ? AbortSignal.any([signal, enough.signal]) : enough.signal,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const counted = times.slice(WARM_UP - 1);
  const gaps = counted.slice(1).map((time, at) => time - (counted[at] as number));
  return { start, step: median(gaps) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("interrupted before a step was measured");
  return middle;
}

/** Steps that fit into so many seconds, one at least. */
export const stepsWithin = (seconds: number, { start, step }: Pace): number =>
  Math.max(1, Math.floor((seconds - start) / step));

/** The rest of the demo's time: scores, pictures, report. Longer trainings do not make it longer. */
const REST = { share: 0.5, most: 185 };

/** Seconds that both trainings may take, side by side, of so many minutes in all. */
export function trainingSeconds(minutes: number): number {
  const all = 60 * minutes;
  return all - Math.min(REST.share * all, REST.most);
}
