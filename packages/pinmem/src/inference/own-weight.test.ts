import { expect, it } from "vitest";
import { checkedWeight, weightInLayer } from "./own-weight.js";

it("a share is the same in every layer", () => {
  for (const share of [0, 0.3, 1])
    for (const values of [4, 40_000]) expect(weightInLayer(share, values)).toBe(share);
});

it("what trained statistics count for gives own ones much of a layer with many places, and little of one with few", () => {
  expect([10_800, 2700, 180].map((values) => Number(weightInLayer(10_800, values).toFixed(3)))).toEqual([
    0.5, 0.2, 0.016,
  ]);
});

it.each([-0.1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %s", (weight) => {
  expect(() => checkedWeight(weight)).toThrow(/must be a number from 0 to 1, or from 2 on/);
});
