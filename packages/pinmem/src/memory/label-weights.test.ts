import { manualSeed, nn, randint, scope, type Tensor, tensor } from "@pinmem/torch";
import { beforeEach, describe, expect, test } from "vitest";
import { labelWeights } from "./label-weights.js";

const classes = 5;
const IGNORE_INDEX = 255;

/** Labels with about a sixth ignored. */
function randomLabel(shape: number[], ignoreIndex = IGNORE_INDEX): Tensor {
  return scope(() => {
    const label = randint(classes + 1, shape, { dtype: "int64" });
    return label.maskedFill(label.eq(classes), ignoreIndex);
  });
}

/** The definition: the one-hot label, ignored pixels as one more class, interpolated with aligned corners. */
function interpolatedOneHot(label: Tensor, size: readonly [number, number]): Tensor {
  return scope(() => {
    const plain = label.maskedFill(label.eq(IGNORE_INDEX), classes);
    const oneHot = plain
      .oneHot({ numClasses: classes + 1 })
      .permute([0, 3, 1, 2])
      .to("float64");
    return nn.F.interpolate(oneHot, { size, mode: "bilinear", alignCorners: true });
  });
}

const largest = (t: Tensor): number => scope(() => t.abs().max().toNumber());

beforeEach(() => manualSeed(0));

describe("labelWeights", () => {
  test.each([
    [64, 64, 4, 4],
    [65, 97, 5, 7],
    [50, 31, 7, 9],
    [8, 9, 1, 1],
    [1, 1, 3, 2],
    [6, 5, 6, 5],
    [4, 4, 9, 11],
  ])("equals the interpolated one-hot label, %i x %i to %i x %i", (height, width, h, w) => {
    const label = randomLabel([2, height, width]);
    const weights = labelWeights(label, { classes, size: [h, w], dtype: "float64" });
    expect(weights.shape).toEqual([2, classes + 1, h, w]);
    expect(largest(weights.sub(interpolatedOneHot(label, [h, w])))).toBeLessThan(1e-13);
  });

  test.each(["float32", "float64"] as const)("sums to one at every pixel, in %s", (dtype) => {
    const weights = labelWeights(randomLabel([3, 71, 130]), { classes, size: [9, 17], dtype });
    expect(weights.dtype).toBe(dtype);
    expect(largest(weights.sum(1).sub(1))).toBeLessThan(dtype === "float32" ? 3e-7 : 1e-15);
  });

  test("gives a class no share at all where it is not beside the point", () => {
    // (100 - 1) / (12 - 1) = 9 exactly: every point lies on a pixel, none between two.
    const label = randomLabel([1, 100, 100]);
    const weights = labelWeights(label, { classes, size: [12, 12], dtype: "float64" });
    expect(weights.eq(0).logicalOr(weights.eq(1)).all().item()).toBe(true);
  });

  test.each([255, -1, -100, 2])("takes %i for ignored pixels when told so", (ignoreIndex) => {
    const label = tensor([[[0, ignoreIndex]]], { dtype: "int64" });
    const weights = labelWeights(label, { classes: 3, size: [1, 2], ignoreIndex });
    expect(weights.select(3, 0).toArray()).toEqual([[[1], [0], [0], [0]]]);
    expect(weights.select(3, 1).toArray()).toEqual([[[0], [0], [0], [1]]]);
  });

  test("refuses values that are neither class nor ignored, and other dtypes", () => {
    const label = tensor([[[0, 7]]], { dtype: "int64" });
    expect(() => labelWeights(label, { classes, size: [1, 1] })).toThrow(
      "labelWeights: argument 'label' holds 7; with 5 classes it may hold 0 to 4, and 255 for pixels to be ignored",
    );
    expect(() => labelWeights(tensor([[[1.5]]]), { classes, size: [1, 1] })).toThrow(
      "argument 'label' must be int64[1, H, W], got float32[1, 1, 1]",
    );
  });
});
