import { grad, manualSeed, randn, scope } from "@pinmem/torch";
import { expect, it } from "vitest";
import { hasSecondDerivatives, type Precision } from "./precision.js";

it("says of a precision that convolutions have second derivatives in it only where those are right", () => {
  const norms = (precision: Precision): number[] =>
    scope(() => {
      manualSeed(1);
      const image = randn([2, 8, 12, 12]).requiresGrad_();
      const weight = randn([8, 8, 3, 3]).mul(0.1).requiresGrad_();
      const output = image.to(precision).conv2d(weight.to(precision), { padding: [1, 1] });
      const first = grad(output.to("float32").tanh().square().sum(), [weight, image], { createGraph: true });
      return first.flatMap((one) =>
        grad(one.square().sum(), [weight, image], { retainGraph: true }).map((two) => two.norm().toNumber()),
      );
    });
  expect(hasSecondDerivatives("float32", "cpu")).toBe(true);
  const single = norms("float32");
  const off = norms("bfloat16").map((norm, at) => Math.abs(norm / (single[at] as number) - 1));
  expect(Math.max(...off) < 0.01).toBe(hasSecondDerivatives("bfloat16", "cpu"));
});
