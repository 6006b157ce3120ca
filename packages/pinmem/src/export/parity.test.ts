// What is exported says of a picture what libtorch says.

import { Random, type RgbImage } from "@pinmem/core";
import { dispose, manualSeed, nn, noGrad, rand, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { backbonesWithHeads } from "../../test/backbone-heads.js";
import { full } from "../../test/scope.js";
import { pictureInput } from "../inference/picture-input.js";
import { TestTimeNormalization } from "../inference/test-time-normalization.js";
import type { ClassMemory } from "../memory/class-memory.js";
import { applyAdapter } from "../models/adapters/adapter.js";
import type { BackboneNetwork } from "../models/backbone-network.js";
import { registerBackbone } from "../models/backbones/registry.js";
import { dinov2, dinov3 } from "../models/backbones/vit/config.js";
import { foundationBackbone } from "../models/backbones/vit/create.js";
import type { VisionTransformer } from "../models/backbones/vit/vision-transformer.js";
import { prepareForInference } from "../models/inference.js";
import { createNetwork, type NetworkOptions } from "../models/network.js";
import { normalizationKinds } from "../models/normalization/placement.js";
import { replaceChild } from "../models/replace-module.js";
import { segment } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { buildGraphs, buildSingle } from "./build-graphs.js";
import { askGraphs, askNetwork, differenceOf, type OpenGraphs } from "./compare.js";
import { OnnxSession } from "./onnxruntime.js";

/** Cases of which the default tests take some. */
const some = <T>(cases: readonly T[], ...positions: readonly number[]): T[] =>
  cases.filter((_, at) => full || positions.includes(at));
const settings = { ownStatistics: false, halfFrom: null, version: "test" } as const;
type MemoryOptions = NonNullable<NetworkOptions["memory"]>;
const memory = { read: { temperature: 0.1 } } as const;

function noise(width: number, height: number, seed = 1): RgbImage {
  const random = new Random({ seed, index: width });
  const pixels = Uint8Array.from({ length: 3 * width * height }, () => random.randint(0, 256));
  return { width, height, pixels };
}

/** Random weights, running statistics and, in part, rows, so that nothing is one or zero that would hide a fault. */
function randomNetwork(options: NetworkOptions): SegmentationNetwork {
  manualSeed(7);
  const network = createNetwork({ classes: 5, width: 16, ...options }).eval();
  network.requiresGrad_(false);
  noGrad(() =>
    scope(() => {
      for (const [name, tensor] of network.stateDict()) {
        if (/running(_?[Mm]ean)$/.test(name)) tensor.copy_(rand(tensor.shape).sub(0.5).mul(0.2));
        if (/running(_?[Vv]ar)$/.test(name)) tensor.copy_(rand(tensor.shape).add(0.5));
        if (/running(_?[Cc]ov)$/.test(name)) tensor.add_(rand(tensor.shape).mul(0.01));
      }
      network.memory?.items.select(0, 3).zero_();
      evenOut(network);
    }),
  );
  return network;
}

/** Lets no class win everywhere, as one of random weights may. */
function evenOut(network: BackboneNetwork): void {
  const { bias } = network.final2.at(0) as nn.Conv2d;
  const { logits } = segment(network, pictureInput([noise(47, 33)], "cpu"));
  bias?.sub_(logits.mean([0, 2, 3]));
}

const sizes = [
  [47, 33],
  [64, 32],
  [1, 1],
] as const;

interface ParityOptions {
  readonly ownWeight?: number;
  /** Width and height. */
  readonly pictures?: readonly (readonly [number, number])[];
}

async function expectParity(
  network: SegmentationNetwork,
  graphs: OpenGraphs,
  { ownWeight = 0, pictures = sizes }: ParityOptions = {},
): Promise<void> {
  for (const [width, height] of pictures) {
    const picture = noise(width, height);
    const expected = askNetwork(network, picture);
    const { labels, logits } = differenceOf(expected, await askGraphs(graphs, network, picture, ownWeight));
    expect(logits ?? 0).toBeLessThan(1e-4);
    expect(labels).toBeLessThanOrEqual(1);
    if (width * height > 1) expect(new Set(expected.labels).size).toBeGreaterThan(1);
  }
}

async function expectSame(options: NetworkOptions, parity: ParityOptions = {}): Promise<void> {
  const network = prepareForInference(randomNetwork(options), { memoryFormat: "contiguous" });
  await expectParity(network, await openSplit(network), parity);
  dispose([...network.stateDict().values()]);
}

async function openSplit(network: SegmentationNetwork, ownStatistics = false): Promise<OpenGraphs> {
  const { encode, decode } = buildGraphs(network, { ...settings, ownStatistics });
  return {
    kind: "split",
    encode: await OnnxSession.open(encode.bytes),
    decode: await OnnxSession.open(decode.bytes),
  };
}

// Registers with a gated MLP of DINOv2, and the gated one of DINOv3, which no tiny backbone has.
const tiny = { width: 24, depth: 4, heads: 2, gated: true };
registerBackbone("parity_dinov2_gated_reg", () =>
  foundationBackbone("reg", dinov2({ ...tiny, registers: 4 })),
);
registerBackbone("parity_dinov3_gated", () => foundationBackbone("plus", dinov3({ ...tiny, biased: false })));

const readAndVote = { read: { temperature: 0.1 }, vote: 5 };
const foundation: [string, NetworkOptions][] = [
  ["dinov2_debug, linear, with a memory", { backbone: "dinov2_debug", head: "linear", memory: readAndVote }],
  ["dinov3_debug, dpt", { backbone: "dinov3_debug", head: "dpt", memory: { read: { temperature: 0.1 } } }],
  ["dinov3_debug, deeplab-v3+", { backbone: "dinov3_debug" }],
  ["dinov3_convnext_debug, deeplab-v3+", { backbone: "dinov3_convnext_debug" }],
  ...(full
    ? (
        [
          { backbone: "dinov2_debug", head: "dpt", memory: readAndVote },
          { backbone: "dinov2_debug", head: "dpt", memory: { ...readAndVote, at: "decoder" } },
          {
            backbone: "dinov3_convnext_debug",
            head: "deeplab-v3+",
            memory: { ...readAndVote, at: "decoder" },
          },
          { backbone: "dinov2_debug", head: "deeplab-v3+", memory: readAndVote },
          { backbone: "dinov3_debug", head: "linear", memory: readAndVote },
          { backbone: "dinov3_debug", head: "deeplab-v3+", memory: readAndVote },
          { backbone: "dinov3_convnext_debug", head: "linear", memory: readAndVote },
          { backbone: "dinov3_convnext_debug", head: "deeplab-v3+", memory: readAndVote },
          { backbone: "parity_dinov2_gated_reg", head: "linear", outputStride: 14 },
          { backbone: "parity_dinov3_gated", head: "linear" },
        ] satisfies NetworkOptions[]
      ).map((options): [string, NetworkOptions] => [
        `${options.backbone}, ${options.head}${"memory" in options ? `, with a memory${"at" in options.memory ? " at the decoder" : ""}` : ""}`,
        options,
      ])
    : []),
];

describe("exported foundation backbones", () => {
  it.each(foundation)("compute what libtorch does: %s", async (_, options) => {
    const network = prepareForInference(trained(randomNetwork(options)), { memoryFormat: "contiguous" });
    await expectParity(network, await openSplit(network), {
      pictures: [
        [47, 33],
        [64, 32],
      ],
    });
    dispose([...network.stateDict().values()]);
  });

  it.each(["hf", "hub", "antialias"] as const)("interpolate positions by the rule %s", async (rule) => {
    const network = trained(randomNetwork({ backbone: "dinov2_debug", head: "linear" })) as BackboneNetwork;
    (network.backbone as VisionTransformer).layer0.setRule(rule);
    await expectParity(network, await openSplit(network), {
      pictures: [
        [47, 33],
        [90, 70],
      ],
    });
    dispose([...network.stateDict().values()]);
  });

  it("refine by Rein", async () => {
    const network = randomNetwork({ backbone: "dinov3_debug", head: "linear" }) as BackboneNetwork;
    applyAdapter(network.backbone, { kind: "rein", tokens: 6, rank: 2 });
    trained(network).eval();
    await expectParity(network, await openSplit(network), { pictures: [[47, 33]] });
    dispose([...network.stateDict().values()]);
  });
});

/** Weights that say something: those of a start are so small that positions and attention hardly matter. */
function trained<N extends SegmentationNetwork>(network: N): N {
  noGrad(() =>
    scope(() => {
      for (const [name, tensor] of network.namedParameters())
        if (/^layer\d/.test(name) && tensor.dim > 1) tensor.mul_(8);
      for (const [name, tensor] of network.namedParameters())
        if (/refinement\.(a|b|scale)/.test(name)) tensor.normal_(0, 0.5);
      evenOut(network as SegmentationNetwork as BackboneNetwork);
    }),
  );
  return network;
}

describe("exported graphs", () => {
  const few: [string, NetworkOptions][] = [
    ["mobilenet_v2, with a memory", { backbone: "mobilenet_v2", memory }],
    ["resnet18, without a memory", { backbone: "resnet18" }],
  ];
  it.each(few)("compute what libtorch does: %s", async (_, options) => {
    await expectSame(options);
  });

  const kinds = normalizationKinds.map((kind): [string, NetworkOptions] => [
    kind,
    { backbone: "shufflenet_v2_x1_0", normalization: { layer0: kind, layer2: kind, layer4: kind } },
  ]);
  it.each(some(kinds, 0, 4))("hold the layers of %s", async (_, options) => {
    await expectSame(options, { pictures: [[95, 65]] });
  });

  const reads: [string, MemoryOptions][] = [
    ["centered", { read: { centered: true } }],
    ["centered, without rows never written", { read: { centered: true, maskAbsent: true }, vote: 3 }],
    ["residual, with a learned temperature", { read: { residual: true, temperature: { learned: 0.2 } } }],
    ["with votes", { read: { maskAbsent: true }, vote: 10 }],
    ["with a learned weight of votes", { vote: { learned: 5 } }],
    ["with votes alone", { vote: 10, votesOnly: true }],
    ["at the decoder", { at: "decoder", read: { temperature: 0.1 }, vote: 10 }],
    [
      "with several rows a class",
      { rows: { per: "cluster", count: 3 }, vote: 3, read: { maskAbsent: true } },
    ],
    [
      "with several rows a class, centered",
      { rows: { per: "cluster", count: 2 }, vote: 3, read: { centered: true } },
    ],
  ];
  it.each(some(reads, 1, 2, 6, 7))("read the memory %s", async (_, options) => {
    await expectSame({ backbone: "mobilenet_v2", memory: options }, { pictures: [[47, 33]] });
  });

  it("mix a picture's own statistics in by an input", async () => {
    const network = randomNetwork({ backbone: "mobilenet_v2", memory });
    const graphs = await openSplit(network, true);
    const normalization = new TestTimeNormalization(network, 0.3);
    await expectParity(network, graphs, { ownWeight: 0.3 });
    normalization.weight = 0;
    await expectParity(network, graphs, { ownWeight: 0 });
    dispose([...network.stateDict().values()]);
  });

  it("see pictures under the exposure of a place", async () => {
    const network = randomNetwork({ backbone: "mobilenet_v2", memory });
    (network as BackboneNetwork).exposure = 0.7;
    const graphs = await openSplit(network, false);
    await expectParity(network, graphs);
    dispose([...network.stateDict().values()]);
  });

  it("give what a memory is written from, and what each pixel reads, of several pictures at once", async () => {
    const network = prepareForInference(randomNetwork({ backbone: "mobilenet_v2", memory }), {
      memoryFormat: "contiguous",
    });
    const { encode, decode } = buildGraphs(network, settings);
    const [encoder, decoder] = [await OnnxSession.open(encode.bytes), await OnnxSession.open(decode.bytes)];
    const [width, height] = [47, 33];
    const { expected, image, rows } = noGrad(() =>
      scope(() => {
        const input = pictureInput([noise(width, height), noise(width, height, 2)], "cpu").contiguous();
        const { feature, reading, logits } = segment(network, input);
        const { writenet, items } = network.memory as ClassMemory;
        const values = (tensor: Tensor) => ({
          data: tensor.contiguous().toTypedArray() as Float32Array,
          shape: tensor.shape,
        });
        const written = values(nn.F.normalize(writenet.call(feature)));
        const read_weights = values(reading?.weights as Tensor);
        return {
          expected: { feature: values(feature), written, logits: values(logits), read_weights },
          image: values(input),
          rows: values(items),
        };
      }),
    );
    const encoded = await encoder.run({ image });
    const one = (value: number) => ({ data: Float32Array.of(value), shape: [1] });
    const decoded = await decoder.run({
      ...encoded,
      memory: rows,
      temperature: one(0.1),
      vote_weight: one(0),
      size: { data: BigInt64Array.of(BigInt(height), BigInt(width)), shape: [2] },
    });
    for (const [name, { data, shape }] of Object.entries(expected)) {
      const found = { ...encoded, ...decoded }[name];
      expect(found?.shape).toEqual(shape);
      const apart = data.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - Number(found?.data[at]))),
        0,
      );
      expect(apart).toBeLessThan(1e-4 * data.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
    }
    dispose([...network.stateDict().values()]);
  });

  it("are one for other tools, the memory inside, to labels or to logits", async () => {
    const network = randomNetwork({ backbone: "mobilenet_v2", memory: { ...memory, vote: 5 } });
    prepareForInference(network, { memoryFormat: "contiguous" });
    for (const output of ["labels", "logits"] as const) {
      const { bytes, inputs, outputs } = buildSingle(network, { ...settings, output });
      expect([inputs, outputs].map((values) => values.map(({ name }) => name))).toEqual([
        ["image"],
        [output],
      ]);
      await expectParity(network, { kind: "single", whole: await OnnxSession.open(bytes) });
    }
    dispose([...network.stateDict().values()]);
  });

  it("read other rows, temperatures and votes than those of training", async () => {
    const network = randomNetwork({ backbone: "mobilenet_v2", memory: { ...memory, vote: 5 } });
    prepareForInference(network, { memoryFormat: "contiguous" });
    const graphs = await openSplit(network);
    const { items } = network.memory as ClassMemory;
    noGrad(() => scope(() => items.copy_(nn.F.normalize(rand(items.shape)))));
    (network.memory as ClassMemory).voteWeight = 1;
    await expectParity(network, graphs);
    dispose([...network.stateDict().values()]);
  });

  it("refuse a module that nobody said how to export, naming it", () => {
    class Strange extends nn.Module {
      forward(input: Tensor): Tensor {
        return input;
      }
    }
    const network = randomNetwork({ backbone: "mobilenet_v2" });
    replaceChild((network as BackboneNetwork).layer2, "1", new Strange());
    expect(() => buildGraphs(network, settings)).toThrow(
      /^the module 'layer2.1' of the class Strange cannot be exported: say how with registerEmitter\(Strange, …\)/,
    );
    dispose([...network.stateDict().values()]);
  });

  const table = backbonesWithHeads("deeplab-v2").map((model): [string, NetworkOptions] => [
    `${model.backbone}, ${model.head}`,
    { ...model, memory },
  ]);
  const strides = ([8, 32] as const).flatMap((outputStride) =>
    (["resnet50", "mobilenet_v2", "shufflenet_v2_x1_0"] as const).map(
      (backbone): [string, NetworkOptions] => [
        `${backbone}, output stride ${outputStride}`,
        { backbone, outputStride },
      ],
    ),
  );
  it.runIf(full).each([...table, ...strides])(
    "compute what libtorch does: %s",
    async (_, options) => {
      await expectSame(options, { pictures: [[47, 33]] });
    },
    120_000,
  );
});
