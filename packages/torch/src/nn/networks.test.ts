// Functions and layers against PyTorch's own figures (test/fixtures/networks.py).

import { describe, expect, it } from "vitest";
import { distance, fromPlain, type PlainTensor, readFixture } from "../../test/fixture.js";
import { type DType, manualSeed, nn, type Tensor, zeros } from "../index.js";

const { F } = nn;

interface Layer {
  readonly state: Record<string, PlainTensor>;
  readonly after: Record<string, PlainTensor>;
  readonly outputs: readonly (PlainTensor | null)[];
  readonly gradients: Record<string, PlainTensor>;
  readonly evaluation: PlainTensor;
}

const fixture = readFixture<{
  inputs: Record<string, PlainTensor & { dtype: DType }>;
  functions: Record<string, PlainTensor>;
  layers: Record<string, Layer>;
  losses: Record<string, PlainTensor>;
}>("networks.json");

function input(name: string): Tensor {
  const found = fixture.inputs[name];
  if (!found) throw new Error(`the fixture has no input ${name}`);
  if (found.dtype !== "bool") return fromPlain(found, found.dtype);
  return fromPlain(found).to("bool");
}
const rows = () => input("rows");
const other = () => input("other");
const image = () => input("image");
const sequence = () => input("sequence");
const logits = () => input("logits");
const attended = () => [input("query"), input("key"), input("value")] as const;

const divergence = (options: { reduction: "sum" | "batchmean" }) =>
  F.klDiv(F.logSoftmax(logits(), 1), F.softmax(logits().flip([0]), 1), options);

const functions: Record<string, () => Tensor> = {
  relu: () => F.relu(rows()),
  relu6: () => F.relu6(image()),
  leakyRelu: () => F.leakyRelu(rows(), { negativeSlope: 0.2 }),
  elu: () => F.elu(rows(), { alpha: 0.7 }),
  selu: () => F.selu(rows()),
  gelu: () => F.gelu(rows()),
  geluTanh: () => F.gelu(rows(), { approximate: "tanh" }),
  silu: () => F.silu(rows()),
  mish: () => F.mish(rows()),
  hardswish: () => F.hardswish(image()),
  hardsigmoid: () => F.hardsigmoid(image()),
  hardtanh: () => F.hardtanh(rows(), { minVal: -0.3, maxVal: 0.4 }),
  softplus: () => F.softplus(rows(), { beta: 2 }),
  sigmoid: () => F.sigmoid(rows()),
  logsigmoid: () => F.logsigmoid(rows()),
  tanh: () => F.tanh(rows()),
  softmax: () => F.softmax(image(), 1),
  logSoftmax: () => F.logSoftmax(image(), { dim: -1 }),
  prelu: () => F.prelu(image(), input("slope")),
  mseLoss: () => F.mseLoss(rows(), other()),
  mseLossSum: () => F.mseLoss(rows(), other(), { reduction: "sum" }),
  mseLossNone: () => F.mseLoss(rows(), other(), { reduction: "none" }),
  l1Loss: () => F.l1Loss(rows(), other()),
  smoothL1Loss: () => F.smoothL1Loss(rows(), other(), { beta: 0.5 }),
  huberLoss: () => F.huberLoss(rows(), other(), { delta: 0.5 }),
  nllLoss: () =>
    F.nllLoss(F.logSoftmax(logits(), 1), input("labels"), {
      weight: input("classWeight"),
      ignoreIndex: 255,
    }),
  binaryCrossEntropy: () => F.binaryCrossEntropy(input("probabilities"), input("probabilities").flip([0])),
  binaryCrossEntropyWithLogits: () =>
    F.binaryCrossEntropyWithLogits(rows(), input("probabilities"), {
      posWeight: input("scale"),
      reduction: "sum",
    }),
  klDiv: () => divergence({ reduction: "sum" }),
  klDivBatchmean: () => divergence({ reduction: "batchmean" }),
  pad: () => F.pad(image(), [1, 2, 0, 3], { value: 0.5 }),
  padReflect: () => F.pad(image(), [1, 2, 3, 1], { mode: "reflect" }),
  conv1d: () => F.conv1d(sequence(), input("weight1d"), input("bias6"), { stride: 2, padding: 1, groups: 2 }),
  conv1dSame: () => F.conv1d(sequence(), input("weight1d"), { padding: "same", groups: 2 }),
  conv2d: () =>
    F.conv2d(image(), input("weight2d"), { bias: input("bias6"), stride: 2, padding: [1, 0], groups: 2 }),
  conv2dSame: () => F.conv2d(image(), input("weight2d"), { padding: "same", groups: 2, dilation: [1, 3] }),
  convTranspose1d: () => F.convTranspose1d(sequence(), input("weightTransposed1d"), { stride: 2 }),
  convTranspose2d: () =>
    F.convTranspose2d(image(), input("weightTransposed2d"), { stride: 2, padding: 1, outputPadding: [1, 0] }),
  linear: () => F.linear(rows(), input("matrix"), input("bias5")),
  embedding: () => F.embedding(input("classes"), input("matrix")),
  oneHot: () => F.oneHot(input("classes")),
  oneHotFive: () => F.oneHot(input("classes"), 5),
  batchNorm: () =>
    F.batchNorm(image(), input("mean"), input("variance"), { weight: input("scale"), bias: input("shift") }),
  batchNormTraining: () => F.batchNorm(image(), null, null, { training: true, eps: 1e-3 }),
  instanceNorm: () => F.instanceNorm(image(), { weight: input("scale"), bias: input("shift") }),
  layerNorm: () => F.layerNorm(rows(), [4], { weight: input("scale"), bias: input("shift") }),
  groupNorm: () => F.groupNorm(image(), 2, { weight: input("scale"), bias: input("shift") }),
  maxPool1d: () => F.maxPool1d(sequence(), 3),
  maxPool2d: () => F.maxPool2d(image(), 3, { stride: 2, padding: 1 }),
  avgPool1d: () => F.avgPool1d(sequence(), 2),
  avgPool2d: () => F.avgPool2d(image(), 2, { ceilMode: true }),
  adaptiveAvgPool1d: () => F.adaptiveAvgPool1d(sequence(), 3),
  adaptiveAvgPool2d: () => F.adaptiveAvgPool2d(image(), [2, 3]),
  adaptiveMaxPool2d: () => F.adaptiveMaxPool2d(image(), 2),
  cosineSimilarity: () => F.cosineSimilarity(rows(), other()),
  cosineSimilarityFirst: () => F.cosineSimilarity(rows(), other(), 0),
  pixelShuffle: () => F.pixelShuffle(image(), 2),
  pixelUnshuffle: () => F.pixelUnshuffle(new nn.PixelShuffle(2).call(image()), 2),
  gridSample: () => F.gridSample(image(), input("grid"), { paddingMode: "border" }),
  gridSampleNearest: () => F.gridSample(image(), input("grid"), { mode: "nearest", alignCorners: true }),
  affineGrid: () => F.affineGrid(input("theta"), [2, 4, 3, 2]),
  attention: () => F.scaledDotProductAttention(...attended()),
  attentionMask: () => F.scaledDotProductAttention(...attended(), { attnMask: input("scoreMask") }),
  attentionAllowed: () => F.scaledDotProductAttention(...attended(), { attnMask: input("allowed") }),
  attentionCausal: () => F.scaledDotProductAttention(...attended(), { isCausal: true }),
  attentionScale: () => F.scaledDotProductAttention(...attended(), { scale: 0.5 }),
};

describe("nn.F", () => {
  it("is tried with every case of the fixture", () => {
    expect(Object.keys(functions)).toEqual(Object.keys(fixture.functions));
  });

  it.each(Object.entries(functions))("%s is PyTorch's", (name, compute) => {
    expect(distance(compute(), fixture.functions[name] as PlainTensor)).toBeLessThan(1e-5);
  });
});

type Case = readonly [make: () => nn.AnyModule, inputs: () => readonly unknown[]];

const batchFirst = () => [...attended()];
const lengthFirst = () => attended().map((tensor) => tensor.transpose(0, 1));

const layers: Record<string, Case> = {
  conv1d: [() => new nn.Conv1d(4, 6, 3, { stride: 2, padding: 1, groups: 2 }), () => [sequence()]],
  conv1dSame: [() => new nn.Conv1d(4, 2, 4, { padding: "same" }), () => [sequence()]],
  conv2dSame: [() => new nn.Conv2d(4, 2, [4, 3], { padding: "same", dilation: [1, 2] }), () => [image()]],
  conv2dValid: [() => new nn.Conv2d(4, 2, 2, { padding: "valid", bias: false }), () => [image()]],
  convTranspose2d: [
    () => new nn.ConvTranspose2d(4, 6, [3, 2], { stride: 2, padding: 1, outputPadding: [1, 0], groups: 2 }),
    () => [image()],
  ],
  embedding: [() => new nn.Embedding(4, 3, { paddingIdx: -2 }), () => [input("classes")]],
  layerNorm: [() => new nn.LayerNorm(4, { eps: 1e-3 }), () => [rows()]],
  layerNormShape: [() => new nn.LayerNorm([5, 6]), () => [image()]],
  groupNorm: [() => new nn.GroupNorm(2, 4), () => [image()]],
  batchNorm1d: [() => new nn.BatchNorm1d(4), () => [rows()]],
  batchNorm1dSequence: [() => new nn.BatchNorm1d(4, { momentum: 0.3 }), () => [sequence()]],
  moduleDict: [
    () => {
      const both = new nn.ModuleDict({ first: new nn.Linear(4, 3), "2nd": new nn.Linear(3, 2) });
      return new nn.Sequential(both.get("first") as nn.Linear);
    },
    () => [rows()],
  ],
  attention: [() => new nn.MultiheadAttention(8, 2), lengthFirst],
  attentionBatchFirst: [
    () => new nn.MultiheadAttention(8, 4, { bias: false, batchFirst: true }),
    () => [...batchFirst(), { keyPaddingMask: input("padded"), averageAttnWeights: false }],
  ],
  attentionMask: [
    () => new nn.MultiheadAttention(8, 2, { batchFirst: true }),
    () => [...batchFirst(), { attnMask: input("scoreMask") }],
  ],
  attentionRefused: [
    () => new nn.MultiheadAttention(8, 2, { batchFirst: true }),
    () => [...batchFirst(), { attnMask: input("allowed").logicalNot(), needWeights: false }],
  ],
  selfAttention: [
    () => new nn.MultiheadAttention(8, 2, { batchFirst: true }),
    () => [input("query"), input("query"), input("query")],
  ],
};

const asList = (output: unknown): (Tensor | null)[] =>
  Array.isArray(output) ? (output as (Tensor | null)[]) : [output as Tensor];

function expectState(found: ReadonlyMap<string, Tensor>, expected: Record<string, PlainTensor>): void {
  expect([...found.keys()]).toEqual(Object.keys(expected));
  for (const [name, value] of found)
    expect(distance(value, expected[name] as PlainTensor), name).toBeLessThan(1e-5);
}

describe("layers", () => {
  it("are tried with every case of the fixture", () => {
    expect(Object.keys(layers)).toEqual(Object.keys(fixture.layers));
  });

  it.each(Object.entries(layers))("%s starts, computes and learns as PyTorch's", (name, [make, inputs]) => {
    const expected = fixture.layers[name] as Layer;
    manualSeed(7);
    const layer = make();
    expectState(layer.stateDict(), expected.state);
    const outputs = asList(layer.call(...inputs()));
    expect(outputs.length).toBe(expected.outputs.length);
    for (const [index, output] of outputs.entries()) {
      const wanted = expected.outputs[index];
      if (!output || !wanted) expect(output).toBe(wanted);
      else expect(distance(output, wanted)).toBeLessThan(1e-5);
    }
    (outputs[0] as Tensor).pow(2).sum().backward();
    for (const [parameter, value] of layer.namedParameters()) {
      const limit = 1e-4 * Math.max(1, ...(expected.gradients[parameter]?.data ?? []).map(Math.abs));
      expect(
        distance(value.grad as Tensor, expected.gradients[parameter] as PlainTensor),
        parameter,
      ).toBeLessThan(limit);
    }
    expectState(layer.stateDict(), expected.after);
    const [evaluated] = asList(layer.eval().call(...inputs()));
    expect(distance(evaluated as Tensor, expected.evaluation)).toBeLessThan(1e-5);
  });

  it("load the state dicts of one another by name", () => {
    const source = new nn.MultiheadAttention(8, 2);
    const target = new nn.MultiheadAttention(8, 2);
    target.loadStateDict(source.stateDict());
    expect(target.outProj.weight.equal(source.outProj.weight)).toBe(true);
  });
});

describe("losses as modules", () => {
  const losses: Record<string, () => Tensor> = {
    crossEntropy: () =>
      new nn.CrossEntropyLoss({ weight: input("classWeight"), ignoreIndex: 255, labelSmoothing: 0.1 }).call(
        logits(),
        input("labels"),
      ),
    nll: () =>
      new nn.NLLLoss({ ignoreIndex: 255, reduction: "sum" }).call(F.logSoftmax(logits(), 1), input("labels")),
    mse: () => new nn.MSELoss().call(rows(), other()),
    l1: () => new nn.L1Loss({ reduction: "sum" }).call(rows(), other()),
    smoothL1: () => new nn.SmoothL1Loss({ beta: 2 }).call(rows(), other()),
    huber: () => new nn.HuberLoss({ delta: 2 }).call(rows(), other()),
    bce: () =>
      new nn.BCELoss({ weight: input("scale") }).call(
        input("probabilities"),
        input("probabilities").flip([0]),
      ),
    bceWithLogits: () =>
      new nn.BCEWithLogitsLoss({ posWeight: input("scale") }).call(rows(), input("probabilities")),
    klDiv: () =>
      new nn.KLDivLoss({ reduction: "batchmean", logTarget: true }).call(
        F.logSoftmax(rows(), 1),
        F.logSoftmax(other(), 1),
      ),
  };

  it.each(Object.entries(losses))("%s is PyTorch's", (name, compute) => {
    expect(distance(compute(), fixture.losses[name] as PlainTensor)).toBeLessThan(1e-5);
  });

  it("hold their weights as buffers under PyTorch's names", () => {
    const loss = new nn.BCEWithLogitsLoss({ posWeight: input("scale") });
    expect([...loss.stateDict().keys()]).toEqual(["pos_weight"]);
    expect(loss.parameters()).toEqual([]);
    expect([...new nn.CrossEntropyLoss().stateDict().keys()]).toEqual([]);
  });
});

describe("ModuleDict", () => {
  it("names its modules in state dicts, and gives them by name", () => {
    const modules = new nn.ModuleDict<nn.Linear>({ b: new nn.Linear(1, 1), a: new nn.Linear(2, 1) });
    modules.set("c", new nn.Linear(1, 1, { bias: false }));
    expect([...modules.keys()]).toEqual(["b", "a", "c"]);
    expect([...modules.stateDict().keys()]).toEqual(["b.weight", "b.bias", "a.weight", "a.bias", "c.weight"]);
    expect(modules.get("a")?.call(zeros([1, 2])).shape).toEqual([1, 1]);
    expect(modules.delete("b")).toBe(true);
    expect([modules.size, modules.has("b"), [...modules].length, [...modules.values()].length]).toEqual([
      2,
      false,
      2,
      2,
    ]);
    expect(() => modules.set("a.b", new nn.Linear(1, 1))).toThrow("must be a word without dots");
    expect(() => modules.set("d", {} as never)).toThrow("argument 'module' must be a module");
    expect(() => modules.call()).toThrow("a dictionary has no computation of its own");
  });
});
