import { describe, expect, it } from "vitest";
import { phases, warmUpSteps } from "./phase.js";

describe("phases", () => {
  it("are all meta steps unless something else is asked for", () => {
    const phase = phases({}, 5);
    expect([0, 1, 4].map(phase)).toEqual(["meta", "meta", "meta"]);
  });

  it("begin with the warm-up, and take every n-th step after it", () => {
    const schedule = { every: 3, from: 0.3 };
    expect(warmUpSteps(schedule, 10)).toBe(3);
    const phase = phases(schedule, 10);
    const names = Array.from({ length: 10 }, (_, step) => phase(step));
    expect(names.slice(0, 3)).toEqual(["warm-up", "warm-up", "warm-up"]);
    expect(names.slice(3)).toEqual(["meta", "joint", "joint", "meta", "joint", "joint", "meta"]);
  });
});
