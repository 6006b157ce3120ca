import { grad, gradcheck, manualSeed, nn, noGrad, randn, scope, type Tensor, zeros } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { formulaImages, formulaLabels } from "../../../../../golden/formula.js";
import { full } from "../../../test/scope.js";
import type { Episode } from "../../training/episode.js";
import { lossWeightsSchema } from "../../training/losses.js";
import { trainedParameters } from "../../training/methods/method.js";
import { Mldg } from "../../training/methods/mldg.js";
import { PinMemory } from "../../training/methods/pin-memory.js";
import type { BackboneNetwork } from "../backbone-network.js";
import { createBackbone } from "../backbones/registry.js";
import { allowSecondDerivatives } from "../backbones/vit/attention.js";
import type { VisionTransformer } from "../backbones/vit/vision-transformer.js";
import { prepareForInference } from "../inference.js";
import { createNetwork, type NetworkOptions } from "../network.js";
import { type AdapterConfig, adapterSchema, applyAdapter, mergeAdapters, ownState } from "./adapter.js";

const lora = (more: object = {}): AdapterConfig =>
  adapterSchema.parse({ kind: "lora", rank: 2, alpha: 4, ...more });

const backbone = (name = "dinov2_debug", outputStride = 14): VisionTransformer => {
  manualSeed(1);
  return createBackbone(name, { outputStride: outputStride as 14 }) as VisionTransformer;
};

/** As after some training: the second factors are no longer zero. */
function train<M extends nn.AnyModule>(network: M): M {
  noGrad(() => {
    for (const [name, parameter] of network.namedParameters())
      if (/adapter\.up|refinement/.test(name)) parameter.normal_(0, 0.3);
  });
  return network;
}

const network = (adapter: AdapterConfig, more: Partial<NetworkOptions> = {}): BackboneNetwork => {
  manualSeed(2);
  const made = createNetwork({ backbone: "dinov3_debug", head: "linear", classes: 4, memory: {}, ...more });
  applyAdapter(made.backbone, adapter);
  return train(made);
};

describe("adapters", () => {
  it.each([
    ["lora", lora()],
    ["lora on all", lora({ projections: ["qkv", "output", "up", "down"] })],
  ])("%s changes nothing at first, something later, and is merged without a difference", (_, config) => {
    scope(() => {
      const one = backbone().eval();
      const image = formulaImages([0], [28, 42]);
      const features = () => noGrad(() => one.call(image).deep.clone());
      const plain = features();
      applyAdapter(one, config);
      one.eval();
      expect(features().equal(plain)).toBe(true);
      train(one);
      const adapted = features();
      const change = adapted.sub(plain).norm().div(plain.norm()).toNumber();
      expect(change).toBeGreaterThan(1e-3);
      mergeAdapters(one);
      expect([...one.stateDict().keys()].filter((name) => name.includes("adapter"))).toEqual([]);
      expect(features().sub(adapted).norm().div(adapted.norm()).toNumber()).toBeLessThan(1e-6);
    });
  });

  it.each([
    ["frozen", { kind: "frozen" }, /^$/],
    ["last-blocks", { kind: "last-blocks", blocks: 1 }, /^layer4\.(0|norm)\./],
    ["lora", lora(), /\.attention\.(query|value)\.adapter\.(down|up)\.weight$/],
    ["rein", { kind: "rein", tokens: 5, rank: 2 }, /\.refinement\./],
  ] as const)("%s trains these parameters of a backbone and no others", (_, config, expected) => {
    scope(() => {
      const one = backbone();
      applyAdapter(one, config as AdapterConfig);
      const trained = [...trainedParameters(one).keys()];
      expect(trained.filter((name) => !expected.test(name))).toEqual([]);
      if (config.kind !== "frozen") expect(trained.length).toBeGreaterThan(0);
      expect([...one.baseNames].filter((name) => trained.includes(name))).toEqual([]);
    });
  });

  it("rein refines all tokens but cls, and shares its products, which the state holds once", () => {
    scope(() => {
      const one = backbone();
      applyAdapter(one, { kind: "rein", tokens: 5, rank: 2 });
      train(one);
      const [block] = one.blocks;
      const tokens = randn([1, 7, 24]);
      const refined = block?.refinement?.call(tokens) as Tensor;
      expect(refined.select(1, 0).equal(tokens.select(1, 0))).toBe(true);
      expect(refined.select(1, 1).equal(tokens.select(1, 1))).toBe(false);
      const shared = [...one.stateDict().keys()].filter((name) => name.includes(".shared."));
      expect(shared).toHaveLength(4);
    });
  });

  it("leave what the published file holds out of a run's state", () => {
    scope(() => {
      const whole = network(lora());
      const own = ownState(whole);
      const ofBackbone = [...own.keys()].filter((name) => /^layer\d/.test(name) && !name.includes("adapter"));
      expect(ofBackbone).toEqual([]);
      expect(own.has("final2.0.weight")).toBe(true);
      expect(own.has("memory.m_items")).toBe(true);
    });
  });

  it.each([
    [
      "resnet18",
      32,
      lora(),
      'adapter "lora" needs a foundation backbone, such as dinov2_vitl14; "resnet18" is none',
    ],
    [
      "dinov3_convnext_debug",
      32,
      lora(),
      'adapter "lora" needs a transformer, which dinov3_convnext_debug is not',
    ],
    [
      "dinov2_debug",
      14,
      lora({ projections: ["gate"] }),
      "stands beside gate, but the blocks of dinov2_debug have query, key",
    ],
    [
      "dinov2_debug",
      14,
      lora({ projections: ["qkv", "key"] }),
      "stands beside qkv, and beside one of query, key and value too",
    ],
    ["dinov2_debug", 14, { kind: "last-blocks", blocks: 9 }, "trains 9 blocks, but dinov2_debug has 4"],
  ] as const)("on %s are refused where there is no place for them", (name, stride, config, message) => {
    scope(() => {
      const one = createBackbone(name, { outputStride: stride as 14 });
      expect(() => applyAdapter(one, config as AdapterConfig)).toThrow(message);
      expect(one.parameters().every(({ requiresGrad }) => requiresGrad)).toBe(true);
    });
  });

  it.each(full ? (["lora", "rein"] as const) : (["lora"] as const))(
    "%s: gradients are differences, of both orders",
    (kind) => {
      scope(() => {
        const one = network(
          kind === "lora" ? lora({ projections: ["query", "down"] }) : { kind, tokens: 4, rank: 2 },
        );
        allowSecondDerivatives(one);
        const block = (one.backbone as VisionTransformer).blocks[0] as nn.AnyModule;
        block.to({ dtype: "float64" });
        const trained = [...trainedParameters(block)];
        const tokens = randn([1, 4, 24], { dtype: "float64" });
        const values = trained.map(([, parameter]) => parameter.detach().clone().requiresGrad_());
        const body = (...given: Tensor[]) =>
          nn.functionalCall(block, new Map(trained.map(([name], at) => [name, given[at] as Tensor])), () =>
            block.call(tokens).square().mean(),
          );
        expect(gradcheck(body, values)).toBeLessThan(1e-6);
        const slope = (...given: Tensor[]) => {
          const gradients = grad(body(...given), given, { createGraph: true });
          return gradients.reduce(
            (sum, each) => sum.add(each.square().sum()),
            zeros([], { dtype: "float64" }),
          );
        };
        expect(gradcheck(slope, values)).toBeLessThan(1e-5);
      });
    },
  );
});

const weights = lossWeightsSchema.parse({ cohesion: 0.7, divergence: 0.9, classification: 0.5 });

const episode = (): Episode => {
  const batch = (first: number) => ({
    image: formulaImages([first, first + 1], [32, 32]).to("float64"),
    label: formulaLabels([first, first + 1], [32, 32]).remainder(4),
  });
  return { metaTrain: batch(0), metaTest: batch(2) };
};

describe("meta-learning through adapters", () => {
  const name = "layer4.0.attention.value.adapter.up.weight";

  it.each(["first", "second"] as const)(
    "pin-memory in the %s order reaches adapters and nothing frozen",
    (order) => {
      scope(() => {
        const one = network(lora({ projections: ["value"] })).to({ dtype: "float64" });
        new PinMemory({ network: one, weights }, { order }).accumulate(episode(), { innerRate: 0.05 });
        const parameters = trainedParameters(one);
        expect(parameters.get(name)?.grad?.abs().max().toNumber()).toBeGreaterThan(0);
        expect(
          [...one.namedParameters()].filter(([key, { grad }]) => grad && one.backbone.baseNames.has(key)),
        ).toEqual([]);
      });
    },
  );

  // Without a memory, whose write the paper cuts off from the encoder, the second order is a derivative.
  it("mldg in the second order has the gradient that differences tell", () => {
    scope(() => {
      const one = network(lora({ projections: ["value"] }), { memory: null }).to({ dtype: "float64" });
      const run = () =>
        new Mldg({ network: one, weights }, { order: "second" }).accumulate(episode(), { innerRate: 0.5 });
      run();
      // Where libtorch has attention as one operator, it is computed by several here.
      expect((one.backbone as VisionTransformer).blocks[0]?.attention.twice).toBe(true);
      const parameter = trainedParameters(one).get(name) as Tensor;
      const element = parameter.detach().select(0, 0).select(0, 0);
      const expected = (parameter.grad as Tensor).select(0, 0).select(0, 0).toNumber();
      const at = (step: number): number =>
        scope(() => {
          noGrad(() => void element.add_(step));
          const losses = Object.values(run()).map(({ total }) => total.toNumber());
          noGrad(() => void element.sub_(step));
          return losses.reduce((sum, loss) => sum + loss, 0);
        });
      const step = 1e-5;
      expect((at(step) - at(-step)) / (2 * step) / expected).toBeCloseTo(1, 5);
    });
  });
});

it("a network that is prepared for prediction has its adapters merged, and says the same", () => {
  scope(() => {
    const one = network(lora()).eval();
    const image = formulaImages([0], [30, 44]);
    const before = noGrad(() => one.call(image).logits.clone());
    expect(before.shape).toEqual([1, 4, 30, 44]);
    prepareForInference(one);
    const after = one.call(image).logits;
    expect(after.sub(before).abs().max().toNumber()).toBeLessThan(1e-5);
  });
});
