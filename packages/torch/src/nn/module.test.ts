import { describe, expect, it } from "vitest";
import { grad, keep, liveTensors, nn, noGrad, ones, randn, scope, type Tensor, zeros } from "../index.js";

class Block extends nn.Module {
  readonly conv1x1 = new nn.Conv2d(2, 2, 1, { bias: false });
  readonly batchNorm = new nn.BatchNorm2d(2);
  readonly act = new nn.ReLU();
  #private = zeros([1]);

  forward(input: Tensor): Tensor {
    return this.act.call(this.batchNorm.call(this.conv1x1.call(input)));
  }

  get hidden(): Tensor {
    return this.#private;
  }
}

class Net extends nn.Module {
  readonly stem = new nn.Conv2d(3, 2, 3);
  readonly blocks = new nn.ModuleList([new Block(), new Block()]);
  readonly head = new nn.Sequential(new nn.Flatten(), new nn.Linear(8, 4));
  readonly classMemory = nn.buffer(zeros([4, 2]));
  readonly scale = new nn.Parameter(ones([1]));

  forward(input: Tensor): Tensor {
    let value = this.stem.call(input);
    for (const block of this.blocks) value = block.call(value);
    return this.head.call(value).mul(this.scale);
  }
}

describe("a module", () => {
  it("names parameters and buffers as PyTorch does: its own first, then depth first, in snake case", () => {
    const block = (index: number) => [
      `blocks.${index}.conv1x1.weight`,
      `blocks.${index}.batch_norm.weight`,
      `blocks.${index}.batch_norm.bias`,
      `blocks.${index}.batch_norm.running_mean`,
      `blocks.${index}.batch_norm.running_var`,
      `blocks.${index}.batch_norm.num_batches_tracked`,
    ];
    const names = [...new Net().stateDict().keys()];
    expect(names).toEqual([
      "scale",
      "class_memory",
      "stem.weight",
      "stem.bias",
      ...block(0),
      ...block(1),
      "head.1.weight",
      "head.1.bias",
    ]);
  });

  it("tells parameters from buffers", () => {
    const net = new Net();
    const parameters = [...net.namedParameters()].map(([name]) => name);
    const buffers = [...net.namedBuffers()].map(([name]) => name);
    expect(parameters).toContain("stem.weight");
    expect(parameters).not.toContain("class_memory");
    expect(buffers).toContain("class_memory");
    expect(buffers).toContain("blocks.1.batch_norm.running_var");
    expect(net.parameters().every((parameter) => parameter.requiresGrad)).toBe(true);
    expect([...net.stateDict().values()]).not.toContain(new Block().hidden);
  });

  it("names its modules", () => {
    const names = [...new Net().namedModules()].map(([name]) => name);
    expect(names.slice(0, 6)).toEqual([
      "",
      "stem",
      "blocks",
      "blocks.0",
      "blocks.0.conv1x1",
      "blocks.0.batch_norm",
    ]);
  });

  it("gives a shared module and a shared parameter once, but names each place in the state dict", () => {
    class Tied extends nn.Module {
      readonly first = new nn.Linear(2, 2, { bias: false });
      readonly again = this.first;
      readonly second = new nn.Linear(2, 2, { bias: false });
      constructor() {
        super();
        (this.second as { weight: nn.Parameter }).weight = this.first.weight;
      }
      forward(input: Tensor): Tensor {
        return this.second.call(this.first.call(input));
      }
    }
    const tied = new Tied();
    expect([...tied.namedParameters()].map(([name]) => name)).toEqual(["first.weight"]);
    expect([...tied.stateDict().keys()]).toEqual(["first.weight", "second.weight"]);
    expect(tied.modules()).toHaveLength(3);
  });

  it("switches training and gradients for all modules below", () => {
    const net = new Net();
    expect(
      net
        .eval()
        .modules()
        .some(({ training }) => training),
    ).toBe(false);
    expect(
      net
        .train()
        .modules()
        .every(({ training }) => training),
    ).toBe(true);
    net.requiresGrad_(false);
    expect(net.parameters().some(({ requiresGrad }) => requiresGrad)).toBe(false);
  });

  it("drops stored gradients", () => {
    scope(() => {
      const net = new Net();
      net
        .call(randn([1, 3, 4, 4]))
        .sum()
        .backward();
      expect(net.stem.weight.grad).not.toBeNull();
      net.zeroGrad();
      expect(net.parameters().every((parameter) => parameter.grad === null)).toBe(true);
    });
  });

  it("frees what forward made and did not return", () => {
    const net = new Net().eval();
    scope(() => {
      const input = randn([1, 3, 4, 4]);
      const before = liveTensors();
      const output = noGrad(() => net.call(input));
      expect(liveTensors()).toBe(before + 1);
      output.dispose();
    });
  });

  it("keeps its parameters and buffers when it is made inside a scope", () => {
    const net = scope(() => new Net());
    expect([...net.stateDict().values()].some(({ isDisposed }) => isDisposed)).toBe(false);
  });

  it("refuses an asynchronous forward", () => {
    class Late extends nn.Module<[], Promise<number>> {
      async forward(): Promise<number> {
        return 1;
      }
    }
    expect(() => new Late().call()).toThrow("must be synchronous");
  });
});

describe("Module.to", () => {
  it("changes the dtype of floating-point tensors and of gradients, not their identity", () => {
    scope(() => {
      const net = new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.BatchNorm2d(2));
      net
        .call(randn([2, 1, 4, 4]))
        .sum()
        .backward();
      const before = [...net.stateDict()];
      net.to({ dtype: "float64" });
      for (const [name, tensor] of before) {
        expect(net.stateDict().get(name)).toBe(tensor);
        expect(tensor.dtype).toBe(name.endsWith("num_batches_tracked") ? "int64" : "float64");
      }
      const [first] = net.parameters() as [nn.Parameter];
      expect((first.grad as Tensor).dtype).toBe("float64");
      expect(first.isLeaf && first.requiresGrad).toBe(true);
      net.zeroGrad();
      net
        .call(randn([2, 1, 4, 4], { dtype: "float64" }))
        .sum()
        .backward();
      expect((first.grad as Tensor).dtype).toBe("float64");
    });
  });

  it("changes the memory format of weights with four dimensions", () => {
    const conv = new nn.Conv2d(4, 8, 3);
    scope(() => {
      const input = randn([2, 4, 6, 6]);
      const before = conv.call(input);
      conv.to({ memoryFormat: "channelsLast" });
      expect(conv.weight.isContiguous("channelsLast")).toBe(true);
      const after = conv.call(input.contiguous({ memoryFormat: "channelsLast" }));
      expect(after.isContiguous("channelsLast")).toBe(true);
      expect(after.allclose(before, { atol: 1e-5 })).toBe(true);
    });
  });
});

describe("functionalCall", () => {
  const linear = () => new nn.Linear(2, 1, { bias: false });
  const input = () => ones([1, 2]);

  it("computes with the given tensors and sends gradients to them", () => {
    scope(() => {
      const net = linear();
      const weight = zeros([1, 2]).add(3).requiresGrad_();
      const output = nn.functionalCall(net, { weight }, () => net.call(input()));
      expect(output.item()).toBe(6);
      expect((grad(output.sum(), [weight])[0] as Tensor).toArray()).toEqual([[1, 1]]);
      expect(net.weight.grad).toBeNull();
    });
  });

  it("restores the module afterwards, also when the body throws", () => {
    const net = linear();
    const own = net.weight;
    const replacement = ones([1, 2]);
    nn.functionalCall(net, { weight: replacement }, () => expect(net.weight).toBe(replacement));
    expect(net.weight).toBe(own);
    expect(() =>
      nn.functionalCall(net, { weight: replacement }, () => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(net.weight).toBe(own);
    expect([...net.namedParameters()]).toEqual([["weight", own]]);
  });

  it("nests: the inner replacement holds inside, the outer one after it", () => {
    const net = linear();
    const own = net.weight;
    const [outer, inner] = [ones([1, 2]), zeros([1, 2])];
    nn.functionalCall(net, { weight: outer }, () => {
      nn.functionalCall(net, { weight: inner }, () => expect(net.weight).toBe(inner));
      expect(net.weight).toBe(outer);
      expect([...net.namedParameters()]).toEqual([["weight", outer]]);
    });
    expect(net.weight).toBe(own);
  });

  it("lets stand-ins of parameters count as parameters, so that names stay the same inside", () => {
    const net = new Net();
    const names = [...net.stateDict().keys()];
    const parameters = [...net.namedParameters()].map(([name]) => name);
    const stand = new Map([...net.namedParameters()].map(([name, value]) => [name, value.detach()]));
    nn.functionalCall(net, stand, () => {
      expect([...net.stateDict().keys()]).toEqual(names);
      expect([...net.namedParameters()].map(([name]) => name)).toEqual(parameters);
    });
  });

  it("replaces buffers deep in the tree, and leaves what is not given", () => {
    const net = new Net();
    const mean = ones([2]);
    nn.functionalCall(net, { "blocks.1.batch_norm.running_mean": mean }, () => {
      const names = new Map([...net.namedBuffers()]);
      expect(names.get("blocks.1.batch_norm.running_mean")).toBe(mean);
      expect(names.get("blocks.0.batch_norm.running_mean")).not.toBe(mean);
    });
  });

  it("replaces a parameter that has two names under both", () => {
    scope(() => {
      const [first, second] = [linear(), linear()];
      (second as { weight: nn.Parameter }).weight = first.weight;
      const tied = new nn.ModuleList([first, second]);
      const weight = zeros([1, 2]).add(2).requiresGrad_();
      const output = nn.functionalCall(tied, { "0.weight": weight }, () =>
        first.call(input()).add(second.call(input())),
      );
      expect(output.item()).toBe(8);
      expect((grad(output.sum(), [weight])[0] as Tensor).toArray()).toEqual([[2, 2]]);
      expect(second.weight).toBe(first.weight);
    });
  });

  it("refuses unknown names, what is no tensor, and bodies that go on later", () => {
    const net = linear();
    const own = net.weight;
    expect(() => nn.functionalCall(net, { weights: ones([1, 2]) }, () => 0)).toThrow(
      "functionalCall: Linear has no parameter or buffer 'weights'",
    );
    expect(() => nn.functionalCall(net, { weight: 3 as never }, () => 0)).toThrow(
      "functionalCall: 'weight' in argument 'tensors' must be a tensor, got 3",
    );
    expect(() => nn.functionalCall(net, { weight: ones([1, 2]) }, async () => 0)).toThrow(
      "must be synchronous",
    );
    expect(net.weight).toBe(own);
  });
});

describe("observeModules", () => {
  it("sees every module call with inputs and output, innermost first", () => {
    scope(() => {
      const net = new nn.Sequential(new nn.Conv2d(1, 2, 1), new nn.Sequential(new nn.ReLU()));
      const input = randn([1, 1, 2, 2]);
      const seen: string[] = [];
      nn.observeModules(
        (module, inputs, output) => seen.push(`${module.constructor.name} ${inputs[0]} -> ${output}`),
        () => net.call(input),
      );
      expect(seen).toEqual([
        "Conv2d float32[1, 1, 2, 2] on cpu -> float32[1, 2, 2, 2] on cpu",
        "ReLU float32[1, 2, 2, 2] on cpu -> float32[1, 2, 2, 2] on cpu",
        "Sequential float32[1, 2, 2, 2] on cpu -> float32[1, 2, 2, 2] on cpu",
        "Sequential float32[1, 1, 2, 2] on cpu -> float32[1, 2, 2, 2] on cpu",
      ]);
    });
  });

  it("lets the observer keep activations that would be freed", () => {
    scope(() => {
      const net = new nn.Sequential(new nn.Conv2d(1, 2, 1), new nn.ReLU());
      const activations: Tensor[] = [];
      nn.observeModules(
        (_, __, output) => activations.push(keep(output as Tensor)),
        () => scope(() => void net.call(randn([1, 1, 2, 2]))),
      );
      expect(activations.map(String)).toEqual(Array(3).fill("float32[1, 2, 2, 2] on cpu"));
    });
  });

  it("stops observing afterwards, also when the body throws, and takes the outer observer up again", () => {
    const net = new nn.Identity();
    let [outer, inner] = [0, 0];
    nn.observeModules(
      () => outer++,
      () => {
        expect(() =>
          nn.observeModules(
            () => inner++,
            () => {
              net.call(ones([1]));
              throw new Error("stop");
            },
          ),
        ).toThrow("stop");
        net.call(ones([1]));
      },
    );
    net.call(ones([1]));
    expect([outer, inner]).toEqual([1, 1]);
  });
});
