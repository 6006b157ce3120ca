import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { parseCpuList, parseQuota, physicalCores } from "./cores.js";

describe("physicalCores", () => {
  it("lies between one and what Node counts", () => {
    expect(physicalCores()).toBeGreaterThanOrEqual(1);
    expect(physicalCores()).toBeLessThanOrEqual(availableParallelism());
    expect(Number.isInteger(physicalCores())).toBe(true);
  });
});

describe("lists of processors", () => {
  it.each([
    ["0", [0]],
    ["0-2,5", [0, 1, 2, 5]],
    ["7,0-1", [7, 0, 1]],
    ["", []],
    ["nonsense", []],
  ])("%s", (text, cpus) => {
    expect([...parseCpuList(text)]).toEqual(cpus);
  });
});

describe("quotas of control groups", () => {
  it.each([
    ["max 100000", Number.POSITIVE_INFINITY],
    ["max", Number.POSITIVE_INFINITY],
    ["150000 100000", 1.5],
    ["50000 100000", 0.5],
    ["", Number.POSITIVE_INFINITY],
  ])("%s", (text, cores) => {
    expect(parseQuota(text)).toBe(cores);
  });
});
