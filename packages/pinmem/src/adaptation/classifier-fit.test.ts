import { fromTypedArray, keep, liveTensors, manualSeed, randn, scope, type Tensor } from "@pinmem/torch";
import { expect, it } from "vitest";
import { createNetwork } from "../models/network.js";
import {
  type ClassifierFit,
  type ClassifierSums,
  fitClassifier,
  sumBytes,
  sumForClassifier,
  totalOf,
} from "./classifier-fit.js";

const [CLASSES, WIDTH, H, W] = [4, 3, 2, 3];

/** Of class 1 there are three pixels, of class 2 two, of class 0 one at most; class 3 never occurs. */
const labels = [
  [1, 1, 2, 255, 2, 1],
  [0, 1, 1, 2, 255, 255],
];
const labelOf = (ids: readonly number[]) => fromTypedArray(BigInt64Array.from(ids, BigInt), [1, H, W]);

/** Solves a system of equations by elimination. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at] as number]);
  const size = rows.length;
  for (let at = 0; at < size; at++) {
    const pivot = rows[at] as number[];
    for (let other = 0; other < size; other++) {
      if (other === at) continue;
      const row = rows[other] as number[];
      const factor = (row[at] as number) / (pivot[at] as number);
      for (let column = at; column <= size; column++) {
        row[column] = (row[column] as number) - factor * (pivot[column] as number);
      }
    }
  }
  return rows.map((row, at) => (row[size] as number) / (row[at] as number));
}

/** The mean of a channel over the 9 x 9 pixels around one, of those that are there: here the whole map. */
const around = (channel: Float32Array): number => channel.reduce((sum, one) => sum + one, 0) / channel.length;

/** Ridge regression as textbooks have it, pixel by pixel: weights n^-0.75 by class, ridge 0.01 of the mean diagonal. */
function expected(pixels: readonly { readonly x: number[]; readonly id: number }[]): number[][] {
  const size = 2 * WIDTH + 1;
  const counts = Array.from({ length: CLASSES }, (_, id) => pixels.filter((one) => one.id === id).length);
  const gram = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const target = Array.from({ length: CLASSES }, () => new Array<number>(size).fill(0));
  for (const { x, id } of pixels) {
    const weight = (counts[id] as number) ** -0.75;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        (gram[i] as number[])[j] = (gram[i]?.[j] as number) + weight * (x[i] as number) * (x[j] as number);
      }
      for (let k = 0; k < CLASSES; k++) {
        const wanted = (k === id ? 1 : 0) - 1 / CLASSES;
        (target[k] as number[])[i] = (target[k]?.[i] as number) + weight * wanted * (x[i] as number);
      }
    }
  }
  const diagonal = gram.reduce((sum, row, at) => sum + (row[at] as number), 0) / size;
  const ridged = gram.map((row, i) => row.map((value, j) => value + (i === j ? 0.01 * diagonal : 0)));
  return target.map((right, k) => (counts[k] === 0 ? new Array(size).fill(0) : solve(ridged, right)));
}

it("fits classes by ridge regression over labeled pixels, weighted against their size, and leaves others at zero", () => {
  manualSeed(3);
  const before = liveTensors();
  const seen = labels.map(() => randn([1, WIDTH, H, W]));
  const sums: ClassifierSums[] = seen.map((one, at) =>
    scope(() => sumForClassifier(one, labelOf(labels[at] as number[]), CLASSES)),
  );
  const total = totalOf(sums);
  const fit = fitClassifier(total, CLASSES);
  const pixels = seen.flatMap((one, at) => {
    const values = one.toTypedArray() as Float32Array;
    return (labels[at] as number[]).flatMap((id, pixel) =>
      id === 255
        ? []
        : [
            {
              id,
              x: [
                ...Array.from({ length: WIDTH }, (_, c) => values[c * H * W + pixel] as number),
                ...Array.from({ length: WIDTH }, (_, c) =>
                  around(values.subarray(c * H * W, (c + 1) * H * W)),
                ),
                1,
              ],
            },
          ],
    );
  });
  const wanted = expected(pixels);
  const [weight, context, bias] = [fit?.weight, fit?.context, fit?.bias].map((one) =>
    one?.toTypedArray(),
  ) as Float32Array[];
  for (let k = 0; k < CLASSES; k++) {
    for (let c = 0; c < WIDTH; c++) {
      expect(weight?.[k * WIDTH + c]).toBeCloseTo(wanted[k]?.[c] as number, 5);
      expect(context?.[k * WIDTH + c]).toBeCloseTo(wanted[k]?.[WIDTH + c] as number, 5);
    }
    expect(bias?.[k]).toBeCloseTo(wanted[k]?.[2 * WIDTH] as number, 5);
  }
  expect(fit?.weight.shape).toEqual([CLASSES, WIDTH, 1, 1]);
  fit?.[Symbol.dispose]();
  for (const one of [...sums, total]) one[Symbol.dispose]();
  for (const one of seen) one[Symbol.dispose]();
  expect(liveTensors()).toBe(before);
});

it("says the same of pictures that are put together, and of those that are left where one is taken away", () => {
  manualSeed(4);
  const sums = labels.map((one) =>
    scope(() => sumForClassifier(randn([1, WIDTH, H, W]), labelOf(one), CLASSES)),
  ) as [ClassifierSums, ClassifierSums];
  const same = (one: ClassifierFit | null, other: ClassifierFit | null) =>
    scope(() => {
      for (const part of ["weight", "context", "bias"] as const) {
        const difference = one?.[part].sub(other?.[part] as Tensor);
        expect(difference?.abs().max().toNumber()).toBeLessThan(1e-5);
      }
    });
  using total = totalOf(sums);
  using apart = fitClassifier(total, CLASSES);
  using without = fitClassifier(total, CLASSES, sums[0]);
  using second = fitClassifier(sums[1], CLASSES);
  same(without, second);
  sums[0].add(sums[1]);
  expect(sums[1].classes.size).toBe(0);
  using together = fitClassifier(sums[0], CLASSES);
  same(together, apart);
  expect(fitClassifier(total, CLASSES, sums[0])).toBeNull();
  for (const one of sums) one[Symbol.dispose]();
});

it("tells how many bytes a picture's part takes that shows all classes", () => {
  const network = createNetwork({ backbone: "mobilenet_v2", width: 16, classes: CLASSES });
  scope(() => {
    const seen = randn([1, network.classifier.weight.size(1), H, W]);
    using sums = sumForClassifier(seen, labelOf([0, 1, 2, 3, 0, 1]), CLASSES);
    const bytes = [...sums.classes.values()].reduce((sum, { gram }) => sum + 4 * gram.numel, 0);
    expect(sumBytes(network)).toBe(bytes);
  });
});

it("fits nothing where nothing is labeled", () => {
  scope(() => {
    using sums = sumForClassifier(randn([1, WIDTH, H, W]), labelOf(new Array(H * W).fill(255)), CLASSES);
    expect(sums.classes.size).toBe(0);
    expect(fitClassifier(sums, CLASSES)).toBeNull();
  });
});

it("is none where features are so large that their products are no numbers, and leaves nothing behind", () => {
  const before = liveTensors();
  const seen = scope(() => keep(randn([1, WIDTH, H, W]).mul(1e30)));
  const sums = scope(() => sumForClassifier(seen, labelOf(labels[0] as number[]), CLASSES));
  const total = totalOf([sums]);
  expect(fitClassifier(total, CLASSES)).toBeNull();
  for (const one of [total, sums]) one[Symbol.dispose]();
  seen.dispose();
  expect(liveTensors()).toBe(before);
});
