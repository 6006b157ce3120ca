import { autocast, eye, manualSeed, rand, scope, type Tensor, tensor } from "@pinmem/torch";
import { beforeEach, describe, expect, it } from "vitest";
import { SwitchableWhitening } from "./switchable-whitening.js";

beforeEach(() => manualSeed(3));

/** Covariance over space of one image's group of channels (1, c, h, w). */
function covarianceOf(feature: Tensor): Tensor {
  const values = feature.flatten({ startDim: 2 }).squeeze(0);
  const centered = values.sub(values.mean([1], { keepdim: true }));
  return centered.matmul(centered.t()).div(values.size(1));
}

describe("SwitchableWhitening", () => {
  it("whitens each group of an image when only the image's own statistics count", () => {
    scope(() => {
      const layer = new SwitchableWhitening(4).to({ dtype: "float64" });
      // A softmax that is all on the second.
      layer.loadStateDict(
        new Map([...layer.stateDict(), ["sw_mean_weight", logits()], ["sw_var_weight", logits()]]),
      );
      const output = layer.call(rand([3, 4, 16, 16], { dtype: "float64" }));
      for (let image = 0; image < 3; image++) {
        const one = output.narrow(0, image, 1);
        expect(one.mean([2, 3]).abs().max().toNumber()).toBeLessThan(1e-6);
        // Five of Newton's iterations come this near for independent channels.
        const error = covarianceOf(one)
          .sub(eye(4, { dtype: "float64" }))
          .abs()
          .max()
          .toNumber();
        expect(error).toBeLessThan(0.02);
      }
    });
  });

  it("keeps 0.99 of its running statistics, which evaluation uses", () => {
    scope(() => {
      const layer = new SwitchableWhitening(2);
      const input = rand([2, 2, 8, 8]);
      const trained = layer.call(input);
      const mean = input.mean([0, 2, 3]).view([1, 2, 1]);
      expect(layer.runningMean.sub(mean.mul(0.01)).abs().max().toNumber()).toBeLessThan(1e-7);
      expect(layer.runningCov.abs().max().toNumber()).toBeGreaterThan(0);
      const evaluated = layer.eval().call(input);
      expect(evaluated.sub(trained).abs().max().toNumber()).toBeGreaterThan(0.01);
    });
  });

  it("whitens a feature in half precision as in single precision, but for its rounding", () => {
    scope(() => {
      const input = rand([2, 16, 8, 8]).to("bfloat16");
      const single = new SwitchableWhitening(16).call(input.to("float32"));
      const half = autocast({ device: "cpu", dtype: "bfloat16" }, () =>
        new SwitchableWhitening(16).call(input),
      );
      expect(half.dtype).toBe("bfloat16");
      expect(half.to("float32").sub(single.to("bfloat16")).abs().max().toNumber()).toBe(0);
    });
  });

  it("learns its mixture, scale and shift", () => {
    const layer = new SwitchableWhitening(32);
    layer
      .call(rand([2, 32, 8, 8]))
      .square()
      .mul(rand([2, 32, 8, 8]))
      .sum()
      .backward();
    for (const [name, { grad }] of layer.namedParameters()) {
      expect([name, grad?.abs().max().toNumber()]).not.toEqual([name, 0]);
      expect(grad?.isfinite().all().item()).toBe(true);
    }
  });

  it.each([
    [64, [4, 16, 16]],
    [24, [2, 12, 12]],
    [116, [29, 4, 4]],
  ])("divides %i channels into groups of the largest size that fits", (channels, shape) => {
    expect(new SwitchableWhitening(channels).runningCov.shape).toEqual(shape);
  });
});

const logits = (): Tensor => tensor([0, 60], { dtype: "float64" });
