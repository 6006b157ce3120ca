import { describe, expect, it } from "vitest";
import {
  gradcheck,
  gradgradcheck,
  liveTensors,
  randn,
  scope,
  type Tensor,
  TorchError,
  tensor,
} from "./index.js";

const leaf = (values: readonly number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });

describe("gradcheck", () => {
  it("returns how far autograd and finite differences are apart", () => {
    expect(gradcheck((x) => x.pow(3), [leaf([0.5, -1, 2])])).toBeLessThan(1e-8);
  });

  it("finds a wrong gradient and says where, and both values", () => {
    // Autograd does not see the second factor, so it finds x where the derivative is 2 x.
    const half = (x: Tensor) => x.mul(x.detach());
    expect(() => gradcheck(half, [leaf([1, 3])])).toThrow(
      /^gradcheck: d output 0 \[0\] \/ d input 0 \[0\] is 1 by autograd and (2|1\.99999)/,
    );
  });

  it("finds a wrong gradient of a gradient where the gradient is right", () => {
    // The gradient is 2 x, but half of it is hidden from the second pass.
    const square = (x: Tensor) => x.mul(x.detach()).mul(2).sub(x.detach().square());
    const inputs = [leaf([1, 3])];
    expect(() => gradcheck(square, inputs)).not.toThrow();
    expect(() => gradgradcheck(square, inputs)).toThrow(
      /^gradgradcheck: d output 0 \[0\] \/ d input 0 \[0\] is 0 by/,
    );
  });

  it("finds an input that autograd was never told of", () => {
    const compute = (x: Tensor, y: Tensor) => x.add(y.detach());
    expect(() => gradcheck(compute, [leaf([1]), leaf([2])])).toThrow(
      /d input 1 \[0\] is 0 by autograd and 1/,
    );
  });

  it("checks each of several outputs, and passes over inputs that need no gradient", () => {
    const labels = tensor([1, 0], { dtype: "int64" });
    const compute = (x: Tensor, index: Tensor) => [x.indexSelect(0, index), x.exp()];
    expect(gradcheck(compute, [leaf([0.5, -1]), labels])).toBeLessThan(1e-8);
  });

  it("takes the gradients of the outputs from the caller", () => {
    const seed = tensor([0.25, -2], { dtype: "float64" });
    expect(gradgradcheck((x) => x.pow(3), [leaf([0.5, 2])], { gradOutputs: [seed] })).toBeLessThan(1e-7);
    expect(seed.requiresGrad).toBe(false);
  });

  it("refuses inputs that cannot be checked", () => {
    const single = randn([2]).requiresGrad_();
    expect(() => gradcheck((x) => x, [single])).toThrow(
      "finite differences need float64, got float32[2] on cpu",
    );
    expect(() => gradcheck((x) => x, [randn([2])])).toThrow("no input requires gradients");
    expect(() => gradcheck((x) => x.detach(), [leaf([1])])).toThrow(TorchError);
  });

  it("leaves no tensor behind", () => {
    scope(() => {
      const inputs = [leaf([1, 2])];
      const before = liveTensors();
      gradgradcheck((x) => x.sin(), inputs);
      expect(liveTensors()).toBe(before);
    });
  });
});
