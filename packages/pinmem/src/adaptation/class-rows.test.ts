import { type LabelMap, sampledShares } from "@pinmem/core";
import { fromTypedArray, liveTensors, manualSeed, randn, scope, type Tensor } from "@pinmem/torch";
import { expect, it } from "vitest";
import { rowsOf, sumPicture, writtenClasses } from "./class-rows.js";

const [classes, width, h, w] = [4, 3, 2, 3];

const feature = (seed: number): Tensor => {
  manualSeed(seed);
  return randn([1, width, h, w], { dtype: "float64" });
};

/** At the feature's own resolution, so that every pixel has one class. */
const label = (ids: readonly number[]): LabelMap => ({ width: w, height: h, trainIds: Uint8Array.from(ids) });

const before = () =>
  fromTypedArray(Float64Array.from([1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]), [classes, width]);

const unit = (vector: readonly number[]) => {
  const length = Math.hypot(...vector);
  return vector.map((value) => (length > 0 ? value / length : 0));
};

/** Mean direction of the features of each class over some pictures, in plain loops; null where it does not occur. */
function expected(
  pictures: readonly { values: Float64Array; ids: readonly number[] }[],
): (number[] | null)[] {
  return Array.from({ length: classes }, (_, trainId) => {
    const sum = Array(width).fill(0) as number[];
    let count = 0;
    for (const { values, ids } of pictures) {
      for (const [pixel, id] of ids.entries()) {
        if (id !== trainId) continue;
        const direction = unit(Array.from({ length: width }, (_, c) => values[c * h * w + pixel] as number));
        for (const [c, value] of direction.entries()) sum[c] = (sum[c] as number) + value;
        count++;
      }
    }
    return count > 0 ? unit(sum) : null;
  });
}

const ids = [
  [0, 0, 1, 255, 1, 0],
  [0, 255, 255, 255, 255, 2],
];

it("are mean directions of the classes that occur, with or without a picture; the others stay", () => {
  const live = liveTensors();
  scope(() => {
    const features = [feature(1), feature(2)];
    const pictures = features.map((one, at) => ({
      values: one.toTypedArray() as Float64Array,
      ids: ids[at] ?? [],
    }));
    const sums = features.map((one, at) => sumPicture(one, label(ids[at] ?? []), classes));
    expect(writtenClasses(sums)).toEqual([0, 1, 2]);
    for (const some of [[0, 1], [0], [1]]) {
      const rows = rowsOf(
        some.map((at) => sums[at] as never),
        { before: before() },
      ).toArray() as number[][];
      const means = expected(some.map((at) => pictures[at] as never));
      const old = before().toArray() as number[][];
      for (const [trainId, row] of rows.entries()) {
        const wanted = means[trainId] ?? (old[trainId] as number[]);
        for (const [c, value] of row.entries()) expect(value).toBeCloseTo(wanted[c] as number, 12);
      }
    }
    for (const one of sums) one[Symbol.dispose]();
  });
  expect(liveTensors()).toBe(live);
});

it("move from those before by the momentum", () => {
  scope(() => {
    const one = feature(1);
    using sums = sumPicture(one, label(ids[0] ?? []), classes);
    const rows = rowsOf([sums], { before: before(), momentum: 0.8 }).toArray() as number[][];
    const [mean] = expected([{ values: one.toTypedArray() as Float64Array, ids: ids[0] ?? [] }]);
    const mixed = unit([1, 0, 0].map((value, c) => 0.8 * value + 0.2 * ((mean as number[])[c] as number)));
    for (const [c, value] of (rows[0] as number[]).entries())
      expect(value).toBeCloseTo(mixed[c] as number, 12);
    expect(rows[3]).toEqual([0, 0, 1]);
    expect((rowsOf([], { before: before() }).toArray() as number[][])[0]).toEqual([1, 0, 0]);
  });
});

it("count a stroke by area, wherever it lies between the pixels of the feature", () => {
  scope(() => {
    const one = feature(1);
    const size = { width: 30, height: 20 };
    const trainIds = new Uint8Array(600).fill(255);
    for (const [x, y] of [
      [7, 5],
      [8, 5],
      [7, 6],
      [8, 6],
    ] as const)
      trainIds[30 * y + x] = 2; // In the first row, by the center of the second cell, which begins at 7.75.
    const labels = { ...size, trainIds };
    expect(sampledShares(labels, { width: w, height: h }, classes).every((share) => share === 0)).toBe(true);
    using sums = sumPicture(one, labels, classes);
    expect(writtenClasses([sums])).toEqual([2]);
    const [row] = rowsOf([sums], { before: before() }).select(0, 2).view([1, -1]).toArray() as number[][];
    const values = one.toTypedArray() as Float64Array;
    const direction = (cell: number) => unit([0, 1, 2].map((c) => values[c * h * w + cell] as number));
    const [left, right] = [direction(0), direction(1)];
    // Columns of 14.5 pixels: of the pixels from 7 to 9, three quarters of one are the first cell's, which has half of its width on the picture.
    const shares = [0.75 / 7.75, 1.25 / 14.5];
    const wanted = unit(
      [0, 1, 2].map(
        (c) => (shares[0] as number) * (left[c] as number) + (shares[1] as number) * (right[c] as number),
      ),
    );
    for (const [c, value] of (row as number[]).entries()) expect(value).toBeCloseTo(wanted[c] as number, 12);
  });
});
