import { nn, noGrad, scope, type Tensor, zeros } from "@pinmem/torch";
import { expect, it, describe as suite } from "vitest";
import { adapterSchema, applyAdapter } from "./adapters/adapter.js";
import { Attention } from "./backbones/vit/attention.js";
import { describe, formatDescription } from "./describe.js";
import { createNetwork, type NetworkOptions } from "./network.js";

const options: NetworkOptions[] = [
  { backbone: "resnet18", outputStride: 32 },
  { backbone: "resnet18", outputStride: 16, memory: {} },
  { backbone: "mobilenet_v2", outputStride: 8, memory: {} },
  { backbone: "shufflenet_v2_x1_0", head: "deeplab-v2" },
];

/** Multiply-adds of convolutions as they really run. */
function counted(network: ReturnType<typeof createNetwork>, height: number, width: number): number {
  let sum = 0;
  scope(() =>
    nn.observeModules(
      (module, _, output) => {
        if (!(module instanceof nn.Conv2d)) return;
        const [, , h = 0, w = 0] = (output as Tensor).shape;
        sum += module.weight.numel * h * w;
      },
      () => noGrad(() => void network.eval().call(zeros([1, 3, height, width]))),
    ),
  );
  return sum;
}

suite("describe", () => {
  it.each(options)("counts what really runs at an odd size: %o", (one) => {
    const network = createNetwork(one);
    const [height, width] = [137, 203];
    const { multiplyAdds, outputStride } = describe(network, { height, width });
    const at = (size: number) => Math.ceil(size / outputStride);
    const memory = one.memory ? 2 * 19 * 256 * at(height) * at(width) : 0;
    expect(multiplyAdds).toBe(counted(network, height, width) + memory);
  });

  it("agrees with torchvision's documented 4.09 billion multiply-adds of ResNet-50 at 224 x 224", () => {
    const { parts } = describe(createNetwork({ backbone: "resnet50", outputStride: 32 }), {
      height: 224,
      width: 224,
    });
    const backbone = parts.filter(({ name }) => name.startsWith("layer"));
    const sum = backbone.reduce((total, { multiplyAdds }) => total + (multiplyAdds ?? 0), 0);
    // The documented figure includes the classifier's 2048 x 1000.
    expect((sum + 2_048_000) / 1e9).toBeCloseTo(4.09, 2);
  });

  it("tells the resolution of each part and what only training needs", () => {
    const network = createNetwork({ backbone: "mobilenet_v2", memory: {} });
    const { parts, parameters } = describe(network, { height: 64, width: 64 });
    expect(Object.fromEntries(parts.map(({ name, stride }) => [name, stride]))).toEqual({
      layer0: 2,
      layer1: 8,
      layer2: 16,
      layer3: 16,
      layer4: 16,
      aspp: 16,
      bot_fine: 8,
      bot_aspp: 16,
      final1: 8,
      final2: 8,
      dsn: null,
      memory: 16,
    });
    expect(parts.reduce((sum, part) => sum + part.parameters, 0)).toBe(parameters);
  });

  it("leaves the network in the mode it was in, and its statistics alone", () => {
    const network = createNetwork({ backbone: "shufflenet_v2_x1_0" });
    network.layer0.eval();
    const before = network.stateDict().get("layer1.0.branch1.1.running_mean")?.toArray();
    describe(network, { height: 32, width: 32 });
    expect([network.training, network.layer0.training, network.layer1.training]).toEqual([true, false, true]);
    expect(network.stateDict().get("layer1.0.branch1.1.running_mean")?.toArray()).toEqual(before);
  });

  it("reads well as text", () => {
    const network = createNetwork({ backbone: "resnet18", outputStride: 32, memory: {} });
    expect(formatDescription(describe(network, { height: 512, width: 1024 }))).toMatchInlineSnapshot(`
      "part      parameters  multiply-adds  resolution
      layer0        0.01 M         1.23 G         1/4
      layer1        0.15 M         4.83 G         1/4
      layer2        0.53 M         4.29 G         1/8
      layer3        2.10 M         4.29 G        1/16
      layer4        8.39 M         4.29 G        1/32
      aspp          3.80 M         1.88 G        1/32
      bot_fine      0.00 M         0.10 G         1/4
      bot_aspp      0.33 M         0.17 G        1/32
      final1        1.29 M        42.28 G         1/4
      final2        0.00 M         0.16 G         1/4
      dsn           1.19 M  training only
      memory        0.20 M         0.07 G        1/32
      18.00 M parameters, 63.61 G multiply-adds for 1024 x 512, feature at 1/32"
    `);
  });

  it.each([
    { height: 0, width: 4 },
    { height: 4, width: 2.5 },
  ])("refuses the size %o", (size) => {
    expect(() => describe(createNetwork({ backbone: "resnet18" }), size)).toThrow(
      /must be an integer of at least 1, got/,
    );
  });
});

suite("describe, of a foundation backbone", () => {
  /** Convolutions, products and attention as they really run. */
  function really(network: ReturnType<typeof createNetwork>, height: number, width: number): number {
    let sum = 0;
    scope(() =>
      nn.observeModules(
        (module, inputs, output) => {
          const sizes = () => (output as Tensor).shape;
          if (module instanceof nn.Conv2d)
            sum += module.weight.numel * (sizes()[2] as number) * (sizes()[3] as number);
          if (module instanceof nn.ConvTranspose2d) {
            const [, , h = 0, w = 0] = (inputs[0] as Tensor).shape;
            sum += module.weight.numel * h * w;
          }
          if (module instanceof nn.Linear)
            sum += (module.weight.numel * (output as Tensor).numel) / (sizes().at(-1) as number);
          if (module instanceof Attention) sum += 2 * (sizes()[2] as number) * (sizes()[1] as number) ** 2;
        },
        () => noGrad(() => void network.eval().call(zeros([1, 3, height, width]))),
      ),
    );
    return sum;
  }

  it("tells what an adapter trains from what it leaves as it was", () => {
    const network = createNetwork({ backbone: "dinov2_debug", head: "linear", classes: 4 });
    const whole = describe(network, { height: 28, width: 28 });
    expect(whole.trained).toBe(whole.parameters);
    expect(formatDescription(whole)).not.toContain("trained)");
    applyAdapter(network.backbone, adapterSchema.parse({ kind: "lora", rank: 2 }));
    const { parameters, trained, parts } = describe(network, { height: 28, width: 28 });
    // Of each of 4 blocks, queries and values: 2 x 24 up and down; and the head's.
    const adapters = 4 * 2 * 2 * (2 * 24);
    expect(trained).toBe(adapters + 4 * 24 + 4);
    expect(parameters).toBe(whole.parameters + adapters);
    expect(parts.map((part) => part.trained).reduce((sum, count) => sum + count)).toBe(trained);
    const text = formatDescription(describe(network, { height: 28, width: 28 }));
    expect(text).toContain("0.00 M trained)");
  });

  it.each([
    { backbone: "dinov2_debug", head: "linear" },
    { backbone: "dinov3_debug" },
    { backbone: "dinov3_convnext_debug" },
  ] as const)("counts what really runs at an odd size: %o", (one) => {
    const network = createNetwork(one);
    const { multiplyAdds, outputStride, parts } = describe(network, { height: 75, width: 110 });
    expect(multiplyAdds).toBe(really(network, 75, 110));
    expect(parts.find(({ name }) => name === "layer4")?.stride).toBe(outputStride);
  });
});
