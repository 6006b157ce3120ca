import { describe, expect, it } from "vitest";
import { distance, fromPlain, type PlainTensor, readFixture } from "../../../test/fixture.js";
import { full, manualSeed, nn, ones, type Tensor, tensor, zeros } from "../../index.js";

const { F } = nn;
const fixture = readFixture<{
  interpolation: Record<string, PlainTensor>;
  functional: Record<string, PlainTensor>;
  normalization: { batches: [PlainTensor, PlainTensor] };
}>("layers.json");

const image = (): Tensor => fromPlain(fixture.normalization.batches[0]);
const logits = (): Tensor => fromPlain(fixture.normalization.batches[1]);
const labels = (): Tensor => fromPlain(fixture.functional.labels as PlainTensor, "int64");
const weight = (): Tensor => fromPlain(fixture.functional.weight as PlainTensor);

describe("interpolate", () => {
  const size = [7, 5] as const;
  const cases: Record<string, () => Tensor> = {
    bilinearAligned: () => F.interpolate(image(), { size, mode: "bilinear", alignCorners: true }),
    bilinear: () => F.interpolate(image(), { size, mode: "bilinear", alignCorners: false }),
    bilinearFactor: () => F.interpolate(image(), { scaleFactor: 1.3, mode: "bilinear", alignCorners: false }),
    bilinearHalf: () => F.interpolate(image(), { scaleFactor: 0.6, mode: "bilinear", alignCorners: true }),
    nearest: () => F.interpolate(image(), { size, mode: "nearest" }),
    nearestFactor: () => F.interpolate(image(), { scaleFactor: 1.7, mode: "nearest" }),
    bicubic: () => F.interpolate(image(), { size, mode: "bicubic", alignCorners: false }),
    bicubicFactor: () => F.interpolate(image(), { scaleFactor: 1.3, mode: "bicubic", alignCorners: true }),
  };

  it.each(Object.entries(cases))("%s is PyTorch's", (name, compute) => {
    expect(distance(compute(), fixture.interpolation[name] as PlainTensor)).toBeLessThan(3e-6);
  });

  it("needs to be told about the corners", () => {
    const options = { size, mode: "bilinear" } as never;
    expect(() => F.interpolate(image(), options)).toThrow("argument 'alignCorners' must be true or false");
  });

  it("refuses what is no image, and factors that are none", () => {
    expect(() => F.interpolate(ones([3, 4, 4]), { size, mode: "nearest" })).toThrow("must be (B, C, H, W)");
    for (const scaleFactor of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => F.interpolate(image(), { scaleFactor, mode: "nearest" })).toThrow(
        "'scaleFactor' must be a number",
      );
    }
  });
});

describe("losses and activations", () => {
  const cases: Record<string, () => Tensor> = {
    crossEntropy: () => F.crossEntropy(logits(), labels(), { ignoreIndex: 255 }),
    crossEntropyWeighted: () => F.crossEntropy(logits(), labels(), { weight: weight(), ignoreIndex: 255 }),
    crossEntropySum: () => F.crossEntropy(logits(), labels(), { ignoreIndex: 255, reduction: "sum" }),
    crossEntropyNone: () => F.crossEntropy(logits(), labels(), { ignoreIndex: 255, reduction: "none" }),
    crossEntropySmooth: () => F.crossEntropy(logits(), labels(), { ignoreIndex: 255, labelSmoothing: 0.2 }),
    normalize: () => F.normalize(logits()),
    normalizeL1: () => F.normalize(logits(), { p: 1, dim: -1 }),
    gumbelSoftmax: () => F.gumbelSoftmax(logits(), { tau: 0.7, dim: 1 }),
    dropout: () => new nn.Dropout(0.3).call(logits()),
    dropout2d: () => new nn.Dropout2d(0.4).call(logits()),
    leakyRelu: () => new nn.LeakyReLU({ negativeSlope: 0.2 }).call(logits()),
    relu6: () => new nn.ReLU6().call(logits()),
    gelu: () => new nn.GELU().call(logits()),
    silu: () => new nn.SiLU().call(logits()),
    hardswish: () => new nn.Hardswish().call(logits()),
    maxPool: () => new nn.MaxPool2d(3, { stride: 2, padding: 1, ceilMode: true }).call(logits()),
    avgPool: () => new nn.AvgPool2d(3, { stride: 2, padding: 1, countIncludePad: false }).call(logits()),
    adaptiveAvgPool: () => new nn.AdaptiveAvgPool2d([3, 2]).call(logits()),
  };

  it.each(Object.entries(cases))("%s is PyTorch's", (name, compute) => {
    manualSeed(7);
    expect(distance(compute(), fixture.functional[name] as PlainTensor)).toBeLessThan(2e-6);
  });

  it("give NaN for the mean over labels that are all ignored, as PyTorch", () => {
    const ignored = full([2, 4, 4], 255);
    expect(F.crossEntropy(logits(), ignored, { ignoreIndex: 255 }).item()).toBeNaN();
    expect(F.crossEntropy(logits(), ignored, { ignoreIndex: 255, reduction: "sum" }).item()).toBe(0);
  });

  it("normalize leaves zero vectors at zero", () => {
    expect(F.normalize(zeros([1, 3])).toArray()).toEqual([[0, 0, 0]]);
    expect(F.normalize(tensor([[3, 4]])).toArray()).toEqual([[expect.closeTo(0.6), expect.closeTo(0.8)]]);
  });

  it("know the names of reductions", () => {
    expect(() => F.crossEntropy(logits(), labels(), { reduction: "average" as never })).toThrow(
      'crossEntropy: argument \'reduction\' must be "none", "mean" or "sum", got "average"',
    );
  });
});
