// Learning-rate schedules as pure functions of the step, so that a resumed run needs no state to continue them.

import { TorchError } from "../errors.js";

/** Learning rate at a step, counted from 0. */
export type Schedule = (step: number) => number;

function positive(schedule: string, fields: Record<string, number>): void {
  for (const [argument, value] of Object.entries(fields)) {
    if (value > 0 && Number.isFinite(value)) continue;
    throw new TorchError(`argument '${argument}' must be a number above 0, got ${value}`, {
      operator: schedule,
      argument,
    });
  }
}

/** The same rate at every step. */
export const constant =
  ({ base }: { base: number }): Schedule =>
  () =>
    base;

/** base * (1 - step / total) ^ power, zero from `total` on. */
export function polynomial({
  base,
  total,
  power = 0.9,
}: {
  base: number;
  total: number;
  power?: number;
}): Schedule {
  positive("polynomial", { base, total, power });
  return (step) => base * Math.max(0, 1 - step / total) ** power;
}

/** base * exp(-decay * step / total). The official code of the paper uses decay 9 over 120,000 steps, whatever the length. */
export function exponential({
  base,
  total,
  decay = 9,
}: {
  base: number;
  total: number;
  decay?: number;
}): Schedule {
  positive("exponential", { base, total, decay });
  return (step) => base * Math.exp((-decay * step) / total);
}

/** Half a cosine from base to min over `total` steps, min afterwards. */
export function cosine({ base, total, min = 0 }: { base: number; total: number; min?: number }): Schedule {
  positive("cosine", { base, total });
  return (step) => min + ((base - min) * (1 + Math.cos(Math.PI * Math.min(1, step / total)))) / 2;
}

/** Grows linearly from `from` times the rate over the first `steps`, then follows `schedule`, which counts from their end. */
export function warmUp({ steps, from = 0 }: { steps: number; from?: number }, schedule: Schedule): Schedule {
  positive("warmUp", { steps });
  return (step) =>
    step < steps ? schedule(0) * (from + ((1 - from) * step) / steps) : schedule(step - steps);
}
