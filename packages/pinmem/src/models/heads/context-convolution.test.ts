import { dispose, fromTypedArray, manualSeed, nn, noGrad, randn, scope } from "@pinmem/torch";
import { expect, it } from "vitest";
import { createNetwork } from "../network.js";
import { predict } from "../segment.js";
import { ContextConv2d, contextOf } from "./context-convolution.js";

it("takes the mean of the cells around that are there", () => {
  const [height, width] = [11, 6];
  const values = Float32Array.from({ length: height * width }, (_, at) => Math.sin(at));
  const found = scope(() => contextOf(fromTypedArray(values, [1, 1, height, width])).toTypedArray());
  for (let at = 0; at < values.length; at++) {
    const [y, x] = [Math.floor(at / width), at % width];
    const near = values.filter(
      (_, other) => Math.abs(Math.floor(other / width) - y) <= 4 && Math.abs((other % width) - x) <= 4,
    );
    expect(found[at]).toBeCloseTo(near.reduce((sum, one) => sum + one, 0) / near.length, 5);
  }
});

it("changes nothing until its weights for what is around are written, then adds their part", () => {
  manualSeed(2);
  const convolution = new nn.Conv2d(3, 2, 1);
  scope(() =>
    noGrad(() => {
      const map = randn([2, 3, 5, 12]);
      const before = convolution.call(map);
      const seeing = ContextConv2d.inPlaceOf(convolution);
      expect(seeing.call(map).sub(before).abs().max().toNumber()).toBe(0);
      seeing.context.copy_(randn([2, 3, 1, 1]));
      const added = seeing.call(map).sub(before);
      const wanted = nn.F.conv2d(contextOf(map), seeing.context);
      expect(added.sub(wanted).abs().max().toNumber()).toBeLessThan(1e-5);
      dispose([...seeing.stateDict().values()]);
    }),
  );
});

it("is the last convolution of a network that asks for it, without another draw of weights", () => {
  const make = (context: boolean) => {
    manualSeed(3);
    return createNetwork({ backbone: "mobilenet_v2", width: 16, classes: 3, context }).eval();
  };
  const [plain, seeing] = [make(false), make(true)];
  scope(() =>
    noGrad(() => {
      const image = randn([1, 3, 32, 32]);
      expect(predict(seeing, image).sub(predict(plain, image)).abs().max().toNumber()).toBe(0);
    }),
  );
  expect(seeing.stateDict().get("final2.0.context")?.shape).toEqual([3, 16, 1, 1]);
  expect(seeing.parameters().length).toBe(plain.parameters().length + 1);
  for (const network of [plain, seeing]) dispose([...network.stateDict().values()]);
});
