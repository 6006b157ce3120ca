import { describe, expect, it } from "vitest";
import { distance, fromPlain, type PlainTensor, readFixture } from "../../test/fixture.js";
import { nn, ones, optim, scope, type Tensor, zeros } from "../index.js";

interface Clipped {
  readonly norm: number;
  readonly gradients: readonly PlainTensor[];
}

const fixture = readFixture<{
  gradients: PlainTensor[][];
  clipped: Record<"tight" | "loose", Clipped>;
  clippedValues: PlainTensor[];
}>("optimizers.json");

describe("clipGradNorm_", () => {
  it.each([
    ["tight", 0.5],
    ["loose", 100],
  ] as const)("scales gradients as PyTorch: a %s limit", (name, limit) => {
    scope(() => {
      const params = (fixture.gradients[1] as PlainTensor[]).map((gradient) => {
        const parameter = new nn.Parameter(zeros(gradient.shape, { dtype: "float64" }));
        parameter.grad = fromPlain(gradient, "float64");
        return parameter;
      });
      const expected = fixture.clipped[name];
      expect(optim.clipGradNorm_(params, limit)).toBeCloseTo(expected.norm, 12);
      params.forEach((parameter, index) => {
        expect(distance(parameter.grad as Tensor, expected.gradients[index] as PlainTensor)).toBeLessThan(
          1e-12,
        );
      });
    });
  });

  it("passes over parameters without a gradient", () => {
    const [used, unused] = [new nn.Parameter(ones([4])), new nn.Parameter(ones([4]))];
    used.grad = ones([4]);
    expect(optim.clipGradNorm_([used, unused], 1)).toBe(2);
    expect(optim.clipGradNorm_([unused], 1)).toBe(0);
    expect(unused.grad).toBeNull();
  });

  it("takes gradients of different dtypes together", () => {
    const single = new nn.Parameter(ones([4]));
    const double = new nn.Parameter(ones([12], { dtype: "float64" }));
    single.grad = ones([4]);
    double.grad = ones([12], { dtype: "float64" });
    expect(optim.clipGradNorm_([single, double], 1)).toBeCloseTo(4, 12);
    expect((single.grad as Tensor).dtype).toBe("float32");
    expect((double.grad as Tensor).toArray()).toEqual(Array(12).fill(expect.closeTo(0.25, 6)));
  });

  it.each([0, -1, Number.NaN])("refuses a limit of %d", (limit) => {
    expect(() => optim.clipGradNorm_([], limit)).toThrow(
      `clipGradNorm_: argument 'maxNorm' must be above 0, got ${limit}`,
    );
  });
});

describe("clipGradValue_", () => {
  it("limits every element as PyTorch, and leaves parameters without a gradient alone", () => {
    const params = (fixture.gradients[1] as PlainTensor[]).map((gradient) => {
      const parameter = new nn.Parameter(zeros(gradient.shape, { dtype: "float64" }));
      parameter.grad = fromPlain(gradient, "float64");
      return parameter;
    });
    optim.clipGradValue_([...params, new nn.Parameter(zeros([1]))], 0.5);
    params.forEach((parameter, index) => {
      expect(distance(parameter.grad as Tensor, fixture.clippedValues[index] as PlainTensor)).toBe(0);
    });
    expect(() => optim.clipGradValue_(params, 0)).toThrow("argument 'clipValue' must be above 0, got 0");
  });
});
