import { noGrad, scope } from "@pinmem/torch";
import type { ConvNext } from "pinmem/models";
import { expect, test } from "vitest";
import { formulaStream } from "./formula.js";
import { lossNoise } from "./foundation/loss-noise.js";
import { formulaBackbone } from "./foundation/network.js";

test("noise of a loss is about twice what noise of the output makes of a mean, and weights stay as they are", () => {
  scope(() => {
    const config = {
      family: "dinov3-convnext",
      widths: [8, 16, 24, 32],
      depths: [1, 1, 2, 1],
      eps: 1e-6,
    } as const;
    const backbone = formulaBackbone(config, "float64") as ConvNext;
    const image = formulaStream("image", [2, 3, 64, 64]).to("float64");
    const output = () => backbone.call(image).deep;
    const exact = noGrad(output);
    const target = formulaStream("target", exact.shape).to("float64");
    const count = exact.shape.reduce((product, size) => product * size, 1);
    const sigma = exact.norm().mul(target.norm()).toNumber() / count ** 1.5;

    const noise = lossNoise(backbone, { output, gap: 1e-6 });
    expect(noise).toBeGreaterThan(1e-6 * sigma);
    expect(noise).toBeLessThan(4e-6 * sigma);
    expect(lossNoise(backbone, { output, gap: 2e-6 }) / noise).toBeCloseTo(2, 6);
    expect(noGrad(output).equal(exact)).toBe(true);
  });
});
