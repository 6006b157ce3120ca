import { ConfusionMatrix } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import {
  ENTROPY_TIMES,
  fitShiftRule,
  INFORMATION_LOST,
  scoreWith,
  type TriedPicture,
  weightFor,
} from "./fit-shift-rule.js";

const candidates = [0, 0.1, 0.3];

/** A picture of two classes, by weight: entropy, how many of 100 pixels of each class are right, and information. */
function picture(
  kind: string,
  trials: readonly (readonly [entropy: number, right: number, information?: number])[],
): TriedPicture {
  return {
    kind,
    trials: trials.map(([entropy, right, information = 1], at) => {
      const matrix = new ConfusionMatrix(2);
      matrix.counts.set([right, 100 - right, 100 - right, right]);
      return { weight: candidates[at] as number, entropy, information, matrix };
    }),
  };
}

describe("the rule that is fitted", () => {
  const sure = picture("none", [
    [0.3, 90],
    [0.35, 85],
    [0.4, 80],
  ]);

  it("lets own statistics mend unsure pictures, and leaves sure ones alone", () => {
    const dark = picture("darkness", [
      [1, 40],
      [0.8, 50],
      [0.7, 60],
    ]);
    const rule = fitShiftRule([sure, dark], candidates);
    expect(weightFor(rule, sure)).toBe(0);
    expect(weightFor(rule, dark)).toBe(0.3);
    expect(rule.threshold).toBeCloseTo(ENTROPY_TIMES * 0.3, 9);
    expect(rule.information).toBeCloseTo(1 - INFORMATION_LOST, 9);
  });

  it("lets them mend pictures of which the network is sure and says nothing", () => {
    const fog = picture("fog", [
      [0.2, 20, 0.1],
      [0.4, 40],
      [0.4, 50],
    ]);
    const rule = fitShiftRule([sure, fog], candidates);
    expect([weightFor(rule, sure), weightFor(rule, fog)]).toEqual([0, 0.3]);
  });

  it("takes the weight that mends most, not the one that looks surest", () => {
    const fog = picture("fog", [
      [1, 40],
      [1.1, 55],
      [0.7, 30],
    ]);
    expect(fitShiftRule([sure, fog], candidates).weight).toBe(0.1);
  });

  it("keeps the trained statistics everywhere where pictures as they are would lose", () => {
    // Half of the sources' pictures are unsure, and own statistics harm them.
    const unsure = picture("none", [
      [3, 80],
      [2.9, 60],
      [2.8, 40],
    ]);
    const dark = picture("darkness", [
      [3, 40],
      [2, 50],
      [2, 60],
    ]);
    const pictures = [sure, sure, unsure, dark];
    const rule = fitShiftRule(pictures, candidates);
    const plain = pictures.slice(0, 3);
    const lost = (scoreWith(plain, () => 0) ?? 0) - (scoreWith(plain, (one) => weightFor(rule, one)) ?? 0);
    expect(lost).toBeLessThanOrEqual(0.003);
  });

  it("needs pictures as they are", () => {
    expect(() => fitShiftRule([], candidates)).toThrow("there is no picture as it is");
  });
});
