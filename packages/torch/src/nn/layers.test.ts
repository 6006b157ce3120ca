import { describe, expect, it } from "vitest";
import {
  grad,
  keep,
  liveTensors,
  manualSeed,
  nn,
  noGrad,
  ones,
  randn,
  scope,
  type Tensor,
  TorchError,
  tensor,
} from "../index.js";

describe("Conv2d", () => {
  it("takes numbers for both directions, and knows its channels", () => {
    const conv = new nn.Conv2d(4, 6, [3, 5], { stride: 2, padding: [1, 2], dilation: 1, groups: 2 });
    expect(conv.weight.shape).toEqual([6, 2, 3, 5]);
    expect([conv.inChannels, conv.outChannels]).toEqual([4, 6]);
    expect(conv.stride).toEqual([2, 2]);
    expect(conv.call(ones([1, 4, 8, 8])).shape).toEqual([1, 6, 4, 4]);
  });

  it.each([
    ["inChannels", () => new nn.Conv2d(0, 1, 1), "must be an integer of at least 1, got 0"],
    ["outChannels", () => new nn.Conv2d(1, 1.5, 1), "must be an integer of at least 1, got 1.5"],
    ["kernelSize", () => new nn.Conv2d(1, 1, [3, 0]), "must be an integer of at least 1, got 3,0"],
    ["stride", () => new nn.Conv2d(1, 1, 1, { stride: Number.NaN }), "got NaN"],
    ["dilation", () => new nn.Conv2d(1, 1, 1, { dilation: -1 }), "got -1"],
    ["padding", () => new nn.Conv2d(1, 1, 1, { padding: -1 }), "must be an integer of at least 0, got -1"],
    ["groups", () => new nn.Conv2d(3, 4, 1, { groups: 2 }), "must divide inChannels (3) and outChannels (4)"],
  ])("refuses a bad %s before anything is computed", (argument, make, says) => {
    expect(make).toThrow(TorchError);
    expect(make).toThrow("Conv2d: argument '");
    expect(make).toThrow(argument);
    expect(make).toThrow(says);
  });
});

describe("Linear", () => {
  it("works on the last dimension", () => {
    expect(new nn.Linear(3, 5).call(ones([2, 4, 3])).shape).toEqual([2, 4, 5]);
    expect(new nn.Linear(3, 5, { bias: false }).bias).toBeNull();
    expect(() => new nn.Linear(3, 0)).toThrow(
      "argument 'outFeatures' must be an integer of at least 1, got 0",
    );
  });
});

describe("dropout", () => {
  it("zeroes elements in training only, and scales the others", () => {
    manualSeed(0);
    const layer = new nn.Dropout(0.25);
    const input = ones([400]);
    const values = new Set(layer.call(input).toArray() as number[]);
    expect([...values].sort()).toEqual([0, expect.closeTo(4 / 3)]);
    expect(layer.eval().call(input)).toBe(input);
  });

  it("zeroes whole channels", () => {
    manualSeed(0);
    const output = new nn.Dropout2d(0.5).call(ones([4, 8, 3, 3]));
    const sums = output.sum([2, 3]).flatten().toArray() as number[];
    expect(new Set(sums)).toEqual(new Set([0, 18]));
  });

  it("refuses probabilities that are none", () => {
    expect(() => new nn.Dropout2d(1.5)).toThrow("Dropout2d: argument 'p' must be between 0 and 1, got 1.5");
    expect(() => new nn.Dropout(Number.NaN)).toThrow("got NaN");
  });
});

describe("layers without state", () => {
  const input = () => tensor([[-2, -0.5, 0, 1, 7]]);

  it.each<[string, nn.Module, number[]]>([
    ["Identity", new nn.Identity(), [-2, -0.5, 0, 1, 7]],
    ["ReLU", new nn.ReLU(), [0, 0, 0, 1, 7]],
    ["ReLU6", new nn.ReLU6(), [0, 0, 0, 1, 6]],
    ["LeakyReLU", new nn.LeakyReLU({ negativeSlope: 0.5 }), [-1, -0.25, 0, 1, 7]],
    ["Flatten", new nn.Flatten({ startDim: 0 }), [-2, -0.5, 0, 1, 7]],
  ])("%s", (_, layer, expected) => {
    expect(layer.call(input()).flatten().toArray()).toEqual(expected);
  });

  it("agree with their operators", () => {
    const value = input();
    const pairs: [nn.Module, Tensor][] = [
      [new nn.Sigmoid(), value.sigmoid()],
      [new nn.Tanh(), value.tanh()],
      [new nn.Softmax(1), value.softmax(1)],
    ];
    for (const [layer, expected] of pairs) expect(layer.call(value).equal(expected)).toBe(true);
  });

  it("work in place where asked to", () => {
    const value = input();
    expect(new nn.ReLU({ inplace: true }).call(value)).toBe(value);
    expect(value.toArray()).toEqual([[0, 0, 0, 1, 7]]);
    expect(new nn.ReLU6({ inplace: true }).call(value).toArray()).toEqual([[0, 0, 0, 1, 6]]);
  });

  it("gives ReLU6 the same gradients in place, of second order too, without a copy of its input", () => {
    const gradients = (inplace: boolean) => {
      const input = tensor([-2, 0, 0.5, 3, 6, 7], { dtype: "float64", requiresGrad: true });
      const output = new nn.ReLU6({ inplace }).call(input.mul(1)).pow(3).sum();
      const [first] = grad(output, [input], { createGraph: true });
      const [second] = grad((first as Tensor).pow(2).sum(), [input]);
      return [first?.toArray(), second?.toArray()];
    };
    expect(gradients(true)).toEqual(gradients(false));
    expect(gradients(true)[0]).toEqual([0, 0, 0.75, 27, 0, 0]);
    expect(() => new nn.ReLU6({ inplace: true }).call(tensor([1.5], { requiresGrad: true }))).toThrow(/leaf/);
  });

  it("gives ReLU6 its gradients in bfloat16 too, for which libtorch 1.13 has no kernel", () => {
    for (const inplace of [true, false]) {
      const input = tensor([-2, 0, 0.5, 3, 6, 7], { dtype: "float32", requiresGrad: true });
      const output = new nn.ReLU6({ inplace }).call(input.to("bfloat16")).pow(2).sum();
      expect(grad(output, [input])[0]?.toArray()).toEqual([0, 0, 1, 6, 0, 0]);
    }
  });

  it("pool and resize", () => {
    const image = randn([1, 2, 6, 6]);
    expect(new nn.MaxPool2d(2).call(image).shape).toEqual([1, 2, 3, 3]);
    expect(new nn.AvgPool2d([2, 3]).call(image).shape).toEqual([1, 2, 3, 2]);
    expect(new nn.AdaptiveAvgPool2d(1).call(image).shape).toEqual([1, 2, 1, 1]);
    const upsample = new nn.Upsample({ scaleFactor: 2, mode: "bilinear", alignCorners: false });
    expect(upsample.call(image).shape).toEqual([1, 2, 12, 12]);
  });
});

describe("Sequential", () => {
  it("runs its modules in a row and frees what lies between", () => {
    const [first, last] = [new nn.Conv2d(1, 2, 1), new nn.Conv2d(2, 1, 1)];
    const net = new nn.Sequential(first, new nn.ReLU(), last);
    scope(() => {
      const image = ones([1, 1, 2, 2]);
      const expected = last.call(first.call(image).relu());
      const before = liveTensors();
      const output = noGrad(() => net.call(image));
      expect(liveTensors()).toBe(before + 1);
      expect(output.equal(expected)).toBe(true);
    });
  });

  it("leaves tensors alone that a module keeps or passes on", () => {
    class Remembering extends nn.Module {
      last: Tensor | null = null;
      forward(input: Tensor): Tensor {
        this.last = keep(input.mul(2));
        return this.last;
      }
    }
    const remembering = new Remembering();
    const net = new nn.Sequential(new nn.Identity(), remembering, new nn.Identity(), new nn.ReLU());
    scope(() => {
      const input = ones([2]);
      expect(net.call(input).toArray()).toEqual([2, 2]);
      expect(input.isDisposed).toBe(false);
      expect(remembering.last?.toArray()).toEqual([2, 2]);
    });
    remembering.last?.dispose();
  });

  it("is a list whose modules can be replaced", () => {
    const net = new nn.Sequential(new nn.ReLU(), new nn.Sigmoid());
    const tanh = new nn.Tanh();
    net.replace(1, tanh);
    expect([net.length, net.at(-1), [...net][1]]).toEqual([2, tanh, tanh]);
    expect(() => net.replace(2, tanh)).toThrow("there is no module 2 of 2");
  });
});

describe("ModuleList", () => {
  it("names its modules by position and has no computation", () => {
    const list = new nn.ModuleList([new nn.Linear(1, 1, { bias: false })]);
    list.push(new nn.Linear(1, 2, { bias: false }));
    expect(list.length).toBe(2);
    expect([...list.stateDict().keys()]).toEqual(["0.weight", "1.weight"]);
    expect(list.at(1)?.weight.shape).toEqual([2, 1]);
    expect(() => list.call()).toThrow("a list has no computation of its own");
  });
});

describe("Parameter", () => {
  it("shares memory with its data, belongs to no scope and is a leaf", () => {
    const data = ones([2]);
    const parameter = scope(() => new nn.Parameter(data));
    data.add_(1);
    expect(parameter.toArray()).toEqual([2, 2]);
    expect([parameter.isLeaf, parameter.requiresGrad, parameter.isDisposed]).toEqual([true, true, false]);
    expect(new nn.Parameter(data, { requiresGrad: false }).requiresGrad).toBe(false);
  });
});
