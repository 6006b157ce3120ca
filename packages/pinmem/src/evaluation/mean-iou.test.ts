import { liveTensors, scope, tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { ConfusionMatrix } from "./confusion-matrix.js";
import { classIoU, meanIoU } from "./mean-iou.js";

const ids = (values: number[][]) => tensor(values, { dtype: "int64" });

describe("ConfusionMatrix", () => {
  it("counts true classes in rows, predicted ones in columns, and leaves ignored pixels out", () => {
    const matrix = new ConfusionMatrix(3);
    scope(() => {
      matrix.add(
        ids([
          [0, 1, 2],
          [2, 2, 0],
        ]),
        ids([
          [0, 0, 2],
          [1, 255, 255],
        ]),
      );
      matrix.add(ids([[0]]), ids([[0]]));
    });
    expect([...matrix.counts]).toEqual([2, 1, 0, 0, 0, 1, 0, 0, 1]);
  });

  it("adds up with others of its size", () => {
    const [a, b] = [new ConfusionMatrix(2), new ConfusionMatrix(2)];
    scope(() => {
      a.add(ids([[0, 1]]), ids([[0, 0]]));
      b.add(ids([[1, 1]]), ids([[1, 1]]));
    });
    a.merge(b);
    expect([...a.counts]).toEqual([1, 1, 0, 2]);
    expect(() => a.merge(new ConfusionMatrix(3))).toThrow(/3 classes do not fit 2/);
  });

  it("refuses values that are no classes, and shapes that differ", () => {
    scope(() => {
      const matrix = new ConfusionMatrix(2);
      expect(() => matrix.add(ids([[0, 2]]), ids([[0, 1]]))).toThrow(/'prediction' may hold 0 to 1/);
      expect(() => matrix.add(ids([[0, 1]]), ids([[0, 3]]))).toThrow(/'label' may hold 0 to 1 and 255/);
      expect(() => matrix.add(ids([[0]]), ids([[0, 1]]))).toThrow(/'label' must have the shape/);
      expect([...matrix.counts]).toEqual([0, 0, 0, 0]);
    });
  });

  it("keeps no tensors", () => {
    const matrix = new ConfusionMatrix(2);
    scope(() => {
      const [a, b] = [ids([[0, 1]]), ids([[1, 1]])];
      const before = liveTensors();
      matrix.add(a, b);
      expect(liveTensors()).toBe(before);
    });
  });
});

describe("meanIoU", () => {
  it("is the mean over the classes that occur or were predicted", () => {
    const matrix = new ConfusionMatrix(4);
    matrix.counts.set([6, 2, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(classIoU(matrix)).toEqual([6 / 9, 1 / 4, null, null]);
    expect(meanIoU(matrix)).toBeCloseTo((6 / 9 + 1 / 4) / 2, 12);
  });

  it("has no value where nothing was labelled", () => {
    expect(meanIoU(new ConfusionMatrix(3))).toBeNull();
  });
});
