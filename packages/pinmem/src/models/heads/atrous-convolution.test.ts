import { grad, manualSeed, rand, randn, scope, type Tensor } from "@pinmem/torch";
import { expect, it } from "vitest";
import { AtrousConv2d } from "./atrous-convolution.js";

const largest = (difference: Tensor) => scope(() => difference.abs().max().toNumber());

it.each([
  ["rows and columns", 4, 4, 6],
  ["rows", 6, 7, 6],
  ["columns", 13, 2, 6],
  ["nothing", 7, 8, 6],
])(
  "an atrous convolution that leaves out %s is the whole one, gradients included",
  (_, height, width, dilation) => {
    manualSeed(3);
    const convolution = new AtrousConv2d(5, 4, dilation, { bias: true });
    convolution.to({ dtype: "float64" });
    const { weight, bias } = convolution;
    scope(() => {
      const map = randn([2, 5, height, width], { dtype: "float64" }).requiresGrad_(true);
      const inputs = [map, weight, bias as Tensor];
      const seed = rand([2, 4, height, width], { dtype: "float64" });
      const whole = map.conv2d(weight, { bias, padding: dilation, dilation });
      const parts = convolution.call(map);
      expect(largest(parts.sub(whole))).toBeLessThan(1e-13);
      const [expected, found] = [whole, parts].map((output) => grad([output.mul(seed).sum()], inputs));
      for (const [at, gradient] of (found as Tensor[]).entries())
        expect(largest(gradient.sub(expected?.[at] as Tensor))).toBeLessThan(1e-12);
    });
  },
);
