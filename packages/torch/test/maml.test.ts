// Meta-learning through two inner steps: the outer gradient differentiates the inner gradients. Compared with PyTorch's own,
// running statistics included; fixtures/maml.py made the numbers.

import { describe, expect, it } from "vitest";
import { type DType, grad, liveTensors, manualSeed, nn, randn, scope, type Tensor } from "../src/index.js";
import { distance, fromPlain, type PlainTensor, readFixture } from "./fixture.js";

interface Result {
  readonly innerLosses: readonly number[];
  readonly outerLoss: number;
  readonly gradients: Readonly<Record<string, PlainTensor>>;
  readonly runningMean: PlainTensor;
  readonly runningVar: PlainTensor;
}

interface Fixture {
  readonly steps: number;
  readonly innerRate: number;
  readonly ignored: number;
  readonly state: Readonly<Record<string, PlainTensor>>;
  readonly support: PlainTensor;
  readonly supportLabels: PlainTensor;
  readonly query: PlainTensor;
  readonly queryLabels: PlainTensor;
  readonly results: Readonly<Record<"float32" | "float64", Record<"firstOrder" | "secondOrder", Result>>>;
}

class Net extends nn.Module {
  readonly conv = new nn.Conv2d(3, 6, 3, { padding: 1 });
  readonly norm = new nn.BatchNorm2d(6);
  readonly head = new nn.Conv2d(6, 4, 1);

  forward(image: Tensor): Tensor {
    return this.head.call(this.norm.call(this.conv.call(image)).relu());
  }
}

const fixture = readFixture<Fixture>("maml.json");

function newNet(dtype: DType): Net {
  const net = new Net();
  const state = Object.entries(fixture.state).map(
    ([name, value]) => [name, fromPlain(value, name.endsWith("tracked") ? "int64" : "float32")] as const,
  );
  net.loadStateDict(new Map(state));
  return net.to({ dtype });
}

/** The gradient of the outer loss with respect to the initial parameters, through the inner steps. */
function metaGradient(net: Net, dtype: DType, createGraph: boolean) {
  const loss = (parameters: ReadonlyMap<string, Tensor>, images: PlainTensor, labels: PlainTensor): Tensor =>
    nn.functionalCall(net, parameters, () =>
      nn.F.crossEntropy(net.call(fromPlain(images, "float32").to(dtype)), fromPlain(labels, "int64"), {
        ignoreIndex: fixture.ignored,
      }),
    );
  const initial: ReadonlyMap<string, Tensor> = new Map(net.namedParameters());
  let adapted = initial;
  const innerLosses: number[] = [];
  for (let step = 0; step < fixture.steps; step++) {
    const inner = loss(adapted, fixture.support, fixture.supportLabels);
    innerLosses.push(inner.toNumber());
    const names = [...adapted.keys()];
    const gradients = grad(inner, [...adapted.values()], { createGraph });
    adapted = new Map(
      [...adapted.values()].map((parameter, index) => [
        names[index] as string,
        parameter.sub((gradients[index] as Tensor).mul(fixture.innerRate)),
      ]),
    );
  }
  const outer = loss(adapted, fixture.query, fixture.queryLabels);
  const gradients = grad(outer, [...initial.values()]);
  return {
    innerLosses,
    outerLoss: outer.toNumber(),
    gradients: new Map([...initial.keys()].map((name, index) => [name, gradients[index] as Tensor])),
  };
}

describe.each(["float64", "float32"] as const)("a two-step meta-gradient in %s", (dtype) => {
  it.each([
    ["secondOrder", true],
    ["firstOrder", false],
  ] as const)("equals PyTorch's: %s", (order, createGraph) => {
    scope(() => {
      const expected = fixture.results[dtype][order];
      const net = newNet(dtype);
      const { innerLosses, outerLoss, gradients } = metaGradient(net, dtype, createGraph);

      expect([...gradients.keys()]).toEqual(Object.keys(expected.gradients));
      for (const [name, gradient] of gradients) {
        expect(gradient.dtype).toBe(dtype);
        expect(distance(gradient, expected.gradients[name] as PlainTensor), name).toBeLessThan(1e-6);
      }
      for (const [step, value] of innerLosses.entries())
        expect(value).toBeCloseTo(expected.innerLosses[step] as number, 6);
      expect(outerLoss).toBeCloseTo(expected.outerLoss, 6);
      expect(distance(net.norm.runningMean as Tensor, expected.runningMean)).toBeLessThan(1e-6);
      expect(distance(net.norm.runningVar as Tensor, expected.runningVar)).toBeLessThan(1e-6);
    });
  });

  it("differs between first and second order by far more than the tolerance", () => {
    const { firstOrder, secondOrder } = fixture.results[dtype];
    const first = fromPlain(firstOrder.gradients["conv.weight"] as PlainTensor, dtype);
    expect(distance(first, secondOrder.gradients["conv.weight"] as PlainTensor)).toBeGreaterThan(1e-2);
  });
});

describe("a meta-training loop", () => {
  it("holds as many tensors after many steps as after one", () => {
    manualSeed(0);
    const net = newNet("float32");
    const step = () => scope(() => void metaGradient(net, "float32", true));
    step();
    const after = liveTensors();
    for (let i = 0; i < 20; i++) step();
    expect(liveTensors()).toBe(after);
  });

  it("leaves the network's own parameters untouched", () => {
    scope(() => {
      const net = newNet("float32");
      const before = net.parameters();
      const values = before.map((parameter) => parameter.detach().clone());
      metaGradient(net, "float32", true);
      net.parameters().forEach((parameter, index) => {
        expect(parameter).toBe(before[index]);
        expect(parameter.equal(values[index] as Tensor)).toBe(true);
        expect(parameter.grad).toBeNull();
      });
      expect(net.call(randn([1, 3, 4, 4])).shape).toEqual([1, 4, 4, 4]);
    });
  });
});
