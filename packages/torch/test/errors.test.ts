// Bad calls: each is one TorchError that names the operator, the argument where there is one, and what was given; the process
// goes on as if it had not happened.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  autocast,
  backward,
  callOperator,
  cat,
  type Device,
  DisposedTensorError,
  einsum,
  fromTypedArray,
  full,
  grad,
  inferenceMode,
  isCudaAvailable,
  isGradEnabled,
  liveTensors,
  manualSeed,
  nn,
  ones,
  randn,
  randomState,
  scope,
  setNumThreads,
  setRandomState,
  type Tensor,
  TorchError,
  tensor,
  zeros,
} from "../src/index.js";

interface BadCall {
  readonly call: () => unknown;
  readonly operator: string;
  readonly argument?: string;
  /** Parts that the message must have, the values among them. */
  readonly says: readonly string[];
}

/** What TypeScript would not let through, JavaScript does. */
const untyped = (value: unknown) => value as never;

const image = () => ones([2, 3, 8, 8]);
const disposed = () => {
  const gone = ones([2]);
  gone.dispose();
  return gone;
};

const badCalls: Record<string, BadCall> = {
  "shapes that do not fit each other": {
    call: () => ones([2, 3]).add(ones([2, 4])),
    operator: "add",
    says: ["size of tensor a (3) must match", "self: float32[2, 3] on cpu", "other: float32[2, 4] on cpu"],
  },
  "a matrix product of the wrong sizes": {
    call: () => ones([2, 3]).matmul(ones([2, 3])),
    operator: "matmul",
    says: ["float32[2, 3] on cpu"],
  },
  "an image of the wrong channels": {
    call: () => image().conv2d(ones([4, 2, 3, 3])),
    operator: "conv2d",
    says: ["3 channels", "input: float32[2, 3, 8, 8] on cpu", "weight: float32[4, 2, 3, 3] on cpu"],
  },
  "a wrong dtype": {
    call: () => ones([3]).indexSelect(0, ones([1])),
    operator: "indexSelect",
    says: ["dtype", "index: float32[1] on cpu"],
  },
  "mixed dtypes where they must agree": {
    call: () => image().conv2d(ones([4, 3, 3, 3], { dtype: "float64" })),
    operator: "conv2d",
    says: ["input: float32[2, 3, 8, 8] on cpu", "weight: float64[4, 3, 3, 3] on cpu"],
  },
  "labels of a wrong dtype": {
    call: () => nn.F.crossEntropy(ones([2, 3]), ones([2])),
    operator: "crossEntropyLoss",
    says: ["target: float32[2] on cpu"],
  },
  "an index out of range": {
    call: () => ones([3]).select(0, 5),
    operator: "select",
    says: ["out of range", "self: float32[3] on cpu", "index: 5"],
  },
  "an index in a tensor out of range": {
    call: () => ones([3]).indexSelect(0, tensor([7], { dtype: "int64" })),
    operator: "indexSelect",
    says: ["out of range", "index: int64[1] on cpu"],
  },
  "a dimension that is not there": {
    call: () => ones([3]).sum([2]),
    operator: "sum",
    says: ["Dimension out of range", "dim: [2]"],
  },
  "an index that is no integer": {
    call: () => ones([3]).select(0, 0.5),
    operator: "select",
    argument: "index",
    says: ["argument 'index' must be an integer, got 0.5"],
  },
  "a size that is no integer": {
    call: () => image().upsampleBilinear2d([4.5, 4], false),
    operator: "upsampleBilinear2d",
    argument: "outputSize",
    says: ["argument 'outputSize' must be an integer, got 4.5"],
  },
  "an integer beyond 2^53": {
    call: () => ones([3]).select(0, 2 ** 60),
    operator: "select",
    argument: "index",
    says: ["argument 'index' is 1.152921504606847e+18: integers beyond 2^53 must be bigints"],
  },
  "a shape with NaN": {
    call: () => zeros([2, Number.NaN]),
    operator: "zeros",
    argument: "size",
    says: ["argument 'size' must be an integer, got NaN", "size: [2, NaN]"],
  },
  "a shape with infinity": {
    call: () => zeros([Number.POSITIVE_INFINITY]),
    operator: "zeros",
    argument: "size",
    says: ["argument 'size' must be an integer, got Infinity"],
  },
  "a negative shape": {
    call: () => zeros([-1]),
    operator: "zeros",
    says: ["negative", "size: [-1]"],
  },
  "more memory than there is": {
    call: () => zeros([2 ** 45]),
    operator: "zeros",
    says: ["out of memory: tried to allocate 140737488355328 bytes (131072.0 GiB)", "size: [35184372088832]"],
  },
  "more elements than 64 bits count": {
    call: () => zeros([2 ** 40, 2 ** 40]),
    operator: "zeros",
    says: ["size: [1099511627776, 1099511627776]"],
  },
  "a number where a list belongs": {
    call: () => zeros(untyped(5)),
    operator: "zeros",
    argument: "size",
    says: ["argument 'size' must be an array of integers, got 5"],
  },
  "a number where tensors belong": {
    call: () => cat(untyped(3)),
    operator: "cat",
    argument: "tensors",
    says: ["argument 'tensors' must be an array of tensors, got 3"],
  },
  "something else among tensors": {
    call: () => cat([ones([1]), untyped("x")]),
    operator: "cat",
    argument: "tensors",
    says: ['must be an array of tensors, got [float32[1] on cpu, "x"]'],
  },
  "null among tensors": {
    call: () => einsum("i,i->i", [ones([1]), untyped(null)]),
    operator: "einsum",
    argument: "tensors",
    says: ["must be an array of tensors, got [float32[1] on cpu, null]"],
  },
  "text among integers": {
    call: () => zeros(untyped(["float32"])),
    operator: "zeros",
    argument: "size",
    says: ["argument 'size' must be an integer, got a string"],
  },
  "text among indices": {
    call: () => ones([2, 2]).index(untyped(["x"])),
    operator: "index",
    argument: "indices",
    says: ["argument 'indices' must be a tensor, got \"x\""],
  },
  "no tensor where one belongs": {
    call: () => ones([2]).dot(untyped(3)),
    operator: "dot",
    argument: "tensor",
    says: ["argument 'tensor' must be a tensor, got 3"],
  },
  "null where a tensor belongs": {
    call: () => ones([2, 2]).matmul(untyped(null)),
    operator: "matmul",
    argument: "other",
    says: ["argument 'other' must be a tensor, got null"],
  },
  "nothing where a tensor belongs": {
    call: () => ones([2, 2]).matmul(untyped(undefined)),
    operator: "matmul",
    argument: "other",
    says: ["argument 'other' is missing"],
  },
  "an array where a tensor or number belongs": {
    call: () => ones([2]).add(untyped([1, 2])),
    operator: "add",
    argument: "other",
    says: ["argument 'other' must be a tensor or a number, got [1, 2]"],
  },
  "a number where a boolean belongs": {
    call: () => ones([2]).dropout(0.5, untyped(1)),
    operator: "dropout",
    argument: "train",
    says: ["argument 'train' must be a boolean, got a number"],
  },
  "text where a number belongs": {
    call: () => ones([2]).dropout(untyped("0.5"), true),
    operator: "dropout",
    argument: "p",
    says: ["argument 'p' must be a number, got a string"],
  },
  "an unknown dtype": {
    call: () => zeros([2], { dtype: untyped("float") }),
    operator: "zeros",
    argument: "dtype",
    says: ["must be a dtype (uint8, int8, ", '), got "float"'],
  },
  "an unknown memory format": {
    call: () => image().contiguous({ memoryFormat: untyped("nhwc") }),
    operator: "contiguous",
    argument: "memoryFormat",
    says: ['must be a memory format (contiguous, preserve, channelsLast, channelsLast3d), got "nhwc"'],
  },
  "an unknown device": {
    call: () => zeros([2], { device: untyped("gpu") }),
    operator: "zeros",
    argument: "device",
    says: ['must be a device such as "cpu" or "cuda:0", got "gpu"'],
  },
  "a device number beyond all numbers": {
    call: () => zeros([2], { device: "cuda:99999999999999999999" as Device }),
    operator: "zeros",
    argument: "device",
    says: ['must be a device such as "cpu" or "cuda:0"'],
  },
  "a device that is not there": {
    call: () => zeros([2], { device: isCudaAvailable() ? "cuda:99" : "cuda" }),
    operator: "zeros",
    argument: "device",
    says: ["but there is no such device: "],
  },
  "an unknown option": {
    call: () => image().conv2d(ones([1, 3, 1, 1]), untyped({ strides: 2 })),
    operator: "conv2d",
    argument: "strides",
    says: ["there is no option 'strides'; it takes bias, stride, padding, dilation, groups"],
  },
  "an unknown option of an overloaded operator": {
    call: () => ones([2]).sum(untyped({ axis: 0 })),
    operator: "sum",
    argument: "axis",
    says: ["there is no option 'axis'; it takes dtype, keepdim"],
  },
  "options that are no object": {
    call: () => ones([2]).softmax(0, untyped("float64")),
    operator: "softmax",
    says: ['takes its other arguments by name, { dtype }, got "float64"'],
  },
  "arguments that no overload takes": {
    call: () => ones([3]).sum(untyped("rows")),
    operator: "sum",
    says: ['no form of it takes (float32[3] on cpu, "rows"):', "aten::sum.dim_IntList("],
  },
  "an unknown operator": {
    call: () => callOperator("aten::fold_space", [ones([2])]),
    operator: "aten::fold_space",
    says: ["libtorch has no such operator"],
  },
  "an unknown overload": {
    call: () => callOperator("aten::add.Matrix", [ones([2])]),
    operator: "aten::add.Matrix",
    says: ["there is no such overload; there are aten::add.Scalar, ", "aten::add.Tensor"],
  },
  "too few arguments": {
    call: () => callOperator("aten::add.Tensor", [ones([2])]),
    operator: "aten::add.Tensor",
    says: ["takes 2 arguments before its options, got 1: aten::add.Tensor(Tensor self"],
  },
  "a random generator as an argument": {
    call: () => callOperator("aten::randn.generator", [[2]], { generator: 3 }),
    operator: "aten::randn.generator",
    argument: "generator",
    says: ["cannot be passed: seed the default generator instead"],
  },
  "a disposed tensor": {
    call: () => disposed().add(1),
    operator: "add",
    argument: "self",
    says: ["argument 'self' is a tensor that was disposed", "keep()"],
  },
  "a disposed tensor as an argument": {
    call: () => ones([2]).mul(disposed()),
    operator: "mul",
    argument: "other",
    says: ["argument 'other' is a tensor that was disposed"],
  },
  "a disposed tensor in a list": {
    call: () => cat([ones([2]), disposed()]),
    operator: "cat",
    argument: "tensors",
    says: ["argument 'tensors' is a tensor that was disposed"],
  },
  "the shape of a disposed tensor": {
    call: () => disposed().shape,
    operator: "shape",
    says: ["this is a tensor that was disposed"],
  },
  "the gradient of a disposed tensor": {
    call: () => grad(disposed(), []),
    operator: "grad",
    argument: "outputs",
    says: ["is a tensor that was disposed"],
  },
  "a second backward through a freed graph": {
    call: () => {
      const loss = ones([2]).requiresGrad_().exp().sum();
      loss.backward();
      loss.backward();
    },
    operator: "backward",
    says: ["second time", "retainGraph: true", "this: float32[] on cpu"],
  },
  "a saved tensor that was changed": {
    call: () => {
      const result = ones([2]).requiresGrad_().exp();
      result.add_(1);
      result.sum().backward();
    },
    operator: "backward",
    says: ["modified by an inplace operation", "expected version 0"],
  },
  "a leaf that is changed in place": {
    call: () => ones([2]).requiresGrad_().add_(1),
    operator: "add_",
    says: ["leaf", "in-place", "self: float32[2] on cpu"],
  },
  "gradients of what is no scalar": {
    call: () => ones([2]).requiresGrad_().mul(2).backward(),
    operator: "backward",
    says: ["scalar", "this: float32[2] on cpu"],
  },
  "gradients of what has none": {
    call: () => ones([2]).sum().backward(),
    operator: "backward",
    says: ["depends on nothing that requires gradients"],
  },
  "gradients for an input without influence": {
    call: () => grad(ones([1]).requiresGrad_().mul(2), [ones([3]).requiresGrad_()]),
    operator: "grad",
    says: ["allowUnused: true", "outputs: [float32[1] on cpu]", "inputs: [float32[3] on cpu]"],
  },
  "gradients of a wrong shape": {
    call: () => grad(ones([2]).requiresGrad_().mul(2), [ones([2])], { gradOutputs: [ones([3])] }),
    operator: "grad",
    says: ["outputs: [float32[2] on cpu]"],
  },
  "gradients of numbers": {
    call: () => grad(untyped(5), []),
    operator: "grad",
    argument: "outputs",
    says: ["argument 'outputs' must be a tensor, got 5"],
  },
  "gradients stored in numbers": {
    call: () => backward(ones([1]).requiresGrad_().mul(2), { inputs: [untyped("x")] }),
    operator: "backward",
    argument: "inputs",
    says: ["argument 'inputs' must be a tensor, got x"],
  },
  "gradients of integers": {
    call: () => zeros([2], { dtype: "int64" }).requiresGrad_(),
    operator: "requiresGrad_",
    argument: "requiresGrad",
    says: ["floating-point dtype", "this: int64[2] on cpu"],
  },
  "switching off gradients in a graph": {
    call: () => ones([2]).requiresGrad_().mul(2).requiresGrad_(false),
    operator: "requiresGrad_",
    argument: "requiresGrad",
    says: ["use detach()"],
  },
  "a stored gradient of a wrong shape": {
    call: () => {
      ones([2]).grad = ones([3]);
    },
    operator: "grad",
    argument: "value",
    says: [
      "must have the shape, dtype and device of its tensor",
      "this: float32[2]",
      "value: float32[3] on cpu",
    ],
  },
  "a stored gradient that is no tensor": {
    call: () => {
      ones([2]).grad = untyped({});
    },
    operator: "grad",
    argument: "value",
    says: ["argument 'value' must be a tensor, got a Object object"],
  },
  "a tensor of inference mode in a graph": {
    call: () => inferenceMode(() => ones([2])).mul(ones([2]).requiresGrad_()),
    operator: "mul",
    says: ["nference"],
  },
  "one number of many": {
    call: () => ones([2]).item(),
    operator: "item",
    says: ["2 elements", "float32[2] on cpu"],
  },
  "the size of a dimension that is not there": {
    call: () => ones([2]).size(1),
    operator: "size",
    says: ["there is no dimension 1 in float32[2] on cpu"],
  },
  "the size of half a dimension": {
    call: () => ones([2]).size(0.5),
    operator: "size",
    says: ["no dimension 0.5"],
  },
  "a copy into an array of a wrong size": {
    call: () => ones([3]).copyInto(new Float32Array(2)),
    operator: "copyInto",
    argument: "target",
    says: ["has 8 bytes, the tensor 12", "this: float32[3] on cpu"],
  },
  "a view of what is not contiguous": {
    call: () => ones([2, 3]).t().dataView(),
    operator: "dataView",
    says: ["contiguous", "this: float32[3, 2] on cpu"],
  },
  "irregular nested arrays": {
    call: () => tensor([[1, 2], [3]]),
    operator: "tensor",
    argument: "data",
    says: ["expected an array of 2 at depth 1, got [3]"],
  },
  "arrays without end": {
    call: () => {
      const circle: unknown[] = [];
      circle.push(circle);
      tensor(untyped(circle));
    },
    operator: "tensor",
    argument: "data",
    says: ["nested deeper than 64 dimensions"],
  },
  "a value that the dtype cannot hold": {
    call: () => tensor([1, 256], { dtype: "uint8" }),
    operator: "tensor",
    argument: "data",
    says: ["holds 256, which uint8 cannot represent"],
  },
  "data of a wrong length": {
    call: () => fromTypedArray(new Float32Array(5), [2, 3]),
    operator: "fromTypedArray",
    argument: "shape",
    says: ["needs 24 bytes, the data has 20", "data: Float32Array(5)", "shape: [2, 3]"],
  },
  "data that is no typed array": {
    call: () => fromTypedArray(untyped([1, 2])),
    operator: "fromTypedArray",
    argument: "data",
    says: ["argument 'data' must be a typed array, got [1, 2]"],
  },
  "a seed that is no integer": {
    call: () => manualSeed(1.5),
    operator: "manualSeed",
    argument: "seed",
    says: ["argument 'seed' must be an integer, got 1.5"],
  },
  "a random state that is none": {
    call: () => setRandomState(zeros([3], { dtype: "uint8" })),
    operator: "setRandomState",
    says: ["setRandomState: "],
  },
  "a random state that is no tensor": {
    call: () => setRandomState(untyped(7)),
    operator: "setRandomState",
    argument: "state",
    says: ["argument 'state' must be a tensor, got 7"],
  },
  "the random state of an unknown device": {
    call: () => randomState(untyped("gpu")),
    operator: "randomState",
    argument: "device",
    says: ['must be a device such as "cpu" or "cuda:0", got "gpu"'],
  },
  "no thread": {
    call: () => setNumThreads(0),
    operator: "setNumThreads",
    argument: "threads",
    says: ["must be between 1 and 4096, got 0"],
  },
  "autocast to a wide dtype": {
    call: () => autocast({ dtype: untyped("float64") }, () => 0),
    operator: "autocast",
    argument: "dtype",
    says: ['must be "bfloat16" or "float16", got "float64"'],
  },
};

function thrownBy(call: () => unknown): unknown {
  try {
    scope(call);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("a bad call", () => {
  it.each(Object.entries(badCalls))(
    "names what is wrong with %s",
    (_, { call, operator, argument, says }) => {
      const error = thrownBy(call);
      expect(error).toBeInstanceOf(TorchError);
      const { message, ...fields } = error as TorchError;
      expect(fields.operator).toBe(operator);
      expect(fields.argument).toBe(argument);
      expect(message.startsWith(`${operator}: `)).toBe(true);
      for (const part of says) expect(message).toContain(part);
      // No stack of C++ frames, no list of backends, no internal error.
      expect(message).not.toMatch(/frame #|Exception raised from|registered at|internal:/);
      expect(message.length).toBeLessThan(1200);
    },
  );

  it("with a disposed tensor has an error class of its own", () => {
    const error = thrownBy(() => disposed().relu());
    expect(error).toBeInstanceOf(DisposedTensorError);
    expect((error as Error).name).toBe("DisposedTensorError");
  });

  it("carries the stack of the JavaScript that made it", () => {
    const culprit = () => ones([2]).matmul(ones([3, 3]));
    expect((thrownBy(culprit) as Error).stack).toContain("culprit");
  });
});

const CALLS = process.env.PINMEM_TESTS === "full" ? 10_000 : 2_000;

describe("after bad calls", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;

  it(`${CALLS} times, nothing has leaked and everything still works`, () => {
    const calls = Object.values(badCalls).map(({ call }) => call);
    const rounds = Math.ceil(CALLS / calls.length);
    const caught = () => {
      let count = 0;
      for (let i = 0; i < rounds; i++) {
        if (i % 16 === 0) collectGarbage();
        for (const call of calls) if (thrownBy(call) instanceof TorchError) count++;
      }
      return count;
    };
    const outsideHeap = () => {
      collectGarbage();
      const { rss, heapTotal } = process.memoryUsage();
      return rss - heapTotal;
    };
    caught(); // as often before: caches and pools fill once
    const tensors = liveTensors();
    const resident = outsideHeap();
    expect(caught()).toBeGreaterThanOrEqual(CALLS);
    expect(liveTensors()).toBe(tensors);
    // Measured: 0 to 3 MiB, and up to 8 where V8 has mapped a part of its heap that it then begins to use.
    expect(outsideHeap() - resident).toBeLessThan(16 * 2 ** 20);
    expect(isGradEnabled()).toBe(true);
    scope(() => {
      const x = full([2, 2], 3, { dtype: "float64" }).requiresGrad_();
      x.square().sum().backward();
      expect((x.grad as Tensor).toArray()).toEqual([
        [6, 6],
        [6, 6],
      ]);
      expect(randn([3]).shape).toEqual([3]);
    });
  });
});
