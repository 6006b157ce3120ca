// How the learning rate and the inner rate go down: pure functions of the step, so that a run that is taken up again needs
// no state to continue them.
//
// The official code always uses the learning rate lr * exp(-9 step / 120,000), whatever the length of the run, and an inner
// rate of 0.001 at the first step and, when annealed, a quarter of the learning rate from the second on (optimizer.py:29,
// train.py:625). There a run that is taken up again takes 0.001 once more; here it does not.

import { optim } from "@pinmem/torch";
import { z } from "zod";

const warmUp = z.int().min(0).default(0).describe("steps over which the rate grows from 0 first");

export const learningRateSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("polynomial"),
    /** Rate at the first step. */
    base: z.number().positive(),
    power: z.number().positive().default(0.9),
    warmUp,
  }),
  z.strictObject({
    kind: z.literal("exponential"),
    base: z.number().positive(),
    decay: z.number().positive().default(9),
    /** Steps in which the rate falls by exp(-decay); the run's own length by default. */
    total: z.int().positive().optional(),
    warmUp,
  }),
  z.strictObject({
    kind: z.literal("cosine"),
    base: z.number().positive(),
    min: z.number().min(0).default(0),
    warmUp,
  }),
  z.strictObject({ kind: z.literal("constant"), base: z.number().positive(), warmUp }),
]);

export type LearningRate = z.output<typeof learningRateSchema>;

/** What is wrong with the warm-up in a run of `steps` steps, if anything. */
export function warmUpProblem({ warmUp }: LearningRate, steps: number): string | undefined {
  if (warmUp < steps) return undefined;
  return `learningRate.warmUp is ${warmUp}, but the run has only ${steps} steps: it must end before the run does`;
}

/** Learning rate of each step of a run of `steps` steps, counted from 0. */
export function learningRate(config: LearningRate, steps: number): optim.Schedule {
  const total = steps - config.warmUp;
  const schedule = afterWarmUp(config, total);
  return config.warmUp > 0 ? optim.schedule.warmUp({ steps: config.warmUp }, schedule) : schedule;
}

function afterWarmUp(config: LearningRate, total: number): optim.Schedule {
  const { base } = config;
  switch (config.kind) {
    case "polynomial":
      return optim.schedule.polynomial({ base, total, power: config.power });
    case "exponential":
      return optim.schedule.exponential({ base, total: config.total ?? total, decay: config.decay });
    case "cosine":
      return optim.schedule.cosine({ base, total, min: config.min });
    case "constant":
      return optim.schedule.constant({ base });
  }
}

export const innerRateSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("fixed"), rate: z.number().min(0) }),
  z.strictObject({
    kind: z.literal("follow"),
    /** At the first step. */
    first: z.number().min(0),
    /** Of the learning rate, from the second step on. */
    fraction: z.number().min(0),
  }),
]);

export type InnerRate = z.output<typeof innerRateSchema>;

/** Rate of the inner step at each step, counted from 0. */
export function innerRate(config: InnerRate, rate: optim.Schedule): optim.Schedule {
  if (config.kind === "fixed") return () => config.rate;
  return (step) => (step === 0 ? config.first : config.fraction * rate(step));
}
