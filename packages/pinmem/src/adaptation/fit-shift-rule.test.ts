import { ConfusionMatrix } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import {
  ENTROPY_TIMES,
  fitShiftRule,
  INFORMATION_LOST,
  MOST_LOST,
  never,
  scoreWith,
  type TriedPicture,
  takesClearest,
} from "./fit-shift-rule.js";

const WEIGHT = 2700;

/** Of 1000 pixels of each of two classes so many tens are right. */
function answers(right: number): ConfusionMatrix {
  const matrix = new ConfusionMatrix(2);
  matrix.counts.set([10 * right, 1000 - 10 * right, 1000 - 10 * right, 10 * right]);
  return matrix;
}

interface Shown {
  readonly entropy: number;
  readonly information?: number;
  readonly departure?: number;
  /** With the trained look, and with the clearest. */
  readonly right: readonly [trained: number, clearest: number];
}

const picture = (kind: string, { entropy, information = 1, departure = 1, right }: Shown): TriedPicture => ({
  kind,
  change: kind === "none" ? "none" : kind === "middle" ? "framing" : "shift",
  entropy,
  information,
  trained: answers(right[0]),
  clearest: { matrix: answers(right[1]), departure },
});

describe("the rule that is fitted", () => {
  const sure = picture("none", { entropy: 0.3, right: [90, 85] });

  it("lets the clearest looks mend unsure pictures, and leaves sure ones alone", () => {
    const dark = picture("darkness", { entropy: 1, departure: 9, right: [40, 60] });
    const rule = fitShiftRule([sure, dark], WEIGHT);
    expect([sure, dark].map((one) => takesClearest(rule, one))).toEqual([false, true]);
    expect(rule.threshold).toBeCloseTo(ENTROPY_TIMES * 0.3, 9);
    expect(rule.information).toBeCloseTo(1 - INFORMATION_LOST, 9);
    expect(rule.weight).toBe(WEIGHT);
  });

  it("lets them mend pictures of which the network is sure and says nothing", () => {
    const fog = picture("fog", { entropy: 0.2, information: 0.1, departure: 9, right: [20, 50] });
    const rule = fitShiftRule([sure, fog], WEIGHT);
    expect([sure, fog].map((one) => takesClearest(rule, one))).toEqual([false, true]);
  });

  it("leaves pictures alone that tell less because there is less to see", () => {
    // Less information than a dark picture has, but little departure.
    const middle = picture("middle", { entropy: 0.3, information: 0.3, departure: 3.2, right: [80, 50] });
    const dark = picture("darkness", { entropy: 0.4, information: 0.5, departure: 5, right: [40, 60] });
    const rule = fitShiftRule([sure, middle, dark], WEIGHT);
    expect([sure, middle, dark].map((one) => takesClearest(rule, one))).toEqual([false, false, true]);
    expect(rule.departure).toBe(3.5);
  });

  it("weighs what frames lose against what shifts gain", () => {
    // A dark picture that departs less than another frame does.
    const middle = picture("middle", { entropy: 0.6, departure: 3.2, right: [80, 70] });
    const dark = (gained: number) =>
      picture("darkness", { entropy: 0.6, departure: 2.2, right: [40, 40 + gained] });
    const departure = (gained: number) => fitShiftRule([sure, middle, dark(gained)], WEIGHT).departure;
    expect(departure(20)).toBe(2);
    // Nothing to win: no difference between what is lost to frames and nothing.
    expect(departure(0)).toBe(3.5);
  });

  it("takes the least departure of those that are as good to half a point", () => {
    const middle = (lost: number) =>
      picture("middle", { entropy: 0.6, departure: 2.2, right: [80, 80 - lost] });
    const dark = picture("darkness", { entropy: 0.6, departure: 9, right: [40, 60] });
    expect(fitShiftRule([sure, middle(0.2), dark], WEIGHT).departure).toBe(2);
    expect(fitShiftRule([sure, middle(2), dark], WEIGHT).departure).toBe(2.5);
  });

  it("keeps the trained look everywhere where pictures as they are would lose", () => {
    // A third of the sources' pictures departs as far as the dark ones, and other looks harm it.
    const unsure = picture("none", { entropy: 3, departure: 9, right: [80, 40] });
    const dark = picture("darkness", { entropy: 3, departure: 9, right: [40, 60] });
    const plain = [sure, sure, unsure];
    const rule = fitShiftRule([...plain, dark], WEIGHT);
    const chosen = scoreWith(plain, (one) => takesClearest(rule, one)) ?? 0;
    expect((scoreWith(plain, never) ?? 0) - chosen).toBeLessThanOrEqual(MOST_LOST);
  });

  it("keeps the trained look everywhere where shifted pictures would lose, however far they depart", () => {
    const harmed = picture("noise", { entropy: 1, departure: 24, right: [43, 30] });
    const rule = fitShiftRule([sure, harmed], WEIGHT);
    expect([sure, harmed].map((one) => takesClearest(rule, one))).toEqual([false, false]);
  });

  it("needs pictures as they are", () => {
    expect(() => fitShiftRule([], WEIGHT)).toThrow("there is no picture as it is");
  });
});
