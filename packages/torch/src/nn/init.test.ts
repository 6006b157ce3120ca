import { describe, expect, it } from "vitest";
import { distance, type PlainTensor, readFixture } from "../../test/fixture.js";
import { empty, manualSeed, nn, ones, randn, type Tensor, zeros } from "../index.js";
import { fans, gain } from "./init.js";

const { init } = nn;
const fixture = readFixture<{
  init: Record<string, PlainTensor>;
  construction: Record<string, Record<string, PlainTensor>>;
}>("layers.json");

// Random numbers agree exactly where libtorch fills with the same vector instructions, to rounding elsewhere.
const ROUNDING = 1e-6;

describe("skipInit", () => {
  it("draws nothing while a module is made, whose constants are there, and draws again afterwards", () => {
    manualSeed(5);
    const expected = randn([2]).toArray();
    manualSeed(5);
    const norm = init.skipInit(() => [new nn.Conv2d(3, 4, 3), new nn.BatchNorm2d(2)] as const)[1];
    expect(randn([2]).toArray()).toEqual(expected);
    expect(norm.weight?.toArray()).toEqual([1, 1]);
    const before = zeros([2]);
    expect(init.skipInit(() => init.clippedNormal_(before.add(7), 0, 0.1)).toArray()).toEqual([7, 7]);
    expect(() =>
      init.skipInit(() => {
        throw new Error("unmade");
      }),
    ).toThrow("unmade");
    expect(init.normal_(before).toArray()).not.toEqual([0, 0]);
  });
});

describe("initializers", () => {
  it("clippedNormal keeps numbers within its deviations, most of them as they are", () => {
    manualSeed(7);
    const plain = [...init.normal_(zeros([500]), 1, 0.5).toTypedArray()].map(Number);
    manualSeed(7);
    const clipped = [...init.clippedNormal_(zeros([500]), 1, 0.5, 1).toTypedArray()].map(Number);
    expect(clipped).toEqual(plain.map((value) => Math.min(Math.max(value, 0.5), 1.5)));
    expect(new Set(clipped).size).toBeGreaterThan(250);
  });

  const cases: Record<string, (weight: Tensor) => Tensor> = {
    kaimingUniform: (w) => init.kaimingUniform_(w),
    kaimingNormalFanOutRelu: (w) => init.kaimingNormal_(w, { mode: "fanOut", nonlinearity: "relu" }),
    kaimingNormalLeaky: (w) => init.kaimingNormal_(w, { slope: 0.2 }),
    kaimingUniformTanh: (w) => init.kaimingUniform_(w, { nonlinearity: "tanh" }),
    xavierUniform: (w) => init.xavierUniform_(w, 1.5),
    xavierNormal: (w) => init.xavierNormal_(w),
    normal: (w) => init.normal_(w, 1, 0.02),
    uniform: (w) => init.uniform_(w, -2, 2),
  };

  it.each(Object.keys(fixture.init))("%s gives PyTorch's numbers for a seed", (name) => {
    const expected = fixture.init[name] as PlainTensor;
    manualSeed(7);
    const weight = cases[name]?.(empty(expected.shape)) as Tensor;
    expect(distance(weight, expected)).toBeLessThan(ROUNDING);
  });

  it("are all compared with PyTorch", () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(fixture.init).sort());
  });

  it("change parameters in place, outside the graph, and return them", () => {
    const parameter = new nn.Parameter(zeros([2]));
    expect(init.constant_(parameter, 3)).toBe(parameter);
    expect(parameter.toArray()).toEqual([3, 3]);
    expect(init.zeros_(parameter).toArray()).toEqual([0, 0]);
    expect(init.ones_(parameter).toArray()).toEqual([1, 1]);
    expect(parameter.isLeaf && parameter.requiresGrad).toBe(true);
  });

  it("know the fans of a weight", () => {
    expect(fans(ones([6, 3, 5, 7]))).toEqual({ fanIn: 105, fanOut: 210 });
    expect(fans(ones([4, 5]))).toEqual({ fanIn: 5, fanOut: 4 });
    expect(() => init.kaimingNormal_(ones([4]))).toThrow("at least 2 dimensions, got float32[4] on cpu");
  });

  it("know the gain of a nonlinearity", () => {
    expect(gain("relu")).toBeCloseTo(Math.SQRT2, 12);
    expect(gain("leakyRelu", 1)).toBe(1);
    expect(gain("linear")).toBe(1);
    expect(gain("selu")).toBe(0.75);
  });
});

describe("new layers", () => {
  const layers: Record<string, () => nn.AnyModule> = {
    conv: () => new nn.Conv2d(4, 6, [3, 2], { groups: 2 }),
    convWithoutBias: () => new nn.Conv2d(2, 3, 1, { bias: false }),
    linear: () => new nn.Linear(5, 4),
    stack: () =>
      new nn.Sequential(
        new nn.Conv2d(3, 4, 3),
        new nn.BatchNorm2d(4),
        new nn.ReLU(),
        new nn.Sequential(new nn.Conv2d(4, 2, 1)),
      ),
  };

  it.each(Object.keys(layers))("have PyTorch's names and its numbers for a seed: %s", (name) => {
    manualSeed(7);
    const state = (layers[name] as () => nn.AnyModule)().stateDict();
    const expected = fixture.construction[name] as Record<string, PlainTensor>;
    expect([...state.keys()]).toEqual(Object.keys(expected));
    for (const [key, value] of state) {
      expect(distance(value, expected[key] as PlainTensor), key).toBeLessThan(ROUNDING);
    }
  });
});
