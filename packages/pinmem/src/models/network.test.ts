import { readdirSync, readFileSync } from "node:fs";
import { fromTypedArray, liveTensors, manualSeed, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { architectureOf } from "../../../../golden/architecture.js";
import { formulaImages } from "../../../../golden/formula.js";
import { full } from "../../test/scope.js";
import { createNetwork, type NetworkOptions, NetworkOptionsError } from "./network.js";
import { fromOfficialWhitening } from "./normalization/placement.js";

const fixtures = new URL("../../../../golden/fixtures/", import.meta.url);
const keyLists = readdirSync(fixtures).filter(
  (name) => name.startsWith("keys_") && (full || !/r(esnet)?50_(base|ibn|mem)/.test(name)),
);

interface KeyList {
  arch: string;
  memory: boolean;
  wt_layer?: number[];
  trainable: string[];
  state_dict: [name: string, shape: number[]][];
}

/** For tests that ask for no value of it. */
const withoutValues = (options: NetworkOptions) => nn.init.skipInit(() => createNetwork(options));

describe("names and shapes", () => {
  it.each(keyLists)("equal the official ones of %s", (file) => {
    const list = JSON.parse(readFileSync(new URL(file, fixtures), "utf8")) as KeyList;
    scope(() => {
      const network = withoutValues({
        ...architectureOf(list.arch),
        normalization: fromOfficialWhitening(list.wt_layer ?? [0, 0, 0, 0, 0, 0, 0]),
        memory: list.memory ? {} : null,
      });
      const state = [...network.stateDict()].map(([name, { shape }]) => [name, shape]);
      expect(state.filter(([name]) => name !== "memory.m_items")).toEqual(list.state_dict);
      expect(network.stateDict().has("memory.m_items")).toBe(list.memory);
      expect([...network.namedParameters()].map(([name]) => name)).toEqual(list.trainable);
    });
  });

  it("of ShuffleNetV2 keep the batch norm that an instance norm stands in for, frozen", () => {
    const network = createNetwork({
      backbone: "shufflenet_v2_x1_0",
      normalization: { layer0: "instance-norm" },
    });
    const frozen = [...network.namedParameters()].filter(([, { requiresGrad }]) => !requiresGrad);
    expect(frozen.map(([name]) => name)).toEqual(["layer0.layer.0.1.weight", "layer0.layer.0.1.bias"]);
  });
});

describe("sizes", () => {
  const millions = (options: NetworkOptions) =>
    withoutValues({ ...options, memory: {} })
      .parameters()
      .reduce((sum, { numel }) => sum + numel, 0) / 1e6;

  const official = [
    ["mobilenet_v2", 16, "deeplab-v3+", 15.04],
    ["resnet18", 32, "deeplab-v3+", 18.0],
    ["shufflenet_v2_x1_0", 16, "deeplab-v3+", 12.84],
    ["resnet50", 16, "deeplab-v3+", 45.28],
    ["resnet50", 8, "deeplab-v2", 47.91],
    ["resnet101", 8, "deeplab-v2", 66.9],
  ] as const;
  it.each(full ? official : official.slice(0, 3))(
    "%s at stride %i with %s has %f million parameters, as the official one",
    (backbone, outputStride, head, count) => {
      expect(millions({ backbone, outputStride, head })).toBeCloseTo(count, 2);
    },
  );
});

describe("forward", () => {
  const combinations: NetworkOptions[] = [
    { backbone: "resnet18", outputStride: 16 },
    ...(full
      ? ([
          { backbone: "resnet34", outputStride: 8, memory: {} },
          { backbone: "resnet101", outputStride: 16, memory: {} },
          { backbone: "resnext50_32x4d", outputStride: 8 },
        ] as const)
      : []),
    {
      backbone: "mobilenet_v2",
      head: "deeplab-v2",
      memory: {},
      normalization: { layer1: "instance-whitening" },
    },
    { backbone: "shufflenet_v2_x1_0", head: "deeplab-v2" },
    { backbone: "shufflenet_v2_x1_0", outputStride: 32, normalization: { layer0: "selective-whitening" } },
    {
      backbone: "mobilenet_v2",
      outputStride: 8,
      classes: 255,
      width: 40,
      memory: { read: { residual: true } },
    },
    { backbone: "resnet18", head: "deeplab-v2", normalization: { layer0: "switchable-whitening" } },
  ];

  it.each(combinations)("gives logits of the image's size with %o", (options) => {
    scope(() => {
      const network = createNetwork(options).eval();
      const before = liveTensors();
      scope(() => {
        const { logits, feature, reading } = noGrad(() => network.call(formulaImages([0, 1], [65, 97])));
        expect(logits.shape).toEqual([2, options.classes ?? 19, 65, 97]);
        expect(feature.shape.slice(0, 2)).toEqual([2, options.width ?? 256]);
        expect(reading === null).toBe(!options.memory);
        expect(logits.isfinite().all().item()).toBe(true);
      });
      expect(liveTensors()).toBe(before);
    });
  });

  it("gives each whitening layer's output, alive, also where it is the low-level feature", () => {
    scope(() => {
      for (const head of ["deeplab-v2", "deeplab-v3+"] as const) {
        const network = createNetwork({
          backbone: "mobilenet_v2",
          head,
          normalization: {
            layer0: "instance-norm",
            layer1: "instance-whitening",
            layer3: "selective-whitening",
          },
        });
        const { whitening, lowLevel } = network.encode(formulaImages([0, 1], [64, 64]));
        const side = head === "deeplab-v2" ? 8 : 4;
        expect(whitening.map(({ shape }) => shape)).toEqual([
          [2, 32, 8, 8],
          [2, 320, side, side],
        ]);
        expect(lowLevel?.shape).toEqual(head === "deeplab-v2" ? undefined : [2, 32, 8, 8]);
      }
    });
  });

  it("trains every parameter that is not frozen, through logits and auxiliary logits", () => {
    scope(() => {
      const network = createNetwork({ backbone: "mobilenet_v2" });
      const { feature, lowLevel, auxiliary } = network.encode(formulaImages([0, 1], [64, 64]));
      const logits = network.decode(feature, lowLevel, [64, 64]);
      logits
        .square()
        .mean()
        .add((network.auxiliaryLogits(auxiliary) as Tensor).square().mean())
        .backward();
      const without = [...network.namedParameters()].filter(([, { grad }]) => grad === null);
      expect(without.map(([name]) => name)).toEqual([]);
    });
  });
});

describe("a memory at the decoder", () => {
  const at = (place: "encoder" | "decoder", memory: object = {}) => {
    manualSeed(3);
    const options = { backbone: "mobilenet_v2", classes: 4, width: 16 } as const;
    return createNetwork({ ...options, memory: { votesOnly: true, ...memory, at: place } }).eval();
  };

  it("takes what the last convolution sees, and without it all is as with one at the encoder", () => {
    scope(() =>
      noGrad(() => {
        const [before, behind] = [at("encoder"), at("decoder")];
        const image = formulaImages([0], [48, 64]);
        const [{ feature, lowLevel }, seen] = [before.encode(image), behind.encode(image)];
        expect(feature.shape).toEqual([1, 16, 3, 4]);
        expect(seen.feature.shape).toEqual([1, 16, 6, 8]);
        expect(seen.lowLevel).toBeNull();
        const decoded = before.beforeClassifier(feature, lowLevel);
        expect(seen.feature.sub(decoded).abs().max().toNumber()).toBe(0);
        const apart = behind.call(image).logits.sub(before.call(image).logits);
        expect(apart.abs().max().toNumber()).toBe(0);
      }),
    );
  });

  it("votes at the decoder's resolution", () => {
    scope(() =>
      noGrad(() => {
        const network = at("decoder", { vote: 10 });
        const image = formulaImages([0], [48, 64]);
        const { feature } = network.encode(image);
        const { votes } = network.memory?.read(feature) ?? {};
        expect(votes?.shape).toEqual([1, 4, 6, 8]);
        const small = network.classifier.call(feature).add(votes as Tensor);
        const expected = nn.F.interpolate(small, { size: [48, 64], mode: "bilinear", alignCorners: true });
        const { logits } = network.call(image);
        expect(logits.sub(expected).abs().max().toNumber()).toBeLessThan(1e-5);
      }),
    );
  });
});

describe("bad input", () => {
  const refusal = (options: unknown): string => {
    try {
      createNetwork(options as NetworkOptions);
    } catch (error) {
      expect(error).toBeInstanceOf(NetworkOptionsError);
      return (error as Error).message;
    }
    return "accepted";
  };

  it.each([
    [{ backbone: "resnet51" }, /backbone.*resnet50.*got "resnet51"/],
    [{ backbone: "resnet50", classes: 1 }, /classes.*>=\s?2.*got 1/],
    [{ backbone: "resnet50", classes: 256 }, /classes.*<=\s?255.*got 256/],
    [{ backbone: "resnet50", width: 0 }, /width.*>=\s?1.*got 0/],
    [{ backbone: "resnet50", width: 2.5 }, /width.*int.*got 2.5/],
    [{ backbone: "resnet50", outputStride: 4 }, /outputStride.*8\|14\|16\|32.*got 4/],
    [{ backbone: "resnet50", head: "deeplab-v2", outputStride: 16 }, /outputStride.*must be 8.*got 16/],
    [
      { backbone: "resnet50", normalization: { layer1: "ibn" } },
      /normalization.layer1.*instance-norm.*got "ibn"/,
    ],
    [
      { backbone: "mobilenet_v2", normalization: { layer4: "instance-norm" } },
      /normalization.layer4.*mobilenet_v2/,
    ],
    [{ backbone: "resnet50", memory: { momentum: 1 } }, /memory.momentum.*got 1/],
    [{ backbone: "resnet50", color: "red" }, /color/],
  ])("%o is refused with field, value and what is allowed", (options, message) => {
    expect(refusal(options)).toMatch(message);
  });

  it("images that are not floating-point (B, 3, H, W) are refused before any computation", () => {
    const network = createNetwork({ backbone: "resnet18" });
    const gray = fromTypedArray(new Float32Array(64), [1, 1, 8, 8]);
    expect(() => network.encode(gray)).toThrow(
      /'image' must be floating-point numbers \(B, 3, H, W\), got float32\[1, 1, 8, 8\]/,
    );
    const bytes = fromTypedArray(new Uint8Array(192), [1, 3, 8, 8]);
    expect(() => network.encode(bytes)).toThrow(/got uint8\[1, 3, 8, 8\]/);
  });

  it("of official whitening codes is refused with the codes", () => {
    expect(() => fromOfficialWhitening([0, 0, 6, 0, 0, 0, 0])).toThrow(/0 to 5, got \[0, 0, 6/);
    expect(() => fromOfficialWhitening([1, 0, 2, 0, 0, 0, 0])).toThrow(/stem of three convolutions/);
    expect(fromOfficialWhitening([0, 0, 4, 4, 2, 0, 0])).toEqual({
      layer0: "instance-norm",
      layer1: "instance-norm",
      layer2: "selective-whitening",
    });
  });
});
