import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  arange,
  callOperator,
  type DType,
  dtypes,
  fromTypedArray,
  nn,
  ones,
  randn,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "./index.js";

describe("a tensor", () => {
  it("knows what it is", () => {
    const t = zeros([2, 3, 4], { dtype: "float64" });
    expect([t.shape, t.strides, t.dim, t.numel]).toEqual([[2, 3, 4], [12, 4, 1], 3, 24]);
    expect([t.dtype, t.device, t.isContiguous(), t.isLeaf, t.requiresGrad]).toEqual([
      "float64",
      "cpu",
      true,
      true,
      false,
    ]);
    expect([t.size(0), t.size(-1)]).toEqual([2, 4]);
    expect(tensor(1).shape).toEqual([]);
  });

  it("prints its dtype, shape and device", () => {
    const t = zeros([2, 3]);
    expect(String(t)).toBe("float32[2, 3] on cpu");
    expect(inspect(t)).toBe("Tensor(float32[2, 3] on cpu)");
    expect(`${tensor(true)}`).toBe("bool[] on cpu");
  });

  it("can be printed and refused even where its dtype or layout is not offered", () => {
    const complex = callOperator("aten::complex", [ones([2]), ones([2])]) as Tensor;
    expect(String(complex)).toBe("complex64[2] on cpu");
    expect(() => complex.dtype).toThrow("dtype: complex64 is not offered here");
    expect(() => complex.add(ones([3]))).toThrow("self: complex64[2] on cpu");
    const sparse = callOperator("aten::to_sparse", [ones([2, 2])]) as Tensor;
    expect([String(sparse), sparse.isContiguous()]).toEqual(["float32[2, 2] on cpu", false]);
    expect(() => sparse.dataView()).toThrow("needs a contiguous tensor");
    expect(sparse.toArray()).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it("has as many dimensions as the addon can describe", () => {
    expect(ones(Array(64).fill(1)).shape).toHaveLength(64);
  });
});

describe("reading values", () => {
  it("gives typed arrays in row-major order, whatever the layout", () => {
    const t = arange(6).reshape([2, 3]).to("float32");
    expect(t.toTypedArray()).toEqual(Float32Array.of(0, 1, 2, 3, 4, 5));
    expect(t.t().toTypedArray()).toEqual(Float32Array.of(0, 3, 1, 4, 2, 5));
    const image = arange(16).reshape([1, 2, 2, 4]).to("float32");
    const last = image.contiguous({ memoryFormat: "channelsLast" });
    expect(last.toTypedArray()).toEqual(image.toTypedArray());
    expect(t.select(0, 1).expand([2, 3]).toTypedArray()).toEqual(Float32Array.of(3, 4, 5, 3, 4, 5));
  });

  it.each(Object.entries(dtypes))("gives %s in its own array", (dtype, { array }) => {
    expect(zeros([2], { dtype: dtype as DType }).toTypedArray()).toBeInstanceOf(array);
  });

  it("gives nested arrays of numbers or booleans", () => {
    expect(
      tensor([
        [1, 2],
        [3, 4],
      ]).toArray(),
    ).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(tensor([[1n], [2n]]).toArray()).toEqual([[1], [2]]);
    expect(tensor([true, false]).toArray()).toEqual([true, false]);
    expect(tensor([0.5], { dtype: "bfloat16" }).toArray()).toEqual([0.5]);
    expect(zeros([2, 0, 3]).toArray()).toEqual([[], []]);
    expect(tensor(4).toArray()).toBe(4);
  });

  it("gives the only element with its JavaScript type", () => {
    expect(tensor([[2.5]]).item()).toBe(2.5);
    expect(tensor(true).item()).toBe(true);
    expect(tensor(7n).item()).toBe(7);
    expect(tensor(2n ** 60n).item()).toBe(2n ** 60n);
    expect(tensor(2n ** 60n).toNumber()).toBe(2 ** 60);
    expect(tensor(Number.NaN).item()).toBeNaN();
  });

  it("copies into memory of the caller", () => {
    const target = new Float32Array(6);
    tensor([
      [1, 2],
      [3, 4],
    ]).copyInto(target.subarray(1, 5));
    expect([...target]).toEqual([0, 1, 2, 3, 4, 0]);
    const shared = new Uint8Array(new SharedArrayBuffer(2));
    tensor([7, 8], { dtype: "uint8" }).copyInto(shared);
    expect([...shared]).toEqual([7, 8]);
  });

  it("reads values that libtorch keeps on paper only: zeros without memory, negated and conjugated views", () => {
    const x = randn([3]).requiresGrad_();
    const [first] = scope(() => [x.abs().sum()]);
    // The second derivative of |x| is such a zero.
    const gradient = gradOf(first as Tensor, x, true);
    const second = gradOf(gradient.sum(), x, false);
    expect(second.toArray()).toEqual([0, 0, 0]);
    expect(second.select(0, 1).item()).toBe(0);
    const complex = callOperator("aten::complex", [ones([2]), ones([2]).mul(3)]) as Tensor;
    const conjugated = callOperator("aten::_conj", [complex]) as Tensor;
    const imaginary = callOperator("aten::imag", [conjugated]) as Tensor;
    expect(imaginary.toArray()).toEqual([-3, -3]);
    expect(() => imaginary.dataView()).toThrow("needs a contiguous tensor with memory of its own on the CPU");
  });
});

function gradOf(output: Tensor, input: Tensor, createGraph: boolean): Tensor {
  output.backward({ createGraph });
  const gradient = input.grad as Tensor;
  input.grad = null;
  return gradient;
}

describe("dataView", () => {
  it("keeps its memory: the tensor cannot be given another size any more", () => {
    scope(() => {
      const held = zeros([16]);
      const view = held.dataView() as Float32Array;
      view[0] = 42;
      expect(() => callOperator("aten::resize_", [held, [1 << 16]])).toThrow(/not resizable/);
      expect([view[0], held.select(0, 0).toNumber()]).toEqual([42, 42]);
    });
  });

  it("is the tensor's own memory, in both directions", () => {
    const t = zeros([2, 2]);
    const view = t.dataView();
    t.add_(3);
    expect([...view]).toEqual([3, 3, 3, 3]);
    view[3] = 7;
    expect(t.toArray()).toEqual([
      [3, 3],
      [3, 7],
    ]);
    expect(t.dataView()[3]).toBe(7);
  });

  it("outlives the tensor", () => {
    const view = scope(() => ones([1000]).mul(5).dataView());
    for (let i = 0; i < 20; i++) scope(() => zeros([1000])); // would reuse freed memory
    expect(new Set(Array.from(view, Number))).toEqual(new Set([5]));
  });

  it("of lent memory is that memory", () => {
    const data = Float32Array.of(1, 2);
    const view = fromTypedArray(data, [2], { copy: false }).dataView();
    data[1] = 9;
    expect([...view]).toEqual([1, 9]);
  });

  it("starts where a view of the tensor starts", () => {
    expect([...arange(6).narrow(0, 2, 3).dataView()]).toEqual([2n, 3n, 4n]);
    expect(zeros([0]).dataView()).toHaveLength(0);
  });
});

describe("to", () => {
  it.each<[DType, number[], unknown[]]>([
    ["float16", [1 / 3, 65504, 1e-8], [0.333251953125, 65504, 0]],
    ["bfloat16", [1 / 3, 1e38, 257], [0.333984375, expect.closeTo(9.97e37, -36), 256]],
    ["int64", [1.9, -1.9, 3], [1, -1, 3]],
    ["uint8", [1.9, 255, 0], [1, 255, 0]],
    ["bool", [0, 0.5, -2], [false, true, true]],
    ["float64", [0.5, 0.1, 2], [0.5, Math.fround(0.1), 2]],
  ])("converts to %s", (dtype, values, expected) => {
    expect(tensor(values).to(dtype).toArray()).toEqual(expected);
  });

  it("gives a handle to the same memory where nothing changes, unless a copy is asked for", () => {
    const t = zeros([2]);
    const same = t.to("float32");
    same.add_(1);
    expect(t.toArray()).toEqual([1, 1]);
    expect(t.to({ dtype: "float32", copy: true }).add_(1).toArray()).toEqual([2, 2]);
    expect(t.toArray()).toEqual([1, 1]);
    expect(t.cpu().isSame(t)).toBe(true);
  });

  it("takes a device, and says where there is none", () => {
    expect(zeros([1]).to("cpu").device).toBe("cpu");
    expect(zeros([1]).to({ device: "cpu", dtype: "int8" }).dtype).toBe("int8");
    expect(() => zeros([1]).to("gpu" as never)).toThrow("argument 'device' must be a device");
  });

  it("lets gradients through", () => {
    const x = ones([2]).requiresGrad_();
    x.to("float64").mul(3).sum().backward();
    expect(x.grad?.toArray()).toEqual([3, 3]);
    expect(x.grad?.dtype).toBe("float32");
  });
});

describe("memory formats", () => {
  it("change the order in memory, not the values, and convolutions keep them", () => {
    const image = randn([2, 3, 4, 5]);
    const last = image.contiguous({ memoryFormat: "channelsLast" });
    expect(last.strides).toEqual([60, 1, 15, 3]);
    expect([image.isContiguous(), image.isContiguous("channelsLast")]).toEqual([true, false]);
    expect([last.isContiguous(), last.isContiguous("channelsLast")]).toEqual([false, true]);
    expect(last.equal(image)).toBe(true);

    const conv = new nn.Conv2d(3, 8, 3);
    const [expected, found] = [conv.call(image), conv.call(last)];
    expect(found.isContiguous("channelsLast")).toBe(true);
    expect(found.allclose(expected, { atol: 1e-5 })).toBe(true);
    expect(found.contiguous().isContiguous()).toBe(true);
    expect(found.clone({ memoryFormat: "contiguous" }).strides).toEqual(expected.strides);
  });
});

describe("identity and versions", () => {
  it("isSame compares tensors, not values", () => {
    const t = ones([1]);
    expect([t.isSame(t), t.isSame(ones([1])), t.isSame(t.detach())]).toEqual([true, false, false]);
  });

  it("version counts changes in place, of views too", () => {
    const t = zeros([4]);
    const before = t.version;
    t.add_(1);
    t.view([2, 2]).mul_(2);
    expect(t.version).toBe(before + 2);
  });
});
