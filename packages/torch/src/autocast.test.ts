import { describe, expect, it } from "vitest";
import { autocast, nn, ones, randn, scope, type Tensor, tensor } from "./index.js";

const a = ones([2, 2]);
const image = ones([1, 3, 8, 8]);
const product = (): string => a.matmul(a).dtype;

describe("autocast", () => {
  it("runs matrix products and convolutions in bfloat16, the rest as it was", () => {
    autocast({}, () => {
      expect(product()).toBe("bfloat16");
      expect(image.conv2d(ones([4, 3, 3, 3])).dtype).toBe("bfloat16");
      expect(a.linear(a).dtype).toBe("bfloat16");
      expect(a.add(a).dtype).toBe("float32");
      expect(tensor([1, 2]).exp().dtype).toBe("float32");
    });
  });

  it("is over afterwards, also when the body throws", () => {
    expect(() =>
      autocast({}, () => {
        expect(product()).toBe("bfloat16");
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(product()).toBe("float32");
  });

  it("nests: the inner region can switch it off, and the outer one goes on", () => {
    autocast({}, () => {
      expect(product()).toBe("bfloat16");
      autocast({ enabled: false }, () => {
        expect(product()).toBe("float32");
        autocast({}, () => expect(product()).toBe("bfloat16"));
        expect(product()).toBe("float32");
      });
      expect(product()).toBe("bfloat16");
    });
    expect(product()).toBe("float32");
  });

  it("trains: gradients of float32 weights are float32 and near those of full precision", () => {
    scope(() => {
      const conv = new nn.Conv2d(3, 4, 3);
      const input = randn([2, 3, 8, 8]);
      const step = (body: () => Tensor): Tensor => {
        conv.zeroGrad();
        body().to("float32").square().mean().backward();
        return conv.weight.grad as Tensor;
      };
      const full = step(() => conv.call(input));
      const mixed = step(() => autocast({}, () => conv.call(input)));
      expect(mixed.dtype).toBe("float32");
      expect(mixed.equal(full)).toBe(false);
      expect(mixed.sub(full).norm().div(full.norm()).toNumber()).toBeLessThan(0.02);
    });
  });

  it("uses weights that changed since the last region", () => {
    const weight = ones([2, 2]).requiresGrad_();
    const sum = () => autocast({}, () => a.matmul(weight).sum().toNumber());
    expect(sum()).toBe(8);
    weight.detach().mul_(2);
    expect(sum()).toBe(16);
  });

  it("refuses asynchronous bodies and precisions that are not low", () => {
    expect(() => autocast({}, async () => 1)).toThrow("autocast: the body must be synchronous");
    expect(product()).toBe("float32");
    expect(() => autocast({ dtype: "float32" as never }, () => 1)).toThrow(
      'must be "bfloat16" or "float16", got "float32"',
    );
    expect(() => autocast({ device: "tpu" as never }, () => 1)).toThrow('must be "cpu" or "cuda", got "tpu"');
  });
});
