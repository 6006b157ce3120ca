import { tensor } from "@pinmem/torch";
import { describe, expect, test } from "vitest";
import type { Expected } from "./case-file.js";
import { compareSection, DOUBLE_TOLERANCE, SINGLE_FLOOR } from "./compare.js";
import { type Figures, Norms, Snapshot } from "./figures.js";

const double = { dtype: "float64" } as const;
const snapshot = (values: number[]) => new Snapshot(tensor(values, double));

function statistics(values: readonly number[], stride = 1): Expected {
  const n = values.length;
  const sum = values.reduce((a, b) => a + b, 0);
  const std = Math.sqrt(values.reduce((a, b) => a + (b - sum / n) ** 2, 0) / n);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const samples = values.filter((_, i) => i % stride === 0);
  return { shape: [n], n, sum, mean: sum / n, std, min, max, absmax: Math.max(-min, max), stride, samples };
}

const inDouble = (ours: Figures, f64: Expected) =>
  compareSection(ours, { f64, f32: f64 }, { precision: "float64" });
const inSingle = (ours: Figures, f64: Expected, f32: Expected) =>
  compareSection(ours, { f64, f32 }, { precision: "float32" });

const values = [1, -2, 3, 0, 0.5, -1.5];

describe("compareSection", () => {
  test("agrees with itself", () => {
    const ours = {
      losses: { total: 2.5, wt: 0 },
      logits: snapshot(values),
      taps: { layer1: snapshot(values) },
    };
    const f64 = {
      losses: { total: 2.5, wt: 0 },
      logits: statistics(values, 2),
      taps: { layer1: statistics(values) },
    };
    const groups = inDouble(ours, f64);
    expect(groups.map(({ group, passed, deviation }) => [group, passed, deviation < 1e-15])).toEqual([
      ["losses", true, true],
      ["forward", true, true],
    ]);
    expect(groups.find(({ group }) => group === "forward")?.figures).toBe(5 + 3 + 5 + 6);
  });

  test.each([
    ["a sample", [1, -2, 3, 0, 0.5 + 4e-7, -1.5], "logits.samples[2]"],
    ["a hidden element, by sum and range", [1, -2 - 2e-6, 3, 0, 0.5, -1.5], "logits.min"],
    ["a NaN that is no sample", [1, Number.NaN, 3, 0, 0.5, -1.5], "logits"],
  ])("sees %s", (_, wrong, figure) => {
    const [group] = inDouble({ logits: snapshot(wrong) }, { logits: statistics(values, 2) });
    expect(group?.passed).toBe(false);
    expect(group?.figure).toContain(figure);
  });

  test("measures elements by the largest of their tensor, so that zeros are compared too", () => {
    const nearly = values.map((value) => (value === 0 ? 2e-7 : value));
    expect(inDouble({ logits: snapshot(nearly) }, { logits: statistics(values) })[0]?.passed).toBe(true);
    const apart = values.map((value) => (value === 0 ? 4e-7 : value));
    expect(inDouble({ logits: snapshot(apart) }, { logits: statistics(values) })[0]?.passed).toBe(false);
  });

  test("refuses another shape, and figures that were not computed", () => {
    const [shape] = inDouble({ logits: snapshot([1, 2]) }, { logits: statistics(values) });
    expect(shape?.figure).toBe("logits has the shape [2], expected [6]");
    const [missing] = inDouble({}, { losses: { total: 1 } });
    expect(missing).toMatchObject({ passed: false, figure: "losses was not computed" });
    const [loss] = inDouble({ losses: { main: 1 } }, { losses: { main: 1, total: 1 } });
    expect(loss).toMatchObject({ passed: false, figure: "losses.total was not computed" });
    const [gradient] = inDouble(
      { grads_l2_sum: { a: new Norms(tensor([3, 4], double)) } },
      { grads_l2_sum: { a: [5, 7], b: [1, 1] } },
    );
    expect(gradient?.figure).toBe("grads_l2_sum.b was not computed");
  });

  describe("of [L2 norm, sum]", () => {
    const gradient = (...elements: number[]) => new Norms(tensor(elements, double));
    const compare = (a: Norms, expected: [number, number]) =>
      inDouble({ grads_l2_sum: { a, big: gradient(3, 4) } }, { grads_l2_sum: { a: expected, big: [5, 7] } });

    test("measures a sum that cancels by the length of its terms", () => {
      expect(compare(gradient(1, -1 + 1e-8), [Math.SQRT2, 0])[0]?.passed).toBe(true);
      expect(compare(gradient(1, -1 + 1e-6), [Math.SQRT2, 0])[0]?.passed).toBe(false);
    });

    test("puts gradients that vanish by theory in a group of their own, on the scale of the largest", () => {
      const groups = compare(gradient(2e-16, -1e-16), [3e-17, 1e-17]);
      expect(groups.map(({ group, passed }) => [group, passed])).toEqual([
        ["grads_l2_sum that vanish", true],
        ["grads_l2_sum", true],
      ]);
      expect(compare(gradient(1e-5, 0), [3e-17, 1e-17])[0]?.passed).toBe(false);
    });

    test("does not excuse a small gradient for being small", () => {
      expect(compare(gradient(1e-6, 0), [1.001e-6, 1.001e-6])[0]?.passed).toBe(false);
    });
  });

  describe("in single precision", () => {
    const pair = (gap: number) => ({
      f64: { losses: { a: 1, b: 2 } },
      f32: { losses: { a: 1 + gap, b: 2 } },
    });

    test("allows twice the largest gap of the group", () => {
      const { f64, f32 } = pair(1e-5);
      expect(inSingle({ losses: { a: 1, b: 2 * (1 + 1.9e-5) } }, f64, f32)[0]?.passed).toBe(true);
      const [group] = inSingle({ losses: { a: 1, b: 2 * (1 + 2.1e-5) } }, f64, f32);
      expect(group).toMatchObject({ passed: false, figure: "losses.b" });
      expect(group?.tolerance).toBeCloseTo(2e-5, 12);
    });

    test("never allows less than the rounding of a deep network", () => {
      const { f64, f32 } = pair(0);
      expect(inSingle({ losses: { a: 1 + 9e-7, b: 2 } }, f64, f32)[0]?.passed).toBe(true);
      expect(inSingle({ losses: { a: 1 + 1e-6, b: 2 } }, f64, f32)[0]).toMatchObject({
        passed: false,
        tolerance: SINGLE_FLOOR,
      });
    });

    test("keeps the noise of one group, and of one iteration, from excusing another", () => {
      const f64 = { train: 1, losses: { a: 1 } };
      const groups = inSingle({ train: 1, losses: { a: 1 + 1e-5 } }, f64, { train: 1.1, losses: { a: 1 } });
      expect(groups.map(({ group, passed }) => [group, passed])).toEqual([
        ["train", true],
        ["losses", false],
      ]);
      const iterations = [{ losses: [{ a: 1 }] }, { losses: [{ a: 1 }] }];
      const noisy = [{ losses: [{ a: 1 }] }, { losses: [{ a: 1.01 }] }];
      const ours = [{ losses: [{ a: 1.001 }] }, { losses: [{ a: 1.001 }] }];
      expect(inSingle(ours, iterations, noisy).map(({ group, passed }) => [group, passed])).toEqual([
        ["0.losses", false],
        ["1.losses", true],
      ]);
    });
  });

  test("compares histograms exactly in double precision, and lets one pixel go in single", () => {
    const f64 = { argmax_hist: [5000, 3000, 0] };
    const ours = { argmax_hist: [4999, 3001, 0] };
    expect(inDouble({ argmax_hist: [5000, 3000, 0] }, f64)[0]?.passed).toBe(true);
    expect(inDouble(ours, f64)[0]?.passed).toBe(false);
    expect(inSingle(ours, f64, f64)[0]?.passed).toBe(true);
    expect(inSingle({ argmax_hist: [4990, 3010, 0] }, f64, f64)[0]?.passed).toBe(false);
  });

  test("compares whole matrices element by element", () => {
    const f64 = {
      memory: [
        [1, 2],
        [3, 4],
      ],
    };
    const memory = (last: number) => ({
      memory: new Snapshot(
        tensor(
          [
            [1, 2],
            [3, last],
          ],
          double,
        ),
      ),
    });
    expect(inDouble(memory(4), f64)[0]).toMatchObject({ passed: true, figures: 4 });
    expect(inDouble(memory(4.00001), f64)[0]).toMatchObject({ passed: false, figure: "memory.[3]" });
  });

  test("takes another tolerance where a figure's truth is less certain", () => {
    const doubleTolerance = (figure: string) => (figure === "losses.wt" ? 1e-6 : DOUBLE_TOLERANCE);
    const f64 = { losses: { wt: 1, total: 1 } };
    const run = (ours: Figures) =>
      compareSection(ours, { f64, f32: f64 }, { precision: "float64", doubleTolerance })[0];
    expect(run({ losses: { wt: 1 + 5e-7, total: 1 } })?.passed).toBe(true);
    expect(run({ losses: { wt: 1, total: 1 + 5e-7 } })).toMatchObject({
      passed: false,
      figure: "losses.total",
    });
  });
});
