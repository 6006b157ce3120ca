import { describe, expect, it } from "vitest";
import { distance, fromPlain, type PlainTensor, readFixture } from "../../test/fixture.js";
import {
  keep,
  liveTensors,
  manualSeed,
  nn,
  noGrad,
  ones,
  optim,
  randn,
  scope,
  type Tensor,
  zeros,
} from "../index.js";

interface Fixture {
  readonly initial: readonly PlainTensor[];
  readonly gradients: readonly (readonly (PlainTensor | null)[])[];
  readonly rates: readonly number[];
  readonly trajectories: Readonly<Record<string, readonly (readonly PlainTensor[])[]>>;
}

const fixture = readFixture<Fixture>("optimizers.json");

type AnyOptimizer = optim.SGD | optim.Adam | optim.AdamW | optim.RMSprop | optim.Adagrad;

const newParameters = (): nn.Parameter[] =>
  fixture.initial.map((value) => new nn.Parameter(fromPlain(value, "float64")));

function giveGradients(params: readonly nn.Parameter[], step: number): void {
  params.forEach((parameter, index) => {
    const gradient = fixture.gradients[step]?.[index];
    parameter.grad = gradient ? fromPlain(gradient, "float64") : null;
  });
}

const groups = ([first, ...rest]: nn.Parameter[]) => [
  { params: [first as nn.Parameter] },
  { params: rest, settings: { lr: 0.02, weightDecay: 0.3 } },
];

/** The same groups as PyTorch writes them. */
const flatGroups = ([first, ...rest]: nn.Parameter[]) => [
  { params: [first as nn.Parameter] },
  { params: rest, lr: 0.02, weightDecay: 0.3 },
];

const optimizers: Record<string, (params: nn.Parameter[]) => AnyOptimizer> = {
  sgd: (params) => new optim.SGD(params, { lr: 0.1 }),
  sgdMomentum: (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9 }),
  sgdDecay: (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9, weightDecay: 0.05 }),
  sgdNesterov: (params) =>
    new optim.SGD(params, { lr: 0.1, momentum: 0.9, weightDecay: 0.05, nesterov: true }),
  sgdDampening: (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.8, dampening: 0.3 }),
  sgdGroups: (params) => new optim.SGD(groups(params), { lr: 0.1, momentum: 0.9 }),
  sgdRates: (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9 }),
  sgdFlatGroups: (params) => new optim.SGD(flatGroups(params), { lr: 0.1, momentum: 0.9 }),
  adam: (params) => new optim.Adam(params),
  adamSettings: (params) =>
    new optim.Adam(params, { lr: 0.05, betas: [0.8, 0.95], eps: 1e-3, weightDecay: 0.1 }),
  adamGroups: (params) => new optim.Adam(flatGroups(params), { lr: 0.1 }),
  rmsprop: (params) => new optim.RMSprop(params),
  rmspropSettings: (params) =>
    new optim.RMSprop(params, { lr: 0.05, alpha: 0.9, eps: 1e-3, weightDecay: 0.1, momentum: 0.8 }),
  rmspropCentered: (params) => new optim.RMSprop(params, { lr: 0.02, centered: true, momentum: 0.5 }),
  rmspropGroups: (params) => new optim.RMSprop(flatGroups(params), { lr: 0.1 }),
  adagrad: (params) => new optim.Adagrad(params),
  adagradSettings: (params) =>
    new optim.Adagrad(params, {
      lr: 0.1,
      lrDecay: 0.2,
      weightDecay: 0.1,
      initialAccumulatorValue: 0.5,
      eps: 1e-3,
    }),
  adamw: (params) => new optim.AdamW(params),
  adamwSettings: (params) =>
    new optim.AdamW(params, { lr: 0.05, betas: [0.8, 0.95], eps: 1e-3, weightDecay: 0.1 }),
  adamwGroups: (params) => new optim.AdamW(groups(params), { lr: 0.1 }),
  adamwWithoutDecay: (params) => new optim.AdamW(params, { lr: 0.1, weightDecay: 0 }),
};

const steps = fixture.gradients.length;

describe("an optimizer's trajectory over ten steps", () => {
  it.each(Object.keys(fixture.trajectories))("%s is PyTorch's to 1e-12", (name) => {
    scope(() => {
      const params = newParameters();
      const optimizer = optimizers[name]?.(params) as AnyOptimizer;
      for (let step = 0; step < steps; step++) {
        giveGradients(params, step);
        if (name === "sgdRates") optimizer.setLearningRate(fixture.rates[step] as number);
        optimizer.step();
        params.forEach((parameter, index) => {
          const expected = fixture.trajectories[name]?.[step]?.[index] as PlainTensor;
          expect(distance(parameter, expected), `step ${step}, parameter ${index}`).toBeLessThan(1e-12);
        });
      }
    });
  });

  it("is compared for every way of setting one up", () => {
    expect(Object.keys(optimizers).sort()).toEqual(Object.keys(fixture.trajectories).sort());
  });

  it.each(Object.keys(optimizers))("%s goes on bit for bit from a saved state", (name) => {
    scope(() => {
      const make = optimizers[name] as (params: nn.Parameter[]) => AnyOptimizer;
      const params = newParameters();
      const optimizer = make(params);
      for (let step = 0; step < 5; step++) {
        giveGradients(params, step);
        optimizer.step();
      }
      const saved = copyOf(optimizer.stateDict());
      const others = params.map((parameter) => new nn.Parameter(parameter.detach().clone()));
      const resumed = make(others) as optim.SGD;
      resumed.loadStateDict(saved as optim.OptimizerState<optim.SGDSettings>);
      for (let step = 5; step < steps; step++) {
        for (const [own, each] of [
          [params, optimizer],
          [others, resumed],
        ] as const) {
          giveGradients(own, step);
          each.step();
        }
        params.forEach((parameter, index) => {
          expect(parameter.equal(others[index] as Tensor)).toBe(true);
        });
      }
    });
  });
});

/** As a file would give it back: tensors of its own, plain numbers. */
function copyOf(state: optim.OptimizerState<unknown>): optim.OptimizerState<unknown> {
  const copy = (entry: optim.ParameterState): optim.ParameterState =>
    Object.fromEntries(
      Object.entries(entry).map(([name, value]) => [name, typeof value === "number" ? value : value.clone()]),
    );
  return {
    groups: structuredClone(state.groups),
    state: new Map([...state.state].map(([k, v]) => [k, copy(v)])),
  } as never;
}

describe("an optimizer", () => {
  const parameter = (...shape: number[]) => new nn.Parameter(ones(shape));

  it("learns: a least-squares problem converges", () => {
    scope(() => {
      manualSeed(0);
      const [x, truth] = [randn([64, 3]), randn([3, 1])];
      const target = x.mm(truth);
      const weight = new nn.Parameter(zeros([3, 1]));
      const optimizer = new optim.SGD([weight], { lr: 0.1, momentum: 0.9 });
      for (let step = 0; step < 300; step++) {
        optimizer.zeroGrad();
        x.mm(weight).mseLoss(target).backward();
        optimizer.step();
      }
      expect(weight.allclose(truth, { atol: 1e-3 })).toBe(true);
    });
  });

  it("leaves parameters without a gradient alone", () => {
    const [used, unused] = [parameter(2), parameter(2)];
    const optimizer = new optim.AdamW([used, unused], { lr: 0.5 });
    used.grad = ones([2]);
    optimizer.step();
    expect(used.toArray()).not.toEqual([1, 1]);
    expect(unused.toArray()).toEqual([1, 1]);
    expect([...optimizer.stateDict().state.keys()]).toEqual([0]);
  });

  it("makes no tensors that outlive the step but its state", () => {
    const params = [parameter(3), parameter(2, 2)];
    const optimizer = new optim.AdamW(params);
    const before = liveTensors();
    for (let step = 0; step < 3; step++) {
      scope(() => {
        for (const p of params) p.grad = ones(p.shape);
        optimizer.step();
        optimizer.zeroGrad();
      });
    }
    expect(liveTensors()).toBe(before + 4);
  });

  it("keeps its state when the first step runs inside a scope", () => {
    const params = [parameter(2)];
    const optimizer = new optim.SGD(params, { lr: 0.1, momentum: 0.9 });
    for (let step = 0; step < 2; step++) {
      scope(() => {
        (params[0] as nn.Parameter).grad = ones([2]);
        optimizer.step();
      });
    }
    expect(params[0]?.toArray()).toEqual([expect.closeTo(1 - 0.1 - 0.19), expect.closeTo(0.71)]);
  });

  it("changes values in place, outside the graph", () => {
    const own = parameter(2);
    own.grad = ones([2]);
    const version = own.version;
    new optim.SGD([own], { lr: 1 }).step();
    expect(own.toArray()).toEqual([0, 0]);
    expect([own.isLeaf, own.requiresGrad, own.version > version]).toEqual([true, true, true]);
  });

  it("takes a generator of parameters", () => {
    const net = new nn.Linear(2, 2);
    const all = function* () {
      for (const [, value] of net.namedParameters()) yield value;
    };
    expect(new optim.SGD(all(), { lr: 0.1 }).groups[0]?.params).toHaveLength(2);
  });

  it("sets the learning rate of every group", () => {
    const optimizer = new optim.SGD(
      [{ params: [parameter(1)] }, { params: [parameter(1)], settings: { lr: 3 } }],
      { lr: 1 },
    );
    expect(optimizer.groups.map(({ settings }) => settings.lr)).toEqual([1, 3]);
    optimizer.setLearningRate(0.5);
    expect(optimizer.groups.map(({ settings }) => settings.lr)).toEqual([0.5, 0.5]);
    optimizer.setLearningRate([0.25, 0]);
    expect(optimizer.groups.map(({ settings }) => settings.lr)).toEqual([0.25, 0]);
    expect(() => optimizer.setLearningRate([1])).toThrow("must be one number or 2, got 1");
    expect(() => optimizer.setLearningRate(Number.NaN)).toThrow(
      "argument 'lr': must not be negative, got NaN",
    );
  });

  it.each<[string, () => unknown, string]>([
    ["no parameters", () => new optim.SGD([], { lr: 1 }), "there is no parameter to optimize"],
    [
      "a module instead of its parameters",
      () => new optim.SGD(new nn.Linear(1, 1) as never, { lr: 1 }),
      "argument 'params': must be tensors or groups such as { params, lr }, got a Linear object",
    ],
    [
      "numbers among parameters",
      () => new optim.SGD([parameter(1), 3] as never, { lr: 1 }),
      "argument 'params': must be tensors or groups such as { params, lr }, got 3",
    ],
    [
      "a parameter listed twice",
      () => {
        const own = parameter(1);
        return new optim.SGD([{ params: [own] }, { params: [own] }], { lr: 1 });
      },
      "a parameter is listed twice",
    ],
    [
      "what is no leaf",
      () => new optim.SGD([parameter(2).mul(2)], { lr: 1 }),
      "only leaves can be optimized, got float32[2] on cpu from an operator",
    ],
    [
      "a negative rate",
      () => new optim.SGD([parameter(1)], { lr: -1 }),
      "SGD: argument 'lr': must not be negative, got -1",
    ],
    [
      "no rate",
      () => new optim.SGD([parameter(1)], {} as never),
      "SGD: argument 'lr' is missing: pass { lr: 0.01 }",
    ],
    [
      "a setting in Python's spelling",
      () => new optim.SGD([parameter(1)], { lr: 1, weight_decay: 1 } as never),
      "SGD: there is no option 'weight_decay', did you mean weightDecay? It takes lr, momentum, dampening, weightDecay, nesterov",
    ],
    [
      "an unknown setting of a group",
      () => new optim.AdamW([{ params: [parameter(1)], weight_decay: 0 } as never]),
      "AdamW: there is no option 'weight_decay', did you mean weightDecay?",
    ],
    [
      "a group without a rate where the optimizer has none",
      () => new optim.SGD([{ params: [parameter(1)], lr: 1 }, { params: [parameter(1)] } as never]),
      "SGD: argument 'lr' is missing",
    ],
    [
      "settings by position",
      () => new optim.SGD([parameter(1)], 0.1 as never),
      "SGD: takes its other arguments by name, { lr, momentum, dampening, weightDecay, nesterov }, got 0.1 after the " +
        "positional ones: write { lr: 0.1 }",
    ],
    ["a negative alpha", () => new optim.RMSprop([parameter(1)], { alpha: -1 }), "RMSprop: argument 'alpha'"],
    ["a negative start", () => new optim.Adagrad([parameter(1)], { eps: -1 }), "Adagrad: argument 'eps'"],
    ["a negative momentum", () => new optim.SGD([parameter(1)], { lr: 1, momentum: -1 }), "'momentum'"],
    [
      "a negative decay",
      () => new optim.AdamW([parameter(1)], { weightDecay: -1 }),
      "AdamW: argument 'weightDecay'",
    ],
    [
      "Nesterov without momentum",
      () => new optim.SGD([parameter(1)], { lr: 1, nesterov: true }),
      "needs a momentum above 0",
    ],
    [
      "betas of 1",
      () => new optim.AdamW([parameter(1)], { betas: [0.9, 1] }),
      "must be two numbers in [0, 1), got 0.9,1",
    ],
    [
      "a setting of a group",
      () => new optim.SGD([{ params: [parameter(1)], settings: { lr: -2 } }], { lr: 1 }),
      "got -2",
    ],
  ])("refuses %s", (_, make, says) => {
    expect(make).toThrow(says);
  });

  it("refuses a state that belongs to other parameters, and keeps its own", () => {
    const own = parameter(2);
    const optimizer = new optim.SGD([own], { lr: 0.1, momentum: 0.9 });
    own.grad = ones([2]);
    optimizer.step();
    const groups = optimizer.stateDict().groups;
    const state = (entries: [number, optim.ParameterState][], count = 1) => ({
      groups: groups.map((group) => ({ ...group, count })),
      state: new Map(entries),
    });
    expect(() => optimizer.loadStateDict(state([], 2))).toThrow(
      "has groups of 2 parameters, the optimizer has 1",
    );
    expect(() => optimizer.loadStateDict(state([[1, {}]]))).toThrow("has an entry for parameter 1 of 1");
    expect(() => optimizer.loadStateDict(state([[0, { momentumBuffer: keep(ones([3])) }]]))).toThrow(
      "'momentumBuffer' of parameter 0 is float32[3] on cpu, the parameter float32[2] on cpu",
    );
    const kept = optimizer.stateDict().state.get(0)?.momentumBuffer as Tensor;
    expect(kept.toArray()).toEqual([1, 1]);
  });

  it("has the parameters' type, as PyTorch's, whatever the file that it comes from has", () => {
    const source = new optim.SGD([parameter(2)], { lr: 0.1, momentum: 0.9 });
    const wide = new nn.Parameter(ones([2], { dtype: "float64" }));
    const target = new optim.SGD([wide], { lr: 0.1, momentum: 0.9 });
    const { groups: saved } = source.stateDict();
    target.loadStateDict({ state: new Map([[0, { momentumBuffer: keep(ones([2])) }]]), groups: saved });
    const buffer = target.stateDict().state.get(0)?.momentumBuffer as Tensor;
    expect(buffer.dtype).toBe("float64");
  });

  it("restores settings with the state", () => {
    const make = (lr: number) => new optim.SGD([parameter(2)], { lr, momentum: 0.9 });
    const [source, target] = [make(0.1), make(0.7)];
    source.setLearningRate(0.25);
    target.loadStateDict(source.stateDict());
    expect(target.groups[0]?.settings).toEqual(source.groups[0]?.settings);
  });

  it("steps while gradients are off, as the trainer may call it", () => {
    const own = parameter(1);
    own.grad = ones([1]);
    noGrad(() => new optim.SGD([own], { lr: 1 }).step());
    expect(own.toArray()).toEqual([0]);
  });
});
