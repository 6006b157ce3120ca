import { describe, expect, it } from "vitest";
import { innerRate, innerRateSchema, learningRate, learningRateSchema } from "./schedule.js";

const rate = (config: unknown, steps = 100) => learningRate(learningRateSchema.parse(config), steps);

describe("learningRate", () => {
  it("falls polynomially to zero at the end of the run", () => {
    const schedule = rate({ kind: "polynomial", base: 0.01 });
    expect(schedule(0)).toBe(0.01);
    expect(schedule(50)).toBeCloseTo(0.01 * 0.5 ** 0.9, 15);
    expect(schedule(100)).toBe(0);
  });

  it("falls exponentially over the official 120,000 steps, whatever the run's length", () => {
    const schedule = rate({ kind: "exponential", base: 0.01, total: 120_000 });
    expect(schedule(1)).toBeCloseTo(0.01 * Math.exp(-9 / 120_000), 15);
    expect(rate({ kind: "exponential", base: 1 })(100)).toBeCloseTo(Math.exp(-9), 12);
  });

  it("starts from zero where it warms up", () => {
    const schedule = rate({ kind: "cosine", base: 1, warmUp: 10 }, 110);
    expect([0, 5, 10].map(schedule)).toEqual([0, 0.5, 1]);
    expect(schedule(60)).toBeCloseTo(0.5, 12);
    expect(rate({ kind: "constant", base: 0.3 })(77)).toBe(0.3);
  });
});

describe("innerRate", () => {
  const outer = rate({ kind: "exponential", base: 0.01, total: 120_000 });

  it("follows the learning rate from the second step on, as the official code anneals it", () => {
    const schedule = innerRate(
      innerRateSchema.parse({ kind: "follow", first: 0.001, fraction: 0.25 }),
      outer,
    );
    expect(schedule(0)).toBe(0.001);
    expect(schedule(1)).toBe(outer(1) / 4);
  });

  it("can stay", () => {
    expect(innerRate({ kind: "fixed", rate: 0.5 }, outer)(9)).toBe(0.5);
  });
});
