import { manualSeed, nn, randint, randn, type Tensor, tensor } from "@pinmem/torch";
import { beforeEach, describe, expect, test } from "vitest";
import { auxiliaryLoss, type SegmentationLossOptions, segmentationLoss } from "./segmentation.js";

const classes = 4;
const kinds: SegmentationLossOptions[] = [
  {},
  { kind: "cross-entropy" },
  { kind: "image-weighted" },
  { kind: "image-weighted", weighting: "inverse", upperBound: 2 },
  { kind: "border-relaxed" },
  { kind: "border-relaxed", window: 2, strictClasses: [1] },
];

const logitsOf = (...shape: number[]): Tensor => randn(shape, { dtype: "float64" });
const labelOf = (...shape: number[]): Tensor => {
  const label = randint(classes + 1, shape, { dtype: "int64" });
  return label.maskedFill(label.eq(classes), 255);
};

beforeEach(() => manualSeed(1));

describe("segmentationLoss", () => {
  test("is PyTorch's cross entropy by default", () => {
    const [logits, label] = [logitsOf(2, classes, 5, 6), labelOf(2, 5, 6)];
    const expected = nn.F.crossEntropy(logits, label, { ignoreIndex: 255 }).toNumber();
    expect(segmentationLoss(logits, label).toNumber()).toBeCloseTo(expected, 14);
  });

  test.each(kinds)("is zero with gradients zero when every label is ignored, %o", (options) => {
    const logits = logitsOf(2, classes, 5, 6).requiresGrad_();
    const loss = segmentationLoss(logits, labelOf(2, 5, 6).fill_(255), options);
    expect(loss.toNumber()).toBe(0);
    loss.backward();
    expect(logits.grad?.eq(0).all().item()).toBe(true);
  });

  test.each(kinds)("does not look at ignored images, and treats others alike, %o", (options) => {
    const logits = logitsOf(1, classes, 5, 6);
    const label = labelOf(1, 5, 6);
    const alone = segmentationLoss(logits, label, options).toNumber();
    const twice = segmentationLoss(logits.repeat([2, 1, 1, 1]), label.repeat([2, 1, 1]), options).toNumber();
    expect(twice).toBeCloseTo(alone, 13);
  });

  test.each(kinds)("falls with the right logits and has their gradient, %o", (options) => {
    const logits = logitsOf(2, classes, 6, 7).requiresGrad_();
    const label = labelOf(2, 6, 7);
    const loss = segmentationLoss(logits, label, options);
    loss.backward();
    const gradient = logits.grad as Tensor;
    expect(gradient.isfinite().all().item()).toBe(true);
    const step = logits.detach().sub(gradient, { alpha: 0.1 });
    expect(segmentationLoss(step, label, options).toNumber()).toBeLessThan(loss.toNumber());
    const direction = randn(logits.shape, { dtype: "float64" });
    const at = (size: number) =>
      segmentationLoss(logits.detach().add(direction, { alpha: size }), label, options).toNumber();
    const slope = (at(1e-6) - at(-1e-6)) / 2e-6;
    expect(gradient.mul(direction).sum().toNumber()).toBeCloseTo(slope, 8);
  });

  test.each(kinds)("stays finite for huge logits, %o", (options) => {
    const logits = logitsOf(1, classes, 4, 4).mul(1e4).requiresGrad_();
    const loss = segmentationLoss(logits, labelOf(1, 4, 4), options);
    loss.backward();
    expect(Number.isFinite(loss.toNumber())).toBe(true);
    expect(logits.grad?.isfinite().all().item()).toBe(true);
  });

  test.each(kinds)("refuses labels of another size and other values, %o", (options) => {
    const logits = logitsOf(1, classes, 4, 4);
    expect(() => segmentationLoss(logits, labelOf(1, 4, 5), options)).toThrow(
      "must have the resolution of the logits",
    );
    expect(() => segmentationLoss(logits, labelOf(1, 4, 4).fill_(4), options)).toThrow(
      "argument 'label' holds 4",
    );
    expect(() => segmentationLoss(logitsOf(classes, 4, 4), labelOf(1, 4, 4), options)).toThrow(
      "must be [B, K, H, W]",
    );
  });

  test("refuses a kind that does not exist", () => {
    const options = { kind: "dice" } as unknown as SegmentationLossOptions;
    expect(() => segmentationLoss(logitsOf(1, classes, 4, 4), labelOf(1, 4, 4), options)).toThrow(
      `segmentationLoss: argument 'kind' must be "cross-entropy", "image-weighted" or "border-relaxed", got "dice"`,
    );
  });
});

describe("auxiliaryLoss", () => {
  test("compares with the labels that nearest interpolation leaves", () => {
    const logits = logitsOf(2, classes, 3, 4);
    const label = labelOf(2, 25, 31);
    const small = label.unsqueeze(1).to("float32").upsampleNearest2d([3, 4]).squeeze(1).to("int64");
    const expected = nn.F.crossEntropy(logits, small, { ignoreIndex: 255 }).toNumber();
    expect(auxiliaryLoss(logits, label).toNumber()).toBeCloseTo(expected, 14);
  });

  test("is zero when the labels that are left are ignored", () => {
    const label = tensor(
      [
        [
          [255, 1],
          [1, 1],
        ],
      ],
      { dtype: "int64" },
    );
    const logits = logitsOf(1, classes, 1, 1).requiresGrad_();
    const loss = auxiliaryLoss(logits, label);
    expect(loss.toNumber()).toBe(0);
    loss.backward();
    expect(logits.grad?.eq(0).all().item()).toBe(true);
  });
});
