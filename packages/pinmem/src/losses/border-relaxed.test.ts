import { manualSeed, randint, randn, type Tensor, tensor } from "@pinmem/torch";
import { beforeEach, describe, expect, test } from "vitest";
import { type BorderRelaxedOptions, borderRelaxedLoss } from "./border-relaxed.js";

const classes = 4;
const IGNORE_INDEX = 255;

/** The definition, pixel by pixel. */
function expectedLoss(logits: Tensor, label: number[][][], options: BorderRelaxedOptions): number {
  const { window = 1, strictClasses = [], upperBound = 1 } = options;
  const probability = logits.softmax(1).toArray() as number[][][][];
  const losses = label.map((rows, b) => {
    const windowOf = (y: number, x: number): Set<number> => {
      const own = rows[y]?.[x] as number;
      if (strictClasses.includes(own)) return new Set([own]);
      const found = new Set<number>();
      for (let dy = -window; dy <= window; dy++) {
        for (let dx = -window; dx <= window; dx++) found.add(rows[y + dy]?.[x + dx] ?? IGNORE_INDEX);
      }
      return found;
    };
    const windows = rows.map((row, y) => row.map((_, x) => windowOf(y, x)));
    const all = windows.flat().flatMap((found) => [...found]);
    const weight = (k: number) =>
      1 + upperBound * (1 - all.filter((other) => other === k).length / all.length);
    let [sum, count] = [0, 0];
    for (const [y, row] of windows.entries()) {
      for (const [x, found] of row.entries()) {
        const near = [...found].filter((k) => k !== IGNORE_INDEX);
        if (near.length === 0) continue;
        const joint = near.reduce((total, k) => total + (probability[b]?.[k]?.[y]?.[x] as number), 0);
        sum -= (near.reduce((total, k) => total + weight(k), 0) / near.length) * Math.log(joint);
        count += 1;
      }
    }
    return sum / (count + 1);
  });
  return losses.reduce((a, b) => a + b) / losses.length;
}

const logits = () => randn([2, classes, 5, 6], { dtype: "float64" });

/** Blocks, so that some pixels are far from every border, and one image with a large ignored region. */
const label = [
  [
    [0, 0, 0, 0, 1, 1],
    [0, 0, 0, 0, 1, 1],
    [0, 0, 0, 3, 3, 1],
    [0, 0, 0, 3, 3, 255],
    [0, 0, 0, 3, 3, 255],
  ],
  [
    [255, 255, 255, 255, 2, 2],
    [255, 255, 255, 255, 2, 2],
    [255, 255, 255, 255, 2, 2],
    [255, 255, 255, 255, 2, 0],
    [255, 255, 255, 255, 2, 0],
  ],
];

beforeEach(() => manualSeed(0));

describe("borderRelaxedLoss", () => {
  test.each([{}, { window: 0 }, { window: 2 }, { upperBound: 0.5 }, { strictClasses: [3, 1] }])(
    "is the definition, %o",
    (options) => {
      const input = logits();
      const loss = borderRelaxedLoss(input, tensor(label, { dtype: "int64" }), options);
      expect(loss.toNumber()).toBeCloseTo(expectedLoss(input, label, options), 13);
    },
  );

  test("is the definition on random labels", () => {
    const input = logits();
    const random = randint(classes, [2, 5, 6], { dtype: "int64" });
    const expected = expectedLoss(input, random.toArray() as number[][][], {});
    expect(borderRelaxedLoss(input, random).toNumber()).toBeCloseTo(expected, 13);
  });

  test("does not care how a border pixel divides its probability", () => {
    const border = tensor([[[0, 1]]], { dtype: "int64" });
    const loss = (a: number, b: number) => {
      const probability = tensor([a, b, 0.1, 0.1], { dtype: "float64" }).view([1, 4, 1, 1]);
      return borderRelaxedLoss(probability.log().repeat([1, 1, 1, 2]), border).toNumber();
    };
    expect(loss(0.7, 0.1)).toBeCloseTo(loss(0.2, 0.6), 14);
    expect(loss(0.7, 0.1)).toBeGreaterThan(0);
  });

  test("refuses options that make no sense", () => {
    const target = tensor(label, { dtype: "int64" });
    expect(() => borderRelaxedLoss(logits(), target, { window: 1.5 })).toThrow(
      "borderRelaxedLoss: argument 'window' must be an integer from 0 to 16, got 1.5",
    );
    expect(() => borderRelaxedLoss(logits(), target, { strictClasses: [4] })).toThrow(
      "borderRelaxedLoss: argument 'strictClasses' must hold classes 0 to 3, got 4",
    );
  });
});
