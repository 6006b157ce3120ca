import { ConfusionMatrix } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import {
  ENTROPY_TIMES,
  fitShiftRule,
  INFORMATION_LOST,
  MOST_LOST,
  scoreWith,
  type TriedPicture,
  weightFor,
} from "./fit-shift-rule.js";

const candidates = [0, 0.1, 0.3];

/** Of one weight: entropy, how many of 1000 pixels of each of two classes are right, departure and information. */
type Shown = readonly [entropy: number, right: number, departure?: number, information?: number];

function picture(kind: string, trials: readonly Shown[]): TriedPicture {
  return {
    kind,
    change: kind === "none" ? "none" : kind === "middle" ? "framing" : "shift",
    trials: trials.map(([entropy, right, departure = 1, information = 1], at) => {
      const matrix = new ConfusionMatrix(2);
      matrix.counts.set([10 * right, 1000 - 10 * right, 1000 - 10 * right, 10 * right]);
      return { weight: candidates[at] as number, entropy, information, departure, matrix };
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
      [0.8, 50, 9],
      [0.7, 60, 9],
    ]);
    const rule = fitShiftRule([sure, dark], candidates);
    expect(weightFor(rule, sure)).toBe(0);
    expect(weightFor(rule, dark)).toBe(0.3);
    expect(rule.threshold).toBeCloseTo(ENTROPY_TIMES * 0.3, 9);
    expect(rule.information).toBeCloseTo(1 - INFORMATION_LOST, 9);
  });

  it("lets them mend pictures of which the network is sure and says nothing", () => {
    const fog = picture("fog", [
      [0.2, 20, 0, 0.1],
      [0.4, 40, 9],
      [0.4, 50, 9],
    ]);
    const rule = fitShiftRule([sure, fog], candidates);
    expect([weightFor(rule, sure), weightFor(rule, fog)]).toEqual([0, 0.3]);
  });

  it("takes the weight that mends most, not the one that looks surest", () => {
    const fog = picture("fog", [
      [1, 40],
      [1.1, 55, 9],
      [0.7, 30, 9],
    ]);
    expect(fitShiftRule([sure, fog], candidates).weight).toBe(0.1);
  });

  it("takes the weight that takes least of those that mend three quarters of what the best does", () => {
    const dark = (most: number) =>
      picture("darkness", [
        [1, 40],
        [0.8, 60, 9],
        [0.7, most, 9],
      ]);
    // Mean IoU of 25.0 becomes 42.9, or 48.1 and 49.3.
    expect(fitShiftRule([sure, dark(65)], candidates).weight).toBe(0.1);
    expect(fitShiftRule([sure, dark(66)], candidates).weight).toBe(0.3);
  });

  it("leaves pictures alone that tell less because there is less to see", () => {
    // Less information than a dark picture has, but little departure.
    const middle = picture("middle", [
      [0.3, 80, 0, 0.3],
      [0.3, 50, 2],
      [0.3, 40, 2],
    ]);
    const dark = picture("darkness", [
      [0.4, 40, 0, 0.5],
      [0.4, 50, 5],
      [0.4, 60, 5],
    ]);
    const rule = fitShiftRule([sure, middle, dark], candidates);
    expect([sure, middle, dark].map((one) => weightFor(rule, one))).toEqual([0, 0, 0.3]);
    expect(rule.departure).toBe(2);
  });

  it("keeps the trained statistics everywhere where pictures as they are would lose", () => {
    // A third of the sources' pictures departs as far as the dark ones, and own statistics harm it.
    const unsure = picture("none", [
      [3, 80],
      [2.9, 60, 9],
      [2.8, 40, 9],
    ]);
    const dark = picture("darkness", [
      [3, 40],
      [2, 50, 9],
      [2, 60, 9],
    ]);
    const pictures = [sure, sure, unsure, dark];
    const rule = fitShiftRule(pictures, candidates);
    const plain = pictures.slice(0, 3);
    const lost = (scoreWith(plain, () => 0) ?? 0) - (scoreWith(plain, (one) => weightFor(rule, one)) ?? 0);
    expect(lost).toBeLessThanOrEqual(MOST_LOST);
  });

  it("keeps the trained statistics everywhere where shifted pictures would lose, however far they depart", () => {
    const harmed = picture("noise", [
      [1, 43],
      [0.8, 30, 24],
      [0.7, 25, 24],
    ]);
    const rule = fitShiftRule([sure, harmed], candidates);
    expect([sure, harmed].map((one) => weightFor(rule, one))).toEqual([0, 0]);
  });

  it("needs pictures as they are", () => {
    expect(() => fitShiftRule([], candidates)).toThrow("there is no picture as it is");
  });
});
