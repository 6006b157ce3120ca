// Learning-rate schedules as pure functions of the step, so that a resumed run needs no state to continue them.

import { TorchError } from "../errors.js";
import { missingOption, readOptions } from "../options.js";

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

/** Numbers that a schedule needs, and those with a default; all by name. */
function numbers<Names extends Record<string, number | undefined>>(
  schedule: string,
  given: unknown,
  defaults: Names,
): { [Name in keyof Names]: number } {
  const options = readOptions(schedule, [given], defaults);
  for (const name in options)
    if (options[name] === undefined) throw missingOption(schedule, name, name === "base" ? "0.1" : "1000");
  return options as { [Name in keyof Names]: number };
}

/** The same rate at every step. */
export function constant(options: { base: number }): Schedule {
  const { base } = numbers("constant", options, { base: undefined });
  return () => base;
}

/** base * (1 - step / total) ^ power, zero from `total` on. */
export function polynomial(options: { base: number; total: number; power?: number }): Schedule {
  const { base, total, power } = numbers("polynomial", options, {
    base: undefined,
    total: undefined,
    power: 0.9,
  });
  positive("polynomial", { base, total, power });
  return (step) => base * Math.max(0, 1 - step / total) ** power;
}

/** base * exp(-decay * step / total). The official code of the paper uses decay 9 over 120,000 steps, whatever the length. */
export function exponential(options: { base: number; total: number; decay?: number }): Schedule {
  const { base, total, decay } = numbers("exponential", options, {
    base: undefined,
    total: undefined,
    decay: 9,
  });
  positive("exponential", { base, total, decay });
  return (step) => base * Math.exp((-decay * step) / total);
}

/** Half a cosine from base to min over `total` steps, min afterwards. */
export function cosine(options: { base: number; total: number; min?: number }): Schedule {
  const { base, total, min } = numbers("cosine", options, { base: undefined, total: undefined, min: 0 });
  positive("cosine", { base, total });
  return (step) => min + ((base - min) * (1 + Math.cos(Math.PI * Math.min(1, step / total)))) / 2;
}

/** Grows linearly from `from` times the rate over the first `steps`, then follows `schedule`, which counts from their end. */
export function warmUp(options: { steps: number; from?: number }, schedule: Schedule): Schedule {
  const { steps, from } = numbers("warmUp", options, { steps: undefined, from: 0 });
  positive("warmUp", { steps });
  return (step) =>
    step < steps ? schedule(0) * (from + ((1 - from) * step) / steps) : schedule(step - steps);
}
