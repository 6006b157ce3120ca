import { describe, expect, it } from "vitest";
import { nn, ones, type Tensor, TorchError, zeros } from "../index.js";

const net = () => new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm2d(3));
const copyOf = (module: nn.AnyModule): Map<string, Tensor> =>
  new Map([...module.stateDict()].map(([name, value]) => [name, value.detach().clone()]));

/** What loading throws. */
function failure(target: nn.AnyModule, state: nn.StateDict, options?: nn.LoadOptions): nn.StateDictError {
  try {
    target.loadStateDict(state, options);
  } catch (error) {
    expect(error).toBeInstanceOf(nn.StateDictError);
    expect(error).toBeInstanceOf(TorchError);
    return error as nn.StateDictError;
  }
  throw new Error("it loaded");
}

describe("loadStateDict", () => {
  it("copies every value and leaves the module's tensors in place", () => {
    const [source, target] = [net(), net()];
    const before = [...target.stateDict().values()];
    const report = target.loadStateDict(source.stateDict());
    expect(report.loaded).toEqual([...source.stateDict().keys()]);
    expect([report.missing, report.unexpected, report.mismatched]).toEqual([[], [], []]);
    for (const [index, [name, value]] of [...target.stateDict()].entries()) {
      expect(value).toBe(before[index]);
      expect(value.equal(source.stateDict().get(name) as Tensor), name).toBe(true);
    }
    expect((target.at(0) as nn.Linear).weight.requiresGrad).toBe(true);
  });

  it("takes plain objects and converts dtypes", () => {
    const target = new nn.Linear(2, 1, { bias: false });
    target.loadStateDict({ weight: ones([1, 2], { dtype: "float64" }) });
    expect(target.weight.toArray()).toEqual([[1, 1]]);
    expect(target.weight.dtype).toBe("float32");
  });

  it("lists what is missing, unexpected and of another shape, and has changed nothing", () => {
    const target = net();
    const before = copyOf(target);
    const state = copyOf(net());
    state.delete("0.bias");
    state.set("0.weights", ones([1]));
    state.set("1.weight", ones([4]));
    const error = failure(target, state);
    expect(error.message).toBe(
      [
        "loadStateDict: the state dict does not fit Sequential:",
        "  1 missing in the state dict:",
        "    0.bias",
        "  1 unexpected in the state dict:",
        "    0.weights",
        "  1 of another shape:",
        "    1.weight: [3] expected, [4] found",
      ].join("\n"),
    );
    expect(error.report.mismatched).toEqual([{ name: "1.weight", expected: [3], found: [4] }]);
    for (const [name, value] of target.stateDict())
      expect(value.equal(before.get(name) as Tensor)).toBe(true);
  });

  it("with strict: false loads what fits by name and reports the rest, but still refuses other shapes", () => {
    const target = net();
    const report = target.loadStateDict({ "0.bias": ones([3]), other: ones([1]) }, { strict: false });
    expect(report.loaded).toEqual(["0.bias"]);
    expect(report.unexpected).toEqual(["other"]);
    expect(report.missing).toHaveLength(6);
    expect((target.at(0) as nn.Linear).bias?.toArray()).toEqual([1, 1, 1]);
    const { message } = failure(target, { "0.bias": ones([2]) }, { strict: false });
    expect(message).toContain("0.bias: [3] expected, [2] found");
    expect(message).not.toContain("missing");
  });

  it("with skipMismatched passes over other shapes", () => {
    const target = net();
    const state = copyOf(target);
    state.set("0.weight", zeros([5, 5]));
    state.set("0.bias", ones([3]));
    const report = target.loadStateDict(state, { skipMismatched: true });
    expect(report.mismatched.map(({ name }) => name)).toEqual(["0.weight"]);
    expect((target.at(0) as nn.Linear).bias?.toArray()).toEqual([1, 1, 1]);
  });

  it("shows the first of many names", () => {
    const target = new nn.Sequential(...Array.from({ length: 10 }, () => new nn.Linear(1, 1)));
    const { message, report } = failure(target, {});
    expect(report.missing).toHaveLength(20);
    expect(message).toContain("  20 missing in the state dict:");
    expect(message).toContain("    ... and 8 more");
  });

  it("refuses what is no tensor", () => {
    expect(() => net().loadStateDict({ "0.bias": [1, 2, 3] as never })).toThrow(
      "loadStateDict: '0.bias' in argument 'state' must be a tensor, got [1, 2, 3]",
    );
  });
});
