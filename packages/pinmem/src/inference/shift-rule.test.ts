import { fromTypedArray, scope, zeros } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { chooseWeight, predictionEntropy } from "./shift-rule.js";

describe("the weight of a picture's own statistics", () => {
  it("is 0 where the network is as sure as of its sources, or says nothing at all, and the fitted one elsewhere", () => {
    const rule = { threshold: 0.5, weight: 0.1 };
    expect([0, 0.5, 0.51, 3, Number.NaN].map((entropy) => chooseWeight(rule, entropy))).toEqual([
      0, 0, 0.1, 0.1, 0,
    ]);
  });
});

describe("the entropy of predictions", () => {
  it("is the logarithm of the number of classes where all are alike, and 0 where one is certain", () => {
    scope(() => {
      expect(predictionEntropy(zeros([1, 5, 6, 9]))).toBeCloseTo(Math.log(5), 6);
      const certain = zeros([1, 5, 6, 9]);
      certain.select(1, 2).fill_(200);
      expect(predictionEntropy(certain)).toBeCloseTo(0, 6);
    });
  });

  it("is the mean over pixels", () => {
    scope(() => {
      const [half, quarter] = [Math.log(2), -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75))];
      const expected = (half + quarter) / 2;
      // Of a row of five pixels, the first and the last are looked at.
      const logits = fromTypedArray(Float32Array.of(0, 0, 0, 0, Math.log(3), 0, 0, 0, 0, 0), [1, 2, 1, 5]);
      expect(predictionEntropy(logits)).toBeCloseTo(expected, 6);
    });
  });
});
