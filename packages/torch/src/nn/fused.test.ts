import { describe, expect, it } from "vitest";
import { liveTensors, manualSeed, noGrad, randn, scope, type Tensor } from "../index.js";
import { Conv2d, type Conv2dOptions } from "./conv.js";
import { AddReLU, ConvReLU2d } from "./fused.js";

const largest = (difference: Tensor): number => difference.abs().max().toNumber();

function convolution(options: Conv2dOptions): Conv2d {
  manualSeed(3);
  return new Conv2d(8, 16, 3, options).eval().requiresGrad_(false).to({ memoryFormat: "channelsLast" });
}

describe("ConvReLU2d", () => {
  it.each<Conv2dOptions>([
    {},
    { bias: false, padding: 1, stride: 2 },
    { padding: 2, dilation: 2, groups: 4 },
  ])("gives the convolution's output without its negative part: %o", (options) => {
    scope(() => {
      const plain = convolution(options);
      const image = randn([2, 8, 13, 17]);
      const other = randn([1, 8, 9, 6]);
      const expected = [image, other].map((input) => plain.call(input).relu());
      expect(ConvReLU2d.accepts(plain)).toBe(true);
      const fused = new ConvReLU2d(plain);
      for (const [index, input] of [image, other].entries()) {
        const found = fused.call(input);
        expect(found.isContiguous("channelsLast")).toBe(true);
        expect(largest(found.sub(expected[index] as Tensor))).toBeLessThan(1e-5);
      }
    });
  });

  it("frees the plain weights when it packs them, and the packed ones with its tensors", () => {
    const before = liveTensors();
    const plain = convolution({});
    const fused = new ConvReLU2d(plain);
    expect([...fused.stateDict().keys()]).toEqual(["weight", "bias"]);
    scope(() => void fused.call(randn([1, 8, 5, 5])));
    expect(plain.weight.isDisposed).toBe(true);
    expect([...fused.stateDict().keys()]).toEqual(["packed"]);
    for (const tensor of fused.stateDict().values()) tensor.dispose();
    expect(liveTensors()).toBe(before);
  });

  it("names the input that does not fit, and packed weights that were copied", () => {
    scope(() => {
      const fused = new ConvReLU2d(convolution({}));
      expect(() => fused.call(randn([1, 7, 5, 5]))).toThrow(/'input' must be \[B, 8, H, W\] in float32/);
      expect(() => fused.call(randn([1, 8, 5, 5]).to("float64"))).toThrow(/in float32 on the CPU/);
      fused.call(randn([1, 8, 5, 5]));
      fused.packed = (fused.packed as Tensor).clone();
      expect(() => fused.call(randn([1, 8, 5, 5]))).toThrow(/cannot be copied or moved/);
    });
  });

  it.each(["float64", "bfloat16"] as const)("computes in %s what the two layers do", (dtype) => {
    scope(() => {
      const plain = convolution({}).to({ dtype });
      expect(ConvReLU2d.accepts(plain)).toBe(false);
      const input = randn([1, 8, 5, 5]).to(dtype);
      const expected = plain.call(input).relu();
      expect(largest(new ConvReLU2d(plain).call(input).sub(expected))).toBe(0);
      expect(new AddReLU().call(input.neg(), input.neg()).dtype).toBe(dtype);
    });
  });
});

describe("AddReLU", () => {
  it("writes the sum without its negative part over the first summand", () => {
    scope(() =>
      noGrad(() => {
        const [a, b] = [randn([3, 5, 7]), randn([3, 5, 7])];
        const expected = a.add(b).relu();
        expect(new AddReLU().call(a, b)).toBe(a);
        expect(largest(a.sub(expected))).toBe(0);
      }),
    );
  });
});
