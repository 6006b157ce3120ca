import { manualSeed, nn, noGrad, rand, scope, type Tensor } from "@pinmem/torch";
import { beforeEach, describe, expect, it } from "vitest";
import { formulaImages } from "../../../../golden/formula.js";
import { full } from "../../test/scope.js";
import type { BackboneNetwork } from "./backbone-network.js";
import { JoinedConv2d } from "./heads/joined-convolution.js";
import { prepareForInference } from "./inference.js";
import { createNetwork, type NetworkOptions } from "./network.js";

beforeEach(() => manualSeed(5));

const options: NetworkOptions[] = [
  { backbone: "resnet18", outputStride: 32, memory: {} },
  {
    backbone: full ? "resnet50" : "resnet18",
    memory: {},
    normalization: { layer0: "instance-norm", layer1: "instance-norm" },
  },
  { backbone: "resnet18", head: "deeplab-v2", normalization: { layer2: "selective-whitening" } },
  { backbone: "mobilenet_v2", outputStride: 8, memory: {} },
  { backbone: "shufflenet_v2_x1_0", memory: { read: { residual: true } } },
  {
    backbone: "shufflenet_v2_x1_0",
    normalization: { layer0: "instance-norm", layer4: "switchable-whitening" },
  },
];

/** Statistics, scales and shifts as a trained network has them, not zero and one. */
function trained(one: NetworkOptions): BackboneNetwork {
  const network = createNetwork(one);
  for (const module of network.modules()) {
    if (!(module instanceof nn.BatchNorm2d)) continue;
    const { runningMean, runningVar, weight, bias } = module;
    noGrad(() =>
      scope(() => {
        for (const tensor of [runningMean, bias]) tensor?.copy_(rand(tensor.shape).sub(0.5).mul(0.4));
        for (const tensor of [runningVar, weight]) tensor?.copy_(rand(tensor.shape).add(0.5));
      }),
    );
  }
  return network.eval();
}

const difference = (a: Tensor, b: Tensor): number => a.sub(b).abs().max().toNumber() / b.std().toNumber();

describe("prepareForInference", () => {
  for (const memoryFormat of ["channelsLast", "contiguous"] as const) {
    it.each(memoryFormat === "contiguous" && !full ? options.slice(0, 1) : options)(
      `changes logits by no more than rounding, ${memoryFormat}: %o`,
      (one) => {
        scope(() => {
          const network = trained(one);
          const image = formulaImages([0, 1], [49, 65]);
          const { logits: expected, feature } = noGrad(() => network.call(image));
          prepareForInference(network, { memoryFormat });
          const found = noGrad(() => network.call(image));
          expect(difference(found.logits, expected)).toBeLessThan(5e-5);
          expect(difference(found.feature, feature)).toBeLessThan(5e-5);
          expect(found.logits.requiresGrad).toBe(false);
        });
      },
    );
  }

  it("leaves no batch norm but the ones that an instance norm stands in for", () => {
    const left = (one: NetworkOptions) =>
      [...prepareForInference(trained(one)).namedModules()]
        .filter(([, module]) => module instanceof nn.BatchNorm2d)
        .map(([name]) => name);
    expect(left({ backbone: "resnet18", memory: {} })).toEqual([]);
    expect(left({ backbone: "shufflenet_v2_x1_0", normalization: { layer0: "instance-norm" } })).toEqual([
      "layer0.layer.0.1",
    ]);
  });

  it("frees what inference does not need: the auxiliary head and the batch norms", () => {
    const network = trained({ backbone: "resnet18", memory: {} });
    const before = network.stateDict();
    prepareForInference(network);
    const freed = [...before].filter(([, tensor]) => tensor.isDisposed).map(([name]) => name);
    const kept = new Set(network.stateDict().keys());
    expect(freed.filter((name) => name.startsWith("dsn."))).toHaveLength(9);
    expect(freed).toContain("layer1.0.bn1.running_var");
    // Whatever is no longer part of the network is freed, nothing else.
    expect(freed).toEqual([...before.keys()].filter((name) => !kept.has(name)));
    expect(() => network.auxiliaryLogits(rand([1, 256, 4, 4]))).toThrow(/has no auxiliary head/);
  });

  it("fuses the ReLUs that follow a convolution or a sum", () => {
    const network = prepareForInference(trained({ backbone: "resnet18", memory: {} }));
    const count = (kind: typeof nn.ReLU | typeof nn.ConvReLU2d | typeof nn.AddReLU) =>
      network.modules().filter((module) => module instanceof kind).length;
    expect([nn.ReLU, nn.ConvReLU2d, nn.AddReLU].map(count)).toEqual([0, 18, 8]);
    const joined = network.modules().filter((module) => module instanceof JoinedConv2d);
    expect(joined.map(({ fusesReLU }) => fusesReLU)).toEqual([true]);
  });

  it("refuses NaN in weights and in images, which fused ReLUs would hide", () => {
    scope(() => {
      const broken = trained({ backbone: "resnet18" });
      noGrad(() => void broken.final2.stateDict().get("0.weight")?.mul_(Number.NaN));
      expect(() => prepareForInference(broken)).toThrow(/weights 'final2\.0\.weight' hold NaN/);
      const image = formulaImages([0], [33, 33]).mul(Number.POSITIVE_INFINITY);
      const network = prepareForInference(trained({ backbone: "resnet18" }));
      expect(() => network.call(image)).toThrow(/'image' holds NaN or infinite values/);
    });
  });

  it("can still go to another precision before its first image", () => {
    scope(() => {
      const network = prepareForInference(trained({ backbone: "resnet18" })).to({ dtype: "float64" });
      const image = formulaImages([0], [33, 33]).to("float64");
      expect(noGrad(() => network.call(image)).logits.dtype).toBe("float64");
      const half = formulaImages([0], [33, 33]).mul(0).add(2e4).to("bfloat16");
      network.to({ dtype: "bfloat16" });
      expect(noGrad(() => network.call(half)).logits.dtype).toBe("bfloat16");
    });
  });

  it("refuses other layouts", () => {
    const network = createNetwork({ backbone: "resnet18" });
    expect(() => prepareForInference(network, { memoryFormat: "blocked" as "contiguous" })).toThrow(
      /got "blocked"/,
    );
  });
});
