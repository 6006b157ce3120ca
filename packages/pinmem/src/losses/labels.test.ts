import { inferenceMode, manualSeed, randint, scope, tensor } from "@pinmem/torch";
import { beforeEach, describe, expect, test } from "vitest";
import { checkLabel, nearestLabel } from "./labels.js";

beforeEach(() => manualSeed(0));

describe("nearestLabel", () => {
  test("takes the pixel that PyTorch's nearest interpolation of the label as numbers takes, at every size", () => {
    for (let height = 1; height <= 130; height += 1) {
      scope(() => {
        const label = randint(256, [1, height, 2 * height + 1], { dtype: "int64" });
        for (let h = 1; h <= height; h += 1 + (height >> 4)) {
          const size = [h, h + 1] as const;
          const expected = label.unsqueeze(1).to("float32").upsampleNearest2d(size).squeeze(1);
          expect(nearestLabel(label, size).to("float32").equal(expected)).toBe(true);
        }
      });
    }
  });

  test("takes floor(i H / h)", () => {
    const label = tensor([[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]], { dtype: "int64" });
    expect(nearestLabel(label, [1, 4]).toArray()).toEqual([[[0, 2, 5, 7]]]);
  });
});

describe("checkLabel", () => {
  const expected = { operator: "test", batch: 1, classes: 3 };
  const label = (...values: number[]) => tensor([[values]], { dtype: "int64" });

  test("accepts classes and the ignored value", () => {
    checkLabel(label(0, 1, 2, 255), expected);
    checkLabel(label(0, 1, 2, -1), { ...expected, ignoreIndex: -1 });
  });

  test.each([
    [
      label(0, 3),
      "test: argument 'label' holds 3; with 3 classes it may hold 0 to 2, and 255 for pixels to be ignored",
    ],
    [label(-1, 0), "holds -1"],
    [label(254, 255), "holds 254"],
    [tensor([[[1]]]), "must be int64[1, H, W], got float32[1, 1, 1] on cpu"],
    [tensor([[1]], { dtype: "int64" }), "must be int64[1, H, W], got int64[1, 1] on cpu"],
    [tensor([[[1]], [[1]]], { dtype: "int64" }), "must be int64[1, H, W], got int64[2, 1, 1] on cpu"],
  ])("refuses %s", (wrong, message) => {
    expect(() => checkLabel(wrong, expected)).toThrow(message);
  });

  test("refuses another resolution when one is asked for", () => {
    expect(() => checkLabel(label(0, 1), { ...expected, size: [2, 2] })).toThrow(
      "must have the resolution of the logits, 2 x 2, got 1 x 2",
    );
  });

  test("looks again after a change in place, for other classes, and at labels made in inference mode", () => {
    const reused = label(0, 1);
    checkLabel(reused, expected);
    expect(() => checkLabel(reused, { ...expected, classes: 1 })).toThrow("holds 1");
    reused.fill_(9);
    expect(() => checkLabel(reused, expected)).toThrow("holds 9");
    inferenceMode(() => {
      const inside = label(0, 1);
      checkLabel(inside, expected);
      inside.fill_(9);
      expect(() => checkLabel(inside, expected)).toThrow("holds 9");
    });
  });
});
