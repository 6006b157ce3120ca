import { describe, expect, it } from "vitest";
import { distance, fromPlain, type PlainTensor, readFixture } from "../../test/fixture.js";
import { nn, noGrad, ones, randn, type Tensor } from "../index.js";

interface Expected {
  readonly outputs: readonly PlainTensor[];
  readonly state: Readonly<Record<string, PlainTensor>>;
  readonly evaluation: PlainTensor;
}

const fixture = readFixture<{ normalization: Record<string, Expected> & { batches: PlainTensor[] } }>(
  "layers.json",
);
const { batches, scale, shift, ...layers } = fixture.normalization as typeof fixture.normalization & {
  scale: PlainTensor;
  shift: PlainTensor;
};

type Norm = nn.BatchNorm2d | nn.InstanceNorm2d;

const constructors: Record<string, () => Norm> = {
  batchNorm: () => new nn.BatchNorm2d(3),
  batchNormMomentum: () => new nn.BatchNorm2d(3, { momentum: 0.4, eps: 1e-3 }),
  batchNormAverage: () => new nn.BatchNorm2d(3, { momentum: null }),
  batchNormPlain: () => new nn.BatchNorm2d(3, { affine: false, trackRunningStats: false }),
  instanceNorm: () => new nn.InstanceNorm2d(3),
  instanceNormAffine: () => new nn.InstanceNorm2d(3, { affine: true }),
  instanceNormTracking: () => new nn.InstanceNorm2d(3, { affine: true, trackRunningStats: true }),
};

function newLayer(name: string): Norm {
  const layer = (constructors[name] as () => Norm)();
  noGrad(() => {
    layer.weight?.copy_(fromPlain(scale));
    layer.bias?.copy_(fromPlain(shift));
  });
  return layer;
}

describe.each(Object.entries(layers))("%s", (name, expected) => {
  it("does over three batches what PyTorch does: outputs, running statistics, evaluation", () => {
    const layer = newLayer(name);
    batches.forEach((batch, index) => {
      expect(distance(layer.call(fromPlain(batch)), expected.outputs[index] as PlainTensor)).toBeLessThan(
        2e-6,
      );
    });
    const state = layer.stateDict();
    expect([...state.keys()]).toEqual(Object.keys(expected.state));
    for (const [key, value] of state) {
      expect(distance(value, expected.state[key] as PlainTensor), key).toBeLessThan(2e-6);
    }
    layer.eval();
    const evaluated = layer.call(fromPlain(batches[0] as PlainTensor));
    expect(distance(evaluated, expected.evaluation)).toBeLessThan(2e-6);
  });
});

describe("normalization layers", () => {
  it("leave running statistics alone in evaluation", () => {
    const layer = new nn.BatchNorm2d(2).eval();
    layer.call(randn([3, 2, 4, 4]).add(5));
    expect((layer.runningMean as Tensor).toArray()).toEqual([0, 0]);
    expect((layer.numBatchesTracked as Tensor).item()).toBe(0);
  });

  it("forget their running statistics on demand", () => {
    const layer = new nn.BatchNorm2d(2);
    layer.call(randn([3, 2, 4, 4]).add(5));
    expect((layer.numBatchesTracked as Tensor).item()).toBe(1);
    layer.resetRunningStats();
    expect((layer.runningMean as Tensor).toArray()).toEqual([0, 0]);
    expect((layer.runningVar as Tensor).toArray()).toEqual([1, 1]);
    expect((layer.numBatchesTracked as Tensor).item()).toBe(0);
  });

  it("do not record running statistics in the graph", () => {
    const layer = new nn.BatchNorm2d(2);
    layer.call(randn([3, 2, 4, 4]).requiresGrad_());
    expect((layer.runningMean as Tensor).requiresGrad).toBe(false);
  });

  it("refuse inputs that they cannot normalize, and say why", () => {
    expect(() => new nn.BatchNorm2d(3).call(ones([2, 4, 5, 5]))).toThrow(
      "BatchNorm2d: argument 'input' must be (B, 3, H, W), got float32[2, 4, 5, 5] on cpu",
    );
    expect(() => new nn.BatchNorm2d(3).call(ones([2, 3]))).toThrow("must be (B, 3, H, W)");
    expect(() => new nn.BatchNorm2d(3).call(ones([1, 3, 1, 1]))).toThrow(
      "one value has no variance, got float32[1, 3, 1, 1] on cpu: use a larger batch or eval()",
    );
    expect(() => new nn.InstanceNorm2d(3).call(ones([4, 3, 1, 1]))).toThrow("one value has no variance");
    expect(() => new nn.BatchNorm2d(0)).toThrow(
      "argument 'numFeatures' must be an integer of at least 1, got 0",
    );
  });

  it("take a single value in evaluation", () => {
    const layer = new nn.BatchNorm2d(3).eval();
    expect(layer.call(ones([1, 3, 1, 1])).shape).toEqual([1, 3, 1, 1]);
  });
});
