import { describe, expect, it } from "vitest";
import { stepsWithin, trainingSeconds } from "./steps-within.js";

describe("how long the demo trains", () => {
  it("leaves more time for scores and pictures where steps are slow", () => {
    expect(trainingSeconds(6, "erm", { start: 0, step: 0.1 })).toBeCloseTo(323);
    expect(trainingSeconds(6, "erm", { start: 0, step: 0.4 })).toBeCloseTo(212);
    expect(trainingSeconds(30, "erm", { start: 0, step: 0.4 })).toBeCloseTo(1652);
  });

  it("gives training more than half of a time that is too short for all", () => {
    expect(trainingSeconds(1, "pin-memory", { start: 3, step: 2 })).toBeCloseTo(33);
    expect(trainingSeconds(6, "pin-memory", { start: 3, step: 2 })).toBeCloseTo(198);
  });

  it("takes a step at least, and counts the memory's start", () => {
    expect(stepsWithin(100, { start: 10, step: 2 })).toBe(45);
    expect(stepsWithin(1, { start: 10, step: 2 })).toBe(1);
  });
});
