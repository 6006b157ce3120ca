import { fromTypedArray, scope, zeros } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { asksForOwn, departs, departureOf, predictionChange, predictionSigns } from "./shift-rule.js";

describe("a picture", () => {
  it("is looked at again where the network is less sure than of its sources or tells less, not where it says nothing at all", () => {
    const rule = { threshold: 0.5, information: 1 };
    const asks = (entropy: number, information: number) => asksForOwn(rule, { entropy, information });
    expect([0, 0.5, 0.51, 3, Number.NaN].map((entropy) => asks(entropy, 1.2))).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
    expect([1, 0.99, 0, Number.NaN].map((information) => asks(0.1, information))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([1, 2.1, Number.NaN].map((departure) => departs({ departure: 2 }, departure))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("departs as its statistics do, as far as they change and clear what is predicted", () => {
    expect(departureOf(2, { divergence: 0.027, clearing: 1.5 })).toBeCloseTo(0.9, 12);
    expect(departureOf(2, { divergence: 0, clearing: 9 })).toBe(0);
  });
});

describe("what predictions show", () => {
  it("is an entropy from 0, where one class is certain, to the logarithm of the number of classes", () => {
    scope(() => {
      expect(predictionSigns(zeros([1, 5, 6, 9])).entropy).toBeCloseTo(Math.log(5), 6);
      const certain = zeros([1, 5, 6, 9]);
      certain.select(1, 2).fill_(200);
      expect(predictionSigns(certain).entropy).toBeCloseTo(0, 6);
    });
  });

  it("is an entropy that is the mean over pixels, and an information that is what is left of that of their mean", () => {
    scope(() => {
      const [half, quarter] = [Math.log(2), -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75))];
      // Of a row of five pixels, the first and the last are looked at: (1/2, 1/2) and (3/4, 1/4).
      const logits = fromTypedArray(Float32Array.of(0, 0, 0, 0, Math.log(3), 0, 0, 0, 0, 0), [1, 2, 1, 5]);
      const { entropy, information } = predictionSigns(logits);
      expect(entropy).toBeCloseTo((half + quarter) / 2, 6);
      const ofMean = -(0.625 * Math.log(0.625) + 0.375 * Math.log(0.375));
      expect(information).toBeCloseTo(ofMean - (half + quarter) / 2, 6);
    });
  });

  it("is no information where all pixels say the same, however sure of it, and all there is where they are sure of as many classes", () => {
    scope(() => {
      const one = zeros([1, 4, 8, 8]);
      one.select(1, 2).fill_(200);
      expect(predictionSigns(one)).toEqual({ entropy: expect.closeTo(0, 6), information: 0 });
      const two = zeros([1, 4, 8, 8]);
      two.select(1, 2).narrow(1, 0, 4).fill_(200);
      two.select(1, 0).narrow(1, 4, 4).fill_(200);
      expect(predictionSigns(two).information).toBeCloseTo(Math.log(2), 6);
      expect(predictionSigns(zeros([1, 2, 4, 4]).div(0)).information).toBeNaN();
    });
  });
});

describe("a change of predictions", () => {
  it("is the mean over pixels of what the second says otherwise than the first", () => {
    scope(() => {
      const first = fromTypedArray(Float32Array.of(0, 0, 0, 0, Math.log(3), 0, 0, 0, 0, 0), [1, 2, 1, 5]);
      const second = zeros([1, 2, 1, 5]);
      // Of the two pixels that are looked at, the first is the same; the second was (3/4, 1/4) and is (1/2, 1/2).
      const expected = (0.75 * Math.log(1.5) + 0.25 * Math.log(0.5)) / 2;
      const { divergence, clearing } = predictionChange(first, second);
      expect(divergence).toBeCloseTo(expected, 6);
      expect(clearing).toBe(0); // The second tells nothing.
      expect(predictionChange(first, first)).toEqual({ divergence: 0, clearing: 1 });
    });
  });

  it("clears what is told, as information by entropy grows", () => {
    scope(() => {
      const two = (logit: number) => {
        const logits = zeros([1, 2, 4, 8]);
        logits.select(1, 0).narrow(2, 0, 4).fill_(logit);
        logits.select(1, 1).narrow(2, 4, 4).fill_(logit);
        return logits;
      };
      const [vague, clear] = [two(1), two(2)];
      const [before, after] = [predictionSigns(vague), predictionSigns(clear)];
      const expected = after.information / after.entropy / (before.information / before.entropy);
      expect(expected).toBeGreaterThan(1);
      expect(predictionChange(vague, clear).clearing).toBeCloseTo(expected, 9);
      expect(predictionChange(clear, vague).clearing).toBeCloseTo(1 / expected, 9);
    });
  });

  it("clears much where nothing was told before, nothing where nothing is told at all, and NaN stays NaN", () => {
    scope(() => {
      const nothing = zeros([1, 2, 8, 8]);
      const some = zeros([1, 2, 8, 8]);
      some.select(1, 0).narrow(1, 0, 4).fill_(3);
      expect(predictionChange(nothing, some).clearing).toBeGreaterThan(1e6);
      expect(predictionChange(nothing, nothing).clearing).toBe(0);
      const { divergence, clearing } = predictionChange(some, some.div(0));
      expect([divergence, clearing]).toEqual([Number.NaN, Number.NaN]);
    });
  });
});
