import { Random } from "@pinmem/core";
import {
  fromTypedArray,
  grad,
  isGradEnabled,
  liveTensors,
  manualSeed,
  nn,
  noGrad,
  randn,
  scope,
  type Tensor,
} from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { TinyNetwork, type TinyOptions } from "../../../test/tiny-network.js";
import type { Episode, LabeledBatch } from "../episode.js";
import { lossWeightsSchema } from "../losses.js";
import { Erm } from "./erm.js";
import type { GradientOrder } from "./inner-step.js";
import { MemoryErm } from "./memory-erm.js";
import type { Method, StepSettings } from "./method.js";
import { Mldg } from "./mldg.js";
import { PinMemory } from "./pin-memory.js";
import type { PassContext } from "./training-pass.js";
import { trainingPass } from "./training-pass.js";

const CLASSES = 4;
// Large weights for the terms that the memory alone causes, so that a mistake in them shows.
const weights = lossWeightsSchema.parse({ cohesion: 0.7, divergence: 0.9, classification: 0.5 });

function batch(stream: string, { images = 2, size = 8 } = {}): LabeledBatch {
  const random = new Random({ seed: 1, stream });
  const values = Float64Array.from({ length: images * 3 * size * size }, () => random.normal());
  const labels = BigInt64Array.from({ length: images * size * size }, () => {
    const value = random.randint(0, CLASSES + 1);
    return BigInt(value === CLASSES ? 255 : value);
  });
  return {
    image: fromTypedArray(values, [images, 3, size, size], { dtype: "float64" }),
    label: fromTypedArray(labels, [images, size, size]),
  };
}

const episode = (): Episode => ({ metaTrain: batch("train"), metaTest: batch("test") });

function network(options: TinyOptions = {}): TinyNetwork {
  manualSeed(3);
  const made = new TinyNetwork({ classes: CLASSES, ...options }).to({ dtype: "float64" });
  // Rows and classifier as after some training, not as initialized.
  noGrad(() => made.memory?.clsfier.weight.normal_({ std: 0.5 }));
  return made;
}

/** The same, before its first step. */
const gradientsBy = (make: (one: TinyNetwork) => Method, settings: Partial<StepSettings>) => {
  const made = network();
  scope(() => make(made).accumulate(episode(), { innerRate: 0.1, ...settings }));
  return gradientsOf(made);
};

const context = (made: TinyNetwork, more: Partial<PassContext> = {}): PassContext => ({
  network: made,
  weights,
  ...more,
});

function gradientsOf(made: nn.AnyModule): Map<string, Float64Array> {
  return scope(
    () =>
      new Map(
        [...made.namedParameters()].flatMap(([name, parameter]) => {
          const gradient = parameter.grad;
          return gradient ? [[name, gradient.toTypedArray() as Float64Array]] : [];
        }),
      ),
  );
}

function run(method: Method, episodes: Episode[], innerRate: number, share = 1) {
  return scope(() => {
    const losses = episodes.map((one) => method.accumulate(one, { innerRate, share }));
    return losses.map((passes) =>
      Object.fromEntries(Object.entries(passes).map(([pass, terms]) => [pass, terms.total.toNumber()])),
    );
  });
}

function largestDifference(a: Map<string, Float64Array>, b: Map<string, Float64Array>): number {
  expect([...a.keys()]).toEqual([...b.keys()]);
  let largest = 0;
  for (const [name, values] of a) {
    for (const [index, value] of values.entries()) {
      largest = Math.max(largest, Math.abs(value - (b.get(name)?.[index] ?? Number.NaN)));
    }
  }
  return largest;
}

interface Held {
  /** g of the first order: the same wherever theta goes. */
  readonly gradients: ReadonlyMap<string, Tensor> | null;
  /** What the frozen encoder gives in the write pass. */
  readonly feature: Tensor | null;
}

/**
 * L_inner(theta) + L_outer(theta - alpha g), computed from its definition without the methods' help. What the method holds
 * constant is given; null is computed anew.
 */
function objective(made: TinyNetwork, { metaTrain, metaTest }: Episode, rate: number, held: Held): number {
  return scope(() => {
    const settings = context(made);
    const items = made.memory?.items;
    const { inner, gradients } = innerGradients(made, metaTrain);
    const adapted = adaptedParameters(made, held.gradients ?? gradients, rate);
    const outer = nn.functionalCall(made, adapted, () =>
      noGrad(() => {
        if (!made.memory || !items) return trainingPass(settings, metaTest as LabeledBatch);
        const feature = held.feature ?? made.encode(metaTrain.image).feature;
        const written = made.memory.write(feature, metaTrain.label, { items });
        return trainingPass(settings, metaTest as LabeledBatch, { items: written });
      }),
    );
    return inner + outer.losses.total.toNumber();
  });
}

function innerGradients(made: TinyNetwork, metaTrain: LabeledBatch) {
  const items = made.memory?.items;
  const { losses } = trainingPass(context(made), metaTrain, items ? { items, write: true } : {});
  const parameters = [...made.namedParameters()];
  const found = grad(
    losses.total,
    parameters.map(([, parameter]) => parameter),
    { allowUnused: true },
  );
  const gradients = new Map(
    parameters.flatMap(([name], at) => (found[at] ? [[name, found[at]] as const] : [])),
  );
  return { inner: losses.total.toNumber(), gradients };
}

const adaptedParameters = (made: TinyNetwork, gradients: ReadonlyMap<string, Tensor>, rate: number) =>
  noGrad(
    () =>
      new Map(
        [...made.namedParameters()].map(([name, parameter]) => {
          const gradient = gradients.get(name);
          return [name, gradient ? parameter.sub(gradient, { alpha: rate }) : parameter.clone()];
        }),
      ),
  );

/** What the method holds constant at this theta. */
function heldAt(made: TinyNetwork, { metaTrain }: Episode, rate: number, order: GradientOrder): Held {
  const { gradients } = innerGradients(made, metaTrain);
  const feature = nn.functionalCall(made, adaptedParameters(made, gradients, rate), () =>
    noGrad(() => made.encode(metaTrain.image).feature),
  );
  return { gradients: order === "first" ? gradients : null, feature: made.memory ? feature : null };
}

const methods = {
  mldg: (made: TinyNetwork, order: GradientOrder) => new Mldg(context(made), { order }),
  "pin-memory": (made: TinyNetwork, order: GradientOrder) => new PinMemory(context(made), { order }),
} as const;
type MetaMethod = keyof typeof methods;

describe.each<[MetaMethod, TinyOptions["vote"]]>([
  ["mldg", 0],
  ["pin-memory", 0],
  ["pin-memory", { learned: 3 }],
])("%s, votes %o", (name, vote = 0) => {
  const made = () => network({ memory: name === "pin-memory", vote });

  it.each(["first", "second"] satisfies GradientOrder[])(
    "%s order: the gradient equals finite differences of the two-step objective",
    (order) => {
      const rate = 0.3;
      const trained = made();
      const one = episode();
      run(methods[name](trained, order), [one], rate);
      const gradients = gradientsOf(trained);
      const held = heldAt(trained, one, rate, order);
      let checked = 0;
      for (const [parameter, tensor] of trained.namedParameters()) {
        const values = tensor.dataView() as Float64Array;
        for (const index of new Set([0, values.length >> 1, values.length - 1])) {
          const at = values[index] as number;
          const h = 1e-5;
          const objectiveAt = (value: number) => {
            values[index] = value;
            return objective(trained, one, rate, held);
          };
          const difference = (objectiveAt(at + h) - objectiveAt(at - h)) / (2 * h);
          values[index] = at;
          const gradient = gradients.get(parameter)?.[index] ?? Number.NaN;
          expect(Math.abs(gradient - difference), `${parameter}[${index}]`).toBeLessThan(1e-8);
          checked++;
        }
      }
      expect(checked).toBeGreaterThan(25);
    },
  );

  it("both orders differ, and coincide where the inner rate is 0", () => {
    const both = (rate: number) =>
      (["first", "second"] as const).map((order) => {
        const trained = made();
        run(methods[name](trained, order), [episode()], rate);
        return gradientsOf(trained);
      }) as [Map<string, Float64Array>, Map<string, Float64Array>];
    expect(largestDifference(...both(0.3))).toBeGreaterThan(1e-4);
    expect(largestDifference(...both(0))).toBeLessThan(1e-14);
  });

  it.each(["first", "second"] satisfies GradientOrder[])(
    "%s order: episodes add up to the mean of their gradients",
    (order) => {
      const trained = made();
      const episodes = [episode(), { metaTrain: batch("other"), metaTest: batch("third") }];
      const single = episodes.map((one) => {
        trained.zeroGrad();
        run(methods[name](trained, order), [one], 0.1);
        return gradientsOf(trained);
      });
      trained.zeroGrad();
      run(methods[name](trained, order), episodes, 0.1, 0.5);
      const [a, b] = single as [Map<string, Float64Array>, Map<string, Float64Array>];
      const mean = new Map(
        [...a].map(([key, values]) => [
          key,
          values.map((value, at) => (value + (b.get(key)?.[at] ?? 0)) / 2),
        ]),
      );
      expect(largestDifference(gradientsOf(trained), mean)).toBeLessThan(1e-13);
    },
  );

  it("leaves running statistics to the meta-train pass, unless both are wanted", () => {
    const statistics = (trained: TinyNetwork) =>
      [...trained.namedBuffers()]
        .filter(([buffer]) => !buffer.includes("m_items"))
        .map(([buffer, tensor]) => [buffer, tensor.toArray()] as const);
    const after = (body: (trained: TinyNetwork) => void) => {
      const trained = made();
      body(trained);
      return statistics(trained);
    };
    const items = (trained: TinyNetwork) =>
      trained.memory ? { items: trained.memory.items, write: true } : {};
    const metaTrainOnly = after((trained) =>
      trainingPass(context(trained), episode().metaTrain, items(trained)),
    );
    expect(after((trained) => run(methods[name](trained, "first"), [episode()], 0.1))).toEqual(metaTrainOnly);
    const Meta = name === "mldg" ? Mldg : PinMemory;
    const both = after((trained) =>
      run(new Meta(context(trained), { statistics: "both" }), [episode()], 0.1),
    );
    expect(both).not.toEqual(metaTrainOnly);
    const counts = both.filter(([buffer]) => buffer.startsWith("deep") && buffer.endsWith("tracked"));
    expect(counts).toEqual([["deep.norm.num_batches_tracked", 2]]);
  });
});

describe("the final write", () => {
  it.each([MemoryErm, PinMemory])(
    "of %o uses the new parameters, running statistics and meta-train images",
    (Kind) => {
      const trained = network();
      const method = new Kind(context(trained));
      const one = episode();
      run(method, [one], 0.1);
      noGrad(() => {
        for (const parameter of trained.parameters()) parameter.add_(0.01);
      });
      const before = trained.memory?.items.clone();
      const expected = noGrad(() => {
        trained.eval();
        const { feature } = trained.encode(one.metaTrain.image);
        const rows = trained.memory?.write(feature, one.metaTrain.label);
        trained.train();
        return rows?.toArray();
      });
      method.afterStep([one]);
      expect(trained.memory?.items.toArray()).toEqual(expected);
      expect(trained.memory?.items.toArray()).not.toEqual(before?.toArray());
      expect(trained.training && trained.memory?.training).toBe(true);
    },
  );
});

it("the final write in bfloat16 gives rows near those of single precision", () => {
  const rows = (precision: "float32" | "bfloat16"): Tensor => {
    const trained = network().to({ dtype: "float32" });
    const { metaTrain } = episode();
    const image = metaTrain.image.to("float32");
    new MemoryErm(context(trained, { precision })).afterStep([
      { metaTrain: { ...metaTrain, image }, metaTest: null },
    ]);
    return trained.memory?.items as Tensor;
  };
  const [single, half] = [rows("float32"), rows("bfloat16")];
  expect(half.dtype).toBe("float32");
  const difference = half.sub(single).norm().div(single.norm()).toNumber();
  expect(difference).toBeGreaterThan(0);
  expect(difference).toBeLessThan(0.02);
});

describe("votes", () => {
  it("are a part of memory-erm's loss: its gradient equals finite differences, also in their learned weight", () => {
    const trained = network({ vote: { learned: 3 } });
    const one = episode();
    const loss = () => run(new MemoryErm(context(trained)), [one], 0)[0]?.train as number;
    loss();
    const gradients = gradientsOf(trained);
    for (const name of ["memory.log_vote", "deep.conv.weight", "head.weight"]) {
      const values = new Map(trained.namedParameters()).get(name)?.dataView() as Float64Array;
      const at = values[0] as number;
      const lossAt = (value: number) => {
        values[0] = value;
        return loss();
      };
      const difference = (lossAt(at + 1e-5) - lossAt(at - 1e-5)) / 2e-5;
      values[0] = at;
      expect(Math.abs(difference), name).toBeGreaterThan(1e-5);
      expect(Math.abs((gradients.get(name)?.[0] ?? Number.NaN) - difference), name).toBeLessThan(1e-8);
    }
  });

  it.each([
    ["erm", (made: TinyNetwork) => new Erm(context(made))],
    ["mldg", (made: TinyNetwork) => new Mldg(context(made), { order: "first" })],
    ["mldg", (made: TinyNetwork) => new Mldg(context(made), { order: "second" })],
  ])("of an attached memory have no part in %s, which does not train it", (_, create) => {
    const step = (options: TinyOptions) => {
      const trained = network(options);
      const plain = network({ memory: false });
      trained.loadStateDict(new Map([...trained.stateDict(), ...plain.stateDict()]));
      run(create(trained), [episode()], 0.1);
      return gradientsOf(trained);
    };
    const attached = step({ vote: 5, votesOnly: true });
    expect([...attached.keys()].some((name) => name.startsWith("memory."))).toBe(false);
    expect(attached).toEqual(step({ memory: false }));
  });
});

describe("every method", () => {
  type Create = (made: TinyNetwork, more?: Partial<PassContext>) => Method;
  const all: readonly [string, Create, TinyOptions][] = [
    ["erm", (made, more) => new Erm(context(made, more)), { memory: false }],
    ["mldg", (made, more) => new Mldg(context(made, more)), { memory: false }],
    ["memory-erm", (made, more) => new MemoryErm(context(made, more)), {}],
    ["pin-memory", (made, more) => new PinMemory(context(made, more)), {}],
    ["pin-memory with votes", (made, more) => new PinMemory(context(made, more)), { vote: { learned: 3 } }],
  ];

  it.each(all)("%s leaves no tensors behind", (_, create, options) => {
    const trained = network(options);
    const method = create(trained);
    const live = () => {
      scope(() => {
        trained.zeroGrad();
        const one = episode();
        method.accumulate(one, { innerRate: 0.1 });
        method.afterStep?.([one]);
      });
      return liveTensors();
    };
    live();
    const first = live();
    for (let step = 0; step < 5; step++) expect(live()).toBe(first);
  });

  it.each(all)(
    "%s: activation checkpointing changes neither gradients, statistics nor random numbers",
    (_, create, options) => {
      const outcome = (activationCheckpointing: boolean) => {
        const trained = network({ ...options, dropout: 0.4, read: { gumbel: "training" } });
        const method = create(trained, { activationCheckpointing });
        manualSeed(11);
        const calls = { withGraph: 0, without: 0 };
        const count = (module: nn.AnyModule) => {
          if (module === trained.deep.conv) calls[isGradEnabled() ? "withGraph" : "without"]++;
        };
        const losses = nn.observeModules(count, () => run(method, [episode()], 0.1));
        const buffers = [...trained.namedBuffers()].map(([name, tensor]) => [name, tensor.toArray()]);
        const next = scope(() => randn([3]).toArray());
        return { calls, seen: { losses, buffers, gradients: gradientsOf(trained), next } };
      };
      const [plain, recomputed] = [outcome(false), outcome(true)];
      expect(recomputed.seen).toEqual(plain.seen);
      expect(recomputed.calls.withGraph).toBe(plain.calls.withGraph);
      expect(recomputed.calls.without).toBe(plain.calls.without + plain.calls.withGraph);
    },
  );

  it.each(all)(
    "%s gives zero losses and finite gradients where all labels are ignored",
    (_, create, options) => {
      const trained = network(options);
      const unlabeled = ({ image, label }: LabeledBatch) => ({ image, label: label.mul(0).add(255) });
      const { metaTrain, metaTest } = episode();
      const blank = { metaTrain: unlabeled(metaTrain), metaTest: metaTest && unlabeled(metaTest) };
      const losses = scope(() => {
        const passes = create(trained).accumulate(blank, { innerRate: 0.1 });
        return Object.values(passes).map(({ segmentation }) => segmentation?.toNumber());
      });
      expect(new Set(losses)).toEqual(new Set([0]));
      for (const values of gradientsOf(trained).values()) expect(values.every(Number.isFinite)).toBe(true);
    },
  );

  it.each(all)(
    "%s in bfloat16 stays near single precision, with losses and gradients in single precision",
    (_, create, options) => {
      const outcome = (precision: "float32" | "bfloat16") => {
        const trained = network(options).to({ dtype: "float32" });
        const single = ({ image, label }: LabeledBatch) => ({ image: image.to("float32"), label });
        const { metaTrain, metaTest } = episode();
        return scope(() => {
          const one = { metaTrain: single(metaTrain), metaTest: metaTest && single(metaTest) };
          const passes = create(trained, { precision }).accumulate(one, { innerRate: 0.01 });
          const dtypes = new Set(trained.parameters().map(({ grad: gradient }) => gradient?.dtype ?? "none"));
          return { totals: Object.values(passes).map(({ total }) => total.toNumber()), dtypes };
        });
      };
      const [single, half] = [outcome("float32"), outcome("bfloat16")];
      expect(half.dtypes).toEqual(single.dtypes);
      half.totals.forEach((total, at) => {
        expect(Math.abs(total / (single.totals[at] as number) - 1)).toBeLessThan(0.02);
        expect(total).not.toBe(single.totals[at]);
      });
    },
  );

  it("refuses a network without memory where it needs one", () => {
    expect(() => new PinMemory(context(network({ memory: false })))).toThrow(
      /no class memory.*model\.memory/,
    );
  });

  it.each([PinMemory, Mldg])("refuses options that mean nothing: %o", (OwnMethod) => {
    const refused = (options: object) => () => new OwnMethod(context(network()), options);
    expect(refused({ ordr: "second" })).toThrow(
      `${OwnMethod.name}: there is no option 'ordr'; did you mean "order"?`,
    );
    expect(refused({ order: "frist" })).toThrow(
      `${OwnMethod.name}: option 'order' must be "first" or "second", got "frist"`,
    );
    expect(refused({ statistics: "none" })).toThrow(`option 'statistics' must be "meta-train" or "both"`);
  });
});

describe("steps that are not the method's own", () => {
  const pin = (made: TinyNetwork) => new PinMemory(context(made));
  const joint = (make: (made: TinyNetwork) => Method, phase: StepSettings["phase"]) =>
    gradientsBy(make, { phase: phase as "joint" });

  it("train as memory-erm does where the memory takes part, and as erm where not", () => {
    expect(joint(pin, "joint")).toEqual(gradientsBy((made) => new MemoryErm(context(made)), {}));
    expect(joint(pin, "warm-up")).toEqual(gradientsBy((made) => new Erm(context(made)), {}));
    expect(joint((made) => new Mldg(context(made)), "joint")).toEqual(
      gradientsBy((made) => new Erm(context(made)), {}),
    );
    expect(joint(pin, "meta")).not.toEqual(joint(pin, "joint"));
  });

  it("leave the memory alone before it has started", () => {
    const made = network();
    const method = new PinMemory(context(made));
    const before = made.memory?.items.toArray();
    method.afterStep([episode()], "warm-up");
    expect(made.memory?.items.toArray()).toEqual(before);
    method.afterStep([episode()], "joint");
    expect(made.memory?.items.toArray()).not.toEqual(before);
  });
});

describe("the feature that is written before the meta-test pass", () => {
  const by = (writeFeature: "before" | "after", innerRate: number) =>
    gradientsBy((made) => new PinMemory(context(made), { writeFeature }), { innerRate });
  const farthest = (innerRate: number) => {
    const [before, after] = [by("before", innerRate), by("after", innerRate)];
    const differences = [...before].flatMap(([name, values]) =>
      [...values].map((value, at) => Math.abs(value - (after.get(name)?.[at] ?? Number.NaN))),
    );
    return Math.max(...differences);
  };

  it("is the same before the inner step as after it at rate 0, and differs in first order of the rate", () => {
    expect(farthest(0)).toBeLessThan(1e-12);
    const [small, larger] = [farthest(1e-4), farthest(1e-3)];
    expect(small).toBeGreaterThan(1e-9);
    expect(larger / small).toBeGreaterThan(8);
    expect(larger / small).toBeLessThan(12);
  });
});
