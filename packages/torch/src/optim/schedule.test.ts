import { describe, expect, it } from "vitest";
import { optim } from "../index.js";

const { constant, polynomial, exponential, cosine, warmUp } = optim.schedule;

describe("learning-rate schedules", () => {
  it("constant stays", () => {
    expect([0, 7, 1e6].map(constant({ base: 0.3 }))).toEqual([0.3, 0.3, 0.3]);
  });

  it("polynomial falls to zero at the end and stays there", () => {
    const rate = polynomial({ base: 0.01, total: 100 });
    expect(rate(0)).toBe(0.01);
    expect(rate(50)).toBeCloseTo(0.01 * 0.5 ** 0.9, 15);
    expect([rate(100), rate(150)]).toEqual([0, 0]);
    expect(polynomial({ base: 1, total: 10, power: 2 })(5)).toBe(0.25);
  });

  it("exponential falls by e^-decay over all steps", () => {
    const rate = exponential({ base: 0.02, total: 1000 });
    expect(rate(0)).toBe(0.02);
    expect(rate(1000)).toBeCloseTo(0.02 * Math.exp(-9), 15);
    expect(exponential({ base: 1, total: 10, decay: Math.LN2 })(10)).toBeCloseTo(0.5, 15);
  });

  it("cosine goes from base to min along half a wave, and stays at min", () => {
    const rate = cosine({ base: 1, total: 10, min: 0.2 });
    expect(rate(0)).toBe(1);
    expect(rate(5)).toBeCloseTo(0.6, 15);
    expect(rate(10)).toBeCloseTo(0.2, 15);
    expect(rate(99)).toBeCloseTo(0.2, 15);
  });

  it("warm-up grows linearly and then counts from its own end", () => {
    const rate = warmUp({ steps: 4 }, polynomial({ base: 1, total: 10, power: 1 }));
    expect([0, 1, 2, 3, 4, 5].map(rate)).toEqual([0, 0.25, 0.5, 0.75, 1, 0.9]);
    expect(warmUp({ steps: 2, from: 0.5 }, constant({ base: 4 }))(1)).toBe(3);
  });

  it("are functions of the step alone", () => {
    const rate = warmUp({ steps: 3 }, cosine({ base: 1, total: 7 }));
    const forward = Array.from({ length: 12 }, (_, step) => rate(step));
    const backward = Array.from({ length: 12 }, (_, step) => rate(11 - step)).reverse();
    expect(backward).toEqual(forward);
  });

  it.each<[() => unknown, string]>([
    [() => polynomial({ base: 0, total: 10 }), "polynomial: argument 'base' must be a number above 0, got 0"],
    [() => polynomial({ base: 1, total: Number.NaN }), "argument 'total' must be a number above 0, got NaN"],
    [() => exponential({ base: 1, total: Number.POSITIVE_INFINITY }), "got Infinity"],
    [() => cosine({ base: -1, total: 10 }), "cosine: argument 'base'"],
    [() => warmUp({ steps: 0 }, constant({ base: 1 })), "warmUp: argument 'steps'"],
  ])("refuse settings without sense: %s", (make, says) => {
    expect(make).toThrow(says);
  });
});
