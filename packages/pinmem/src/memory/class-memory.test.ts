import {
  autocast,
  backward,
  grad,
  liveTensors,
  manualSeed,
  nn,
  noGrad,
  rand,
  randint,
  randn,
  randperm,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "@pinmem/torch";
import { beforeEach, describe, expect, test } from "vitest";
import { ClassMemory, type ClassMemoryOptions } from "./class-memory.js";

const classes = 7;
const width = 12;

const largest = (t: Tensor): number => scope(() => t.abs().max().toNumber());
const difference = (a: Tensor, b: Tensor): number => largest(a.sub(b));
const rowLengths = (items: Tensor): number[] => items.norm(2, 1).toArray() as number[];

function createMemory(options: Partial<ClassMemoryOptions> = {}): ClassMemory {
  return new ClassMemory({ classes, width, ...options }).to({ dtype: "float64" });
}

const feature = (batch = 2, h = 5, w = 6): Tensor => rand([batch, width, h, w], { dtype: "float64" });

/** Labels of 0 … below, none ignored. */
const labelOf = (below: number, batch = 2): Tensor => randint(below, [batch, 33, 41], { dtype: "int64" });

beforeEach(() => manualSeed(3));

describe("the state dict", () => {
  test("has the official names, and the rows as a buffer", () => {
    const memory = new ClassMemory({ classes: 19, width: 256 });
    const shapes = Object.fromEntries([...memory.stateDict()].map(([name, { shape }]) => [name, shape]));
    const norm = (name: string) => ({
      [`${name}.weight`]: [256],
      [`${name}.bias`]: [256],
      [`${name}.running_mean`]: [256],
      [`${name}.running_var`]: [256],
      [`${name}.num_batches_tracked`]: [],
    });
    expect(shapes).toEqual({
      "output.0.weight": [256, 512, 1, 1],
      ...norm("output.1"),
      "writenet.writefeat.0.weight": [256, 256, 1, 1],
      ...norm("writenet.writefeat.1"),
      "clsfier.weight": [19, 256],
      "clsfier.bias": [19],
      m_items: [19, 256],
    });
  });

  test("saves and restores rows", () => {
    const memory = createMemory();
    const other = createMemory();
    expect(difference(memory.items, other.items)).toBeGreaterThan(0.1);
    other.loadStateDict(memory.stateDict());
    expect(other.items.equal(memory.items)).toBe(true);
  });

  test("starts with unit rows and the official initial values", () => {
    const memory = createMemory();
    for (const length of rowLengths(memory.items)) expect(length).toBeCloseTo(1, 6);
    expect(memory.items.min().toNumber()).toBeGreaterThanOrEqual(0);
    expect(memory.output.at(1)?.stateDict().get("bias")?.toArray()).toEqual(
      Array(width).fill(expect.closeTo(1e-4, 8)),
    );
    expect(memory.clsfier.weight.std().toNumber()).toBeCloseTo(1e-4, 4);
    expect(memory.clsfier.bias?.toArray()).toEqual(Array(classes).fill(0));
  });
});

describe("read", () => {
  test("is the paper's equation", () => {
    const memory = createMemory().eval();
    const x = feature();
    const { refined, weights, scores } = memory.read(x);
    const query = x.div(x.square().sum([1], { keepdim: true }).sqrt());
    const cosine = query.permute([0, 2, 3, 1]).matmul(memory.items.t());
    const share = cosine.softmax(3);
    const readout = share.matmul(memory.items).permute([0, 3, 1, 2]);
    expect(difference(scores.permute([0, 2, 3, 1]), cosine)).toBeLessThan(1e-14);
    expect(difference(weights.permute([0, 2, 3, 1]), share)).toBeLessThan(1e-14);
    const convolution = memory.output.at(0) as nn.Conv2d;
    const pixel = query.select(0, 1).select(1, 2).select(1, 3);
    const read = readout.select(0, 1).select(1, 2).select(1, 3);
    const linear = convolution.weight
      .view([width, 2 * width])
      .narrow(1, 0, width)
      .mv(pixel)
      .add(
        convolution.weight
          .view([width, 2 * width])
          .narrow(1, width, width)
          .mv(read),
      );
    const expected = linear
      .div(Math.sqrt(1 + 1e-5))
      .add(1e-4)
      .relu();
    expect(difference(refined.select(0, 1).select(1, 2).select(1, 3), expected)).toBeLessThan(1e-7);
  });

  test.each([{}, { temperature: 0.1 }, { centered: true }, { maskAbsent: true }, { residual: true }])(
    "does not depend on the order of the rows, with %o",
    (read) => {
      const memory = createMemory({ read }).eval();
      memory.store(memory.items.mul(tensor([1, 1, 0, 1, 1, 0, 1]).unsqueeze(1)));
      const order = randperm(classes, { dtype: "int64" });
      const x = feature();
      const plain = memory.read(x);
      const permuted = memory.read(x, { items: memory.items.indexSelect(0, order) });
      expect(difference(plain.refined, permuted.refined)).toBeLessThan(1e-13);
      expect(difference(plain.weights.indexSelect(1, order), permuted.weights)).toBeLessThan(1e-14);
      expect(difference(plain.weights.sum(1), tensor(1))).toBeLessThan(1e-14);
    },
  );

  test("does not depend on the length of the feature, nor on other pixels in evaluation mode", () => {
    const memory = createMemory().eval();
    const x = feature();
    expect(difference(memory.read(x).refined, memory.read(x.mul(7)).refined)).toBeLessThan(1e-13);
    const corner = x.narrow(2, 0, 2).narrow(3, 1, 3);
    const expected = memory.read(x).refined.narrow(2, 0, 2).narrow(3, 1, 3);
    expect(difference(memory.read(corner).refined, expected)).toBeLessThan(1e-13);
  });

  test("passes gradients to given rows, and none to the stored ones", () => {
    const memory = createMemory();
    const items = memory.items.clone().requiresGrad_();
    const x = feature().requiresGrad_();
    const [toItems, toFeature] = grad(memory.read(x, { items }).refined.square().sum(), [items, x]);
    expect(largest(toItems as Tensor)).toBeGreaterThan(0);
    expect(largest(toFeature as Tensor)).toBeGreaterThan(0);
    expect(memory.items.requiresGrad).toBe(false);
  });

  test("sharpens with a lower temperature, fixed or learned", () => {
    const x = feature();
    const read = (temperature: number | { learned: number }) => {
      manualSeed(5);
      return createMemory({ read: { temperature } }).eval().read(x).weights;
    };
    expect(read(0.05).max().toNumber()).toBeGreaterThan(read(1).max().toNumber() + 0.1);
    expect(difference(read(0.05), read({ learned: 0.05 }))).toBeLessThan(1e-6);
  });

  test("trains a learned temperature", () => {
    const memory = createMemory({ read: { temperature: { learned: 0.1 } } });
    expect([...memory.namedParameters()].map(([name]) => name)).toContain("log_temperature");
    memory.read(feature()).refined.square().sum().backward();
    expect(largest(memory.logTemperature?.grad as Tensor)).toBeGreaterThan(0);
  });

  test("spreads the weights further when centered", () => {
    const spread = (centered: boolean) => {
      manualSeed(5);
      return createMemory({ read: { centered } }).eval().read(feature()).weights.std([1]).mean().toNumber();
    };
    expect(spread(true)).toBeGreaterThan(2 * spread(false));
  });

  test("gives absent rows their share, and none when they are masked", () => {
    const x = feature();
    const absent = (maskAbsent: boolean) => {
      const memory = createMemory({ read: { maskAbsent } }).eval();
      memory.store(memory.items.mul(tensor([1, 1, 0, 1, 1, 0, 1]).unsqueeze(1)));
      return memory.read(x).weights.indexSelect(1, tensor([2, 5], { dtype: "int64" }));
    };
    expect(absent(false).min().toNumber()).toBeGreaterThan(0.01);
    expect(largest(absent(true))).toBe(0);
    const empty = createMemory({ read: { maskAbsent: true } }).eval();
    empty.store(zeros([classes, width]));
    expect(empty.read(x).refined.isfinite().all().item()).toBe(true);
  });

  test("adds the feature when residual", () => {
    const x = feature();
    const read = (residual: boolean) => {
      manualSeed(5);
      return createMemory({ read: { residual } }).eval().read(x).refined;
    };
    expect(difference(read(true), read(false).add(x))).toBe(0);
  });

  test.each([
    ["never", true, false],
    ["never", false, false],
    ["training", true, true],
    ["training", false, false],
    ["always", true, true],
    ["always", false, true],
  ] as const)("with noise %s and training %s draws noise: %s", (gumbel, training, noisy) => {
    const memory = createMemory({ read: { gumbel } }).train(training);
    const x = feature();
    const [first, second] = [memory.read(x), memory.read(x)];
    expect(difference(first.weights, second.weights) > 0.01).toBe(noisy);
    expect(difference(first.scores, second.scores)).toBe(0);
    expect(difference(first.weights.sum(1), tensor(1))).toBeLessThan(1e-14);
  });

  test("adds the noise of a given source to the cosines over temperature", () => {
    const noise = randn([2, classes, 5, 6], { dtype: "float64" });
    const memory = createMemory({ read: { gumbel: "always", temperature: 0.5 }, noise: () => noise }).eval();
    const { weights, scores } = memory.read(feature());
    expect(difference(weights, scores.div(0.5).add(noise).softmax(1))).toBeLessThan(1e-15);
  });

  test("draws noise whose soft samples choose each row as often as the softmax says", () => {
    const memory = createMemory({ read: { gumbel: "always", temperature: 0.2 } }).eval();
    const x = rand([1, width, 1, 1], { dtype: "float64" }).expand([1, width, 150, 150]);
    const { weights, scores } = noGrad(() => memory.read(x));
    const chosen = weights.argmax({ dim: 1 }).flatten().oneHot({ numClasses: classes }).to("float64").mean(0);
    const expected = scores.select(3, 0).select(2, 0).div(0.2).softmax(1).squeeze(0);
    expect(difference(chosen, expected)).toBeLessThan(0.015);
  });

  test("uses other weights when told so", () => {
    const memory = createMemory().eval();
    const x = feature();
    const mean = (weights: Tensor) => weights.mean([0, 2, 3], { keepdim: true }).expandAs(weights);
    const changed = memory.read(x, { reweigh: mean });
    expect(difference(changed.refined, memory.read(x).refined)).toBeGreaterThan(0);
    expect(changed.weights.equal(memory.read(x).weights)).toBe(true);
  });

  test("takes another temperature when told so, in place of a fixed or a learned one", () => {
    const x = feature();
    for (const temperature of [0.3, { learned: 0.3 }]) {
      const memory = createMemory({ read: { temperature } }).eval();
      const { weights, scores } = memory.read(x, { temperature: 0.05 });
      expect(difference(weights, scores.div(0.05).softmax(1))).toBeLessThan(1e-14);
      expect(difference(memory.read(x, { temperature: 0.3 }).refined, memory.read(x).refined)).toBeLessThan(
        1e-6,
      );
    }
    expect(() => createMemory().read(x, { temperature: 0 })).toThrow(/'temperature' must be a positive/);
  });

  test("computes cosines in single precision under autocast", () => {
    const memory = new ClassMemory({ classes, width }).eval();
    const x = rand([1, width, 4, 4]);
    const exact = memory.read(x);
    const mixed = autocast({}, () => memory.read(x));
    expect(mixed.scores.dtype).toBe("float32");
    expect(mixed.scores.equal(exact.scores)).toBe(true);
    expect(difference(mixed.refined.to("float32"), exact.refined)).toBeLessThan(0.05);
  });
});

describe("write", () => {
  test("is the paper's equation", () => {
    const memory = createMemory({ momentum: 0.6 });
    const x = feature(2, 3, 4);
    const label = labelOf(classes);
    // At a resolution of (h-1) k + 1 every feature sees one label alone.
    const points = label.narrow(1, 0, 33).slice({ dim: 1, step: 16 }).slice({ dim: 2, end: 40, step: 13 });
    const items = memory.write(x, points.contiguous());
    const written = nn.F.normalize(memory.writenet.call(x)).permute([0, 2, 3, 1]).reshape([-1, width]);
    const flat = points.reshape([-1]);
    for (let k = 0; k < classes; k++) {
      const isClass = flat.eq(k);
      const old = memory.items.select(0, k);
      const mean = isClass.any().item() ? written.index([isClass]).mean(0) : old;
      const expected = nn.F.normalize(old.mul(0.6).add(mean, { alpha: 0.4 }), { dim: 0 });
      expect(difference(items.select(0, k), expected)).toBeLessThan(1e-14);
    }
  });

  test("touches only the rows of classes that occur, and every row stays of unit length", () => {
    const memory = createMemory();
    const items = memory.write(feature(), labelOf(3));
    for (const length of rowLengths(items)) expect(length).toBeCloseTo(1, 14);
    const change = items.sub(memory.items).abs().amax({ dim: 1 }).toArray() as number[];
    for (const present of change.slice(0, 3)) expect(present).toBeGreaterThan(1e-3);
    // Their length is set to one again, which is rounding.
    for (const absent of change.slice(3)) expect(absent).toBeLessThan(3e-8);
    const again = memory.write(feature(), labelOf(3), { items });
    expect(difference(again.narrow(0, 3, 4), items.narrow(0, 3, 4))).toBeLessThan(1e-15);
  });

  test("changes nothing for ignored pixels, whatever their feature", () => {
    const memory = createMemory().eval();
    const ignored = memory.write(feature(), labelOf(1).add(255));
    expect(difference(ignored, nn.F.normalize(memory.items))).toBe(0);
    const x = feature(1, 2, 2);
    const label = tensor(
      [
        [
          [1, 255],
          [2, 1],
        ],
      ],
      { dtype: "int64" },
    );
    const other = x.clone();
    other.select(2, 0).select(2, 1).mul_(-3);
    expect(memory.write(other, label).equal(memory.write(x, label))).toBe(true);
  });

  test("fills a row that was never written", () => {
    const memory = createMemory();
    memory.store(zeros([classes, width]));
    const items = memory.write(feature(), labelOf(2));
    expect(rowLengths(items).map((length) => Math.round(length * 1e9) / 1e9)).toEqual([1, 1, 0, 0, 0, 0, 0]);
  });

  test("stores nothing until told so, and then without a graph", () => {
    const memory = createMemory();
    const before = memory.items.clone();
    const items = memory.write(feature(), labelOf(classes));
    expect(items.requiresGrad).toBe(true);
    expect(memory.items.equal(before)).toBe(true);
    memory.store(items);
    expect(memory.items.equal(items)).toBe(true);
    expect(memory.items.requiresGrad).toBe(false);
    expect(noGrad(() => memory.write(feature(), labelOf(classes))).requiresGrad).toBe(false);
  });

  test("passes gradients to the write network and the feature, not to the rows before", () => {
    const memory = createMemory();
    const x = feature().requiresGrad_();
    const before = memory.items.clone().requiresGrad_();
    const weight = (memory.writenet.writefeat.at(0) as nn.Conv2d).weight;
    const direction = randn([classes, width], { dtype: "float64" });
    const loss = memory.write(x, labelOf(classes), { items: before }).mul(direction).sum();
    const gradients = grad(loss, [weight, x, before], { allowUnused: true });
    expect(largest(gradients[0] as Tensor)).toBeGreaterThan(0);
    expect(largest(gradients[1] as Tensor)).toBeGreaterThan(0);
    expect(gradients[2]).toBeNull();
  });

  test("agrees with finite differences, through a read of the written rows", () => {
    const memory = createMemory({ read: { temperature: 0.1 } }).eval();
    const [x, v] = [feature(1, 3, 3), feature(1, 3, 3)];
    const label = labelOf(4, 1);
    const weight = (memory.writenet.writefeat.at(0) as nn.Conv2d).weight;
    const objective = () =>
      memory
        .read(v, { items: memory.write(x, label) })
        .refined.square()
        .sum();
    const [gradient] = grad(objective(), [weight]) as [Tensor];
    const direction = randn(weight.shape, { dtype: "float64" });
    const at = (step: number) =>
      noGrad(() => {
        weight.add_(direction, { alpha: step });
        const value = objective().toNumber();
        weight.sub_(direction, { alpha: step });
        return value;
      });
    const slope = (at(1e-6) - at(-1e-6)) / 2e-6;
    expect(gradient.mul(direction).sum().toNumber()).toBeCloseTo(slope, 6);
  });

  test("leaves no tensors behind", () => {
    const memory = createMemory();
    const step = () =>
      scope(() => {
        const [x, label] = [feature().requiresGrad_(), labelOf(classes)];
        const { refined } = memory.read(x);
        const items = memory.write(x, label);
        backward([refined.sum(), items.sum()]);
        memory.store(items);
        memory.zeroGrad();
      });
    step();
    const before = liveTensors();
    for (let i = 0; i < 3; i++) step();
    expect(liveTensors()).toBe(before);
  });
});

describe("collect", () => {
  test("gives the mean direction of each class over all batches, whatever their split", () => {
    const memory = createMemory();
    const [x, label] = [feature(4), labelOf(classes - 1, 4)];
    using whole = memory.collect();
    whole.add(x, label);
    using parts = memory.collect();
    parts.add(x.narrow(0, 0, 1), label.narrow(0, 0, 1));
    parts.add(x.narrow(0, 1, 3), label.narrow(0, 1, 3));
    expect(difference(whole.items(), parts.items())).toBeLessThan(1e-14);
    const lengths = rowLengths(whole.items());
    for (const length of lengths.slice(0, -1)) expect(length).toBeCloseTo(1, 12);
    expect(lengths.at(-1)).toBe(0);
    expect(whole.counts.reduce((a, b) => a + b)).toBeCloseTo(4 * 5 * 6, 9);
    memory.store(whole.items());
    expect(difference(memory.items, parts.items())).toBeLessThan(1e-14);
  });

  test("weighs pixels by direction alone and has no part for the write network", () => {
    const memory = createMemory();
    const x = feature(1, 1, 2);
    using sums = memory.collect();
    sums.add(x, tensor([[[3, 3]]], { dtype: "int64" }));
    const expected = nn.F.normalize(nn.F.normalize(x).sum([0, 2, 3]), { dim: 0 });
    expect(difference(sums.items().select(0, 3), expected)).toBeLessThan(1e-14);
  });
});

describe("bad input", () => {
  test.each([
    [{ classes: 0 }, "ClassMemory: argument 'classes' must be an integer of at least 1, got 0"],
    [{ width: 2.5 }, "ClassMemory: argument 'width' must be an integer of at least 1, got 2.5"],
    [{ momentum: 1 }, "ClassMemory: argument 'momentum' must be at least 0 and below 1, got 1"],
    [{ temperature: 0 }, "ClassMemory: argument 'temperature' must be a positive number, got 0"],
    [
      { read: { temperature: -1 } },
      "option 'read.temperature' must be a positive number or { learned: a positive number }, got -1",
    ],
    [
      { read: { gumbel: "sometimes" as never } },
      `option 'read.gumbel' must be "never", "training", "always", got "sometimes"`,
    ],
    [{ read: { centered: 1 as never } }, "option 'read.centered' must be true or false, got 1"],
    [{ momentm: 0.5 } as never, `ClassMemory: there is no option 'momentm'; did you mean "momentum"?`],
    [
      { read: { temprature: 2 } as never },
      `there is no option 'read.temprature'; did you mean "temperature"?`,
    ],
    [{ balance: "class" as never }, `option 'balance' must be "pixels" or "classes", got "class"`],
  ])("refuses %o", (options, message) => {
    expect(() => createMemory(options)).toThrow(message);
  });

  test("is an option that a read or a write does not have", () => {
    const memory = createMemory();
    expect(() => memory.read(feature(), { item: memory.items } as never)).toThrow(
      `ClassMemory.read: there is no option 'item'; did you mean "items"?`,
    );
    expect(() => memory.write(feature(), labelOf(classes), { momentm: 0.5 } as never)).toThrow(
      `ClassMemory.write: there is no option 'momentm'; did you mean "momentum"?`,
    );
  });

  test("names the argument whose shape does not fit", () => {
    const memory = createMemory();
    const x = rand([1, 11, 2, 2], { dtype: "float64" });
    expect(() => memory.read(x)).toThrow(
      "ClassMemory.read: argument 'feature' must be [B, 12, h, w] for a memory of width 12, got float64[1, 11, 2, 2] on cpu",
    );
    expect(() => memory.read(feature(), { items: zeros([7, 11]) })).toThrow(
      "ClassMemory.read: argument 'items' must be [7, 12], got float32[7, 11] on cpu",
    );
    expect(() => memory.write(feature(2), labelOf(classes, 1))).toThrow(
      "argument 'label' must be int64[2, H, W]",
    );
    expect(() => memory.write(feature(), labelOf(classes).add(1))).toThrow("argument 'label' holds 7");
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses a feature with %f",
    (value) => {
      const memory = createMemory();
      const x = feature();
      x.select(0, 1).select(0, 4).select(0, 2).select(0, 3).fill_(value);
      expect(() => memory.read(x)).toThrow(
        "ClassMemory.read: argument 'feature' holds NaN or infinite values",
      );
      expect(() => memory.write(x, labelOf(1).add(255))).toThrow(
        "ClassMemory.write: argument 'feature' holds NaN",
      );
      using sums = memory.collect();
      expect(() => sums.add(x, labelOf(2))).toThrow("ClassSums.add: argument 'feature' holds NaN");
      expect(sums.counts).toEqual(Array(classes).fill(0));
    },
  );
});
