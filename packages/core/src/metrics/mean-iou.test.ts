import { describe, expect, it } from "vitest";
import { ConfusionMatrix } from "./confusion-matrix.js";
import { classIoU, meanIoU } from "./mean-iou.js";

describe("ConfusionMatrix", () => {
  it("counts true classes in rows, predicted ones in columns, and leaves ignored pixels out", () => {
    const matrix = new ConfusionMatrix(3);
    matrix.add(Uint8Array.of(0, 1, 2, 2, 2, 0), Uint8Array.of(0, 0, 2, 1, 255, 255));
    matrix.add(Uint8Array.of(0), Uint8Array.of(0));
    expect([...matrix.counts]).toEqual([2, 1, 0, 0, 0, 1, 0, 0, 1]);
  });

  it("adds up with others of its size", () => {
    const [a, b] = [new ConfusionMatrix(2), new ConfusionMatrix(2)];
    a.add(Uint8Array.of(0, 1), Uint8Array.of(0, 0));
    b.add(Uint8Array.of(1, 1), Uint8Array.of(1, 1));
    a.merge(b);
    expect([...a.counts]).toEqual([1, 1, 0, 2]);
    expect(() => a.merge(new ConfusionMatrix(3))).toThrow(/3 classes do not fit 2/);
  });

  it("refuses values that are no classes, and lengths that differ", () => {
    const matrix = new ConfusionMatrix(2);
    expect(() => matrix.add(Uint8Array.of(0, 2), Uint8Array.of(0, 1))).toThrow(/a prediction is 2/);
    expect(() => matrix.add(Uint8Array.of(0, 1), Uint8Array.of(0, 3))).toThrow(/a label is 3/);
    expect(() => matrix.add(Uint8Array.of(0), Uint8Array.of(0, 1))).toThrow(
      /1 predicted pixels do not fit 2/,
    );
    expect([...matrix.counts]).toEqual([0, 0, 0, 0]);
  });
});

describe("meanIoU", () => {
  it("is the mean over the classes that occur or were predicted", () => {
    const matrix = new ConfusionMatrix(4);
    matrix.counts.set([6, 2, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(classIoU(matrix)).toEqual([6 / 9, 1 / 4, null, null]);
    expect(meanIoU(matrix)).toBeCloseTo((6 / 9 + 1 / 4) / 2, 12);
  });

  it("has no value where nothing was labeled", () => {
    expect(meanIoU(new ConfusionMatrix(3))).toBeNull();
  });
});
