import { ConfusionMatrix } from "@pinmem/core";
import { liveTensors, scope, tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { countTensors } from "./count-tensors.js";

const ids = (values: number[][]) => tensor(values, { dtype: "int64" });

describe("countTensors", () => {
  it("counts true classes in rows, predicted ones in columns, and leaves ignored pixels out", () => {
    const matrix = new ConfusionMatrix(3);
    scope(() => {
      countTensors(
        matrix,
        ids([
          [0, 1, 2],
          [2, 2, 0],
        ]),
        ids([
          [0, 0, 2],
          [1, 255, 255],
        ]),
      );
      countTensors(matrix, ids([[0]]), ids([[0]]));
    });
    expect([...matrix.counts]).toEqual([2, 1, 0, 0, 0, 1, 0, 0, 1]);
  });

  it("adds up with others of its size", () => {
    const [a, b] = [new ConfusionMatrix(2), new ConfusionMatrix(2)];
    scope(() => {
      countTensors(a, ids([[0, 1]]), ids([[0, 0]]));
      countTensors(b, ids([[1, 1]]), ids([[1, 1]]));
    });
    a.merge(b);
    expect([...a.counts]).toEqual([1, 1, 0, 2]);
    expect(() => a.merge(new ConfusionMatrix(3))).toThrow(/3 classes do not fit 2/);
  });

  it("refuses values that are no classes, and shapes that differ", () => {
    scope(() => {
      const matrix = new ConfusionMatrix(2);
      expect(() => countTensors(matrix, ids([[0, 2]]), ids([[0, 1]]))).toThrow(
        /'prediction' may hold 0 to 1/,
      );
      expect(() => countTensors(matrix, ids([[0, 1]]), ids([[0, 3]]))).toThrow(
        /'label' may hold 0 to 1 and 255/,
      );
      expect(() => countTensors(matrix, ids([[0]]), ids([[0, 1]]))).toThrow(/'label' must have the shape/);
      expect([...matrix.counts]).toEqual([0, 0, 0, 0]);
    });
  });

  it("keeps no tensors", () => {
    const matrix = new ConfusionMatrix(2);
    scope(() => {
      const [a, b] = [ids([[0, 1]]), ids([[1, 1]])];
      const before = liveTensors();
      countTensors(matrix, a, b);
      expect(liveTensors()).toBe(before);
    });
  });
});
