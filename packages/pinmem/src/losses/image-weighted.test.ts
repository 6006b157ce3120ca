import { manualSeed, randn, type Tensor, tensor, zeros } from "@pinmem/torch";
import { beforeEach, describe, expect, test } from "vitest";
import { type ImageWeightedOptions, imageWeightedLoss } from "./image-weighted.js";

const classes = 3;

/** The definition, pixel by pixel. */
function expectedLoss(logits: Tensor, label: number[][][], options: ImageWeightedOptions): number {
  const { upperBound = 1, weighting = "complement" } = options;
  const logProbability = logits.logSoftmax(1).toArray() as number[][][][];
  const images = label.map((rows, b) => {
    const labeled = rows.flat().filter((k) => k !== 255);
    const weight = (k: number) => {
      const share = labeled.filter((other) => other === k).length / labeled.length;
      return 1 + upperBound * (weighting === "complement" ? 1 - share : 1 / share);
    };
    let [sum, total] = [0, 0];
    for (const [y, row] of rows.entries()) {
      for (const [x, k] of row.entries()) {
        if (k === 255) continue;
        sum -= weight(k) * (logProbability[b]?.[k]?.[y]?.[x] as number);
        total += weight(k);
      }
    }
    return { loss: sum / total, counts: total > 0 };
  });
  const counted = images.filter(({ counts }) => counts);
  return counted.reduce((sum, { loss }) => sum + loss, 0) / counted.length;
}

const label = [
  [
    [0, 0, 0, 1],
    [0, 0, 255, 1],
    [0, 0, 0, 0],
  ],
  [
    [2, 2, 2, 1],
    [0, 255, 255, 1],
    [2, 2, 1, 1],
  ],
];
const ignored = [
  [255, 255, 255, 255],
  [255, 255, 255, 255],
  [255, 255, 255, 255],
];

beforeEach(() => manualSeed(0));

describe("imageWeightedLoss", () => {
  test.each([{}, { upperBound: 0 }, { upperBound: 3 }, { weighting: "inverse" as const }])(
    "is the definition, %o",
    (options) => {
      const logits = randn([2, classes, 3, 4], { dtype: "float64" });
      const loss = imageWeightedLoss(logits, tensor(label, { dtype: "int64" }), options);
      expect(loss.toNumber()).toBeCloseTo(expectedLoss(logits, label, options), 13);
    },
  );

  test("leaves images without labels out of the mean", () => {
    const logits = randn([3, classes, 3, 4], { dtype: "float64" });
    const loss = imageWeightedLoss(logits, tensor([...label, ignored], { dtype: "int64" }));
    expect(loss.toNumber()).toBeCloseTo(expectedLoss(logits, [...label, ignored], {}), 13);
  });

  test("prefers the class that is rare in its image", () => {
    const logits = zeros([1, classes, 3, 4], { dtype: "float64" }).requiresGrad_();
    imageWeightedLoss(logits, tensor(label.slice(0, 1), { dtype: "int64" })).backward();
    // 9 of 11 labeled pixels are of class 0, 2 of class 1: weights 1 + 2/11 and 1 + 9/11.
    const pull = (k: number, y: number, x: number) =>
      logits.grad?.select(0, 0).select(0, k).select(0, y).select(0, x).toNumber() as number;
    expect(pull(1, 0, 3) / pull(0, 0, 0)).toBeCloseTo((1 + 9 / 11) / (1 + 2 / 11), 12);
  });

  test("refuses options that make no sense", () => {
    const logits = randn([1, classes, 3, 4]);
    const target = tensor(label.slice(0, 1), { dtype: "int64" });
    expect(() => imageWeightedLoss(logits, target, { upperBound: -1 })).toThrow(
      "argument 'upperBound' must be a finite number of at least 0, got -1",
    );
    expect(() => imageWeightedLoss(logits, target, { weighting: "other" as never })).toThrow(
      `argument 'weighting' must be "complement" or "inverse", got "other"`,
    );
  });
});
