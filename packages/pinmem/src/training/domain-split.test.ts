import { describe, expect, it } from "vitest";
import { splitDomains } from "./domain-split.js";

const splits = (domains: number, count: number) =>
  Array.from({ length: count }, (_, step) => splitDomains(domains, { seed: 3, step }));

describe("splitDomains", () => {
  it("gives every domain one role, and each role at least one domain", () => {
    for (const { metaTrain, metaTest } of splits(4, 200)) {
      expect([...metaTrain, ...metaTest].sort()).toEqual([0, 1, 2, 3]);
      expect(Math.min(metaTrain.length, metaTest.length)).toBeGreaterThan(0);
    }
  });

  it("draws sizes and orders evenly", () => {
    const drawn = splits(3, 3000);
    const single = drawn.filter(({ metaTrain }) => metaTrain.length === 1).length;
    expect(single / 3000).toBeCloseTo(0.5, 1);
    for (const domain of [0, 1, 2]) {
      expect(drawn.filter(({ metaTest }) => metaTest.includes(domain)).length / 3000).toBeCloseTo(0.5, 1);
    }
  });

  it("depends on seed and step alone", () => {
    expect(splitDomains(5, { seed: 1, step: 9 })).toEqual(splitDomains(5, { seed: 1, step: 9 }));
    expect(splits(5, 50)).not.toEqual(
      Array.from({ length: 50 }, (_, step) => splitDomains(5, { seed: 4, step })),
    );
  });

  it("refuses a single domain", () => {
    expect(() => splitDomains(1, { seed: 0, step: 0 })).toThrow(/1 domains cannot be split/);
  });
});
