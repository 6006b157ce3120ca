import { expect, it } from "vitest";
import { lineStyle, placeOf, stepsOf } from "./chart-lines.js";

it("draws ten curves in ten colors, and further ones with dashes of their own", () => {
  const styles = Array.from({ length: 40 }, (_, at) => lineStyle(at));
  expect(new Set(styles.slice(0, 10).map(({ color }) => color)).size).toBe(10);
  expect(new Set(styles.map(({ color, dash }) => `${color} ${dash}`)).size).toBe(40);
});

it("places a single validation at its step among those of the training", () => {
  const losses = new Map([["train", [1, 100, 200].map((step) => [step, 0.5] as const)]]);
  const scores = new Map([["night", [[150, 0.3] as const]]]);
  const steps = stepsOf([losses, scores]);
  expect(steps).toEqual([1, 200]);
  expect(placeOf(150, steps)).toBeCloseTo(149 / 199);
});

it("places the only step there is in the middle", () => {
  expect(placeOf(365, [365, 365])).toBe(0.5);
});
