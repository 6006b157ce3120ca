import { describe, expect, it } from "vitest";
import {
  _foreachAdd,
  _foreachAdd_,
  _foreachAddcmul_,
  _foreachDiv_,
  _foreachMul_,
  _foreachNorm,
  _foreachSqrt,
  _foreachZero_,
  arange,
  callOperator,
  cat,
  einsum,
  float,
  full,
  liveTensors,
  ones,
  operatorNames,
  scope,
  Tensor,
  tensor,
  where,
  zeros,
} from "./index.js";

describe("methods", () => {
  it("take options by name in camelCase, in any order", () => {
    const image = ones([1, 4, 5, 5]);
    const output = image.conv2d(ones([2, 2, 3, 3]), { groups: 2, padding: 1, stride: [2, 1] });
    expect(output.shape).toEqual([1, 2, 3, 5]);
    expect(
      tensor([1, 2])
        .add(tensor([1, 1]), { alpha: 3 })
        .toArray(),
    ).toEqual([4, 5]);
  });

  it("take undefined options for defaults", () => {
    expect(ones([2, 3]).sum(1, { keepdim: undefined, dtype: undefined }).shape).toEqual([2]);
    expect(ones([2, 2]).mean(undefined).item()).toBe(1);
  });

  it("take a number for a pair", () => {
    expect(ones([1, 1, 4, 4]).avgPool2d(2).shape).toEqual([1, 1, 2, 2]);
    expect(ones([1, 1, 4, 4]).avgPool2d([2, 4]).shape).toEqual([1, 1, 2, 1]);
  });

  it("take null for what may be absent", () => {
    expect(
      ones([2, 2])
        .linear(ones([3, 2]), { bias: null })
        .toArray(),
    ).toEqual([
      [2, 2, 2],
      [2, 2, 2],
    ]);
    expect(ones([2, 3]).sum(null).item()).toBe(6);
    expect(ones([2, 3]).index([null, tensor([0n])]).shape).toEqual([2, 1]);
  });

  it("take bigints for 64-bit integers, and lists longer than the shared buffer", () => {
    expect(
      zeros([3], { dtype: "int64" })
        .add(2n ** 60n)
        .select(0, 0)
        .item(),
    ).toBe(2n ** 60n);
    expect(
      ones([3])
        .select(0, 2n as never)
        .item(),
    ).toBe(1);
    const many = Array.from({ length: 5000 }, () => ones([1]));
    expect(cat(many).shape).toEqual([5000]);
    expect(ones([1]).repeat([3]).shape).toEqual([3]);
  });

  it("give tuples and lists", () => {
    const [values, indices] = tensor([3, 1, 2]).sort({ descending: true });
    expect([values.toArray(), indices.toArray()]).toEqual([
      [3, 2, 1],
      [0, 2, 1],
    ]);
    expect(
      arange(6)
        .chunk(3)
        .map((part) => part.toArray()),
    ).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(ones([2]).equal(ones([2]))).toBe(true);
  });

  it("return the tensor itself from operators in place", () => {
    const t = zeros([2]);
    const before = liveTensors();
    expect(t.add_(2).mul_(3).clamp_({ max: 5 })).toBe(t);
    expect(t.fill_(1)).toBe(t);
    expect(t.copy_(ones([1]))).toBe(t);
    expect(t.indexPut_([tensor([1n])], zeros([1]))).toBe(t);
    expect(liveTensors() - before).toBe(3); // the arguments
    expect(t.toArray()).toEqual([1, 0]);
  });
});

describe("overloads", () => {
  it("are chosen by the arguments' types", () => {
    const t = tensor([
      [1, 4],
      [3, 2],
    ]);
    expect(t.max().item()).toBe(4);
    expect(t.max(1)[1].toArray()).toEqual([1, 0]);
    expect(t.max(tensor(3)).toArray()).toEqual([
      [3, 4],
      [3, 3],
    ]);
    expect([t.squeeze().shape, t.unsqueeze(0).squeeze(0).shape]).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(t.pow(2).toArray()).toEqual([
      [1, 16],
      [9, 4],
    ]);
    expect(t.pow(tensor([0, 1])).toArray()).toEqual([
      [1, 4],
      [1, 2],
    ]);
    expect(t.view([4]).shape).toEqual([4]);
    expect(t.view("int32").dtype).toBe("int32");
  });

  it("are chosen by the number of arguments and by the names of options", () => {
    expect(arange(3).toArray()).toEqual([0, 1, 2]);
    expect(arange(1, 3).toArray()).toEqual([1, 2]);
    expect(arange(1, 6, { step: 2 }).toArray()).toEqual([1, 3, 5]);
    expect(tensor([7]).div(2, { roundingMode: "floor" }).item()).toBe(3);
    expect(tensor([7]).div(2).item()).toBe(3.5);
    expect(tensor([1, 3]).var({ unbiased: false }).item()).toBe(1);
  });

  it("are chosen by the types of options", () => {
    const t = tensor([-2, 0, 2]);
    expect(t.clamp({ min: -1 }).toArray()).toEqual([-1, 0, 2]);
    expect(t.clamp({ min: tensor([0, 1, 3]) }).toArray()).toEqual([0, 1, 3]);
    expect(t.clamp({ max: 1, min: undefined }).toArray()).toEqual([-2, 0, 1]);
  });

  it("distinguish numbers from tensors in conditions", () => {
    const mask = tensor([true, false]);
    expect(where(mask, tensor([1, 2]), 9).toArray()).toEqual([1, 9]);
    expect(where(mask, 5, tensor([1, 2])).toArray()).toEqual([5, 2]);
    expect(where(mask, tensor([1, 2]), tensor([3, 4])).toArray()).toEqual([1, 4]);
    expect(tensor([1, 2]).where(mask, 9).toArray()).toEqual([1, 9]);
    expect(
      tensor([1, 2])
        .where(mask, tensor([3, 4]))
        .toArray(),
    ).toEqual([1, 4]);
    expect(tensor([1, 2]).maskedFill(mask, tensor(7)).toArray()).toEqual([7, 2]);
  });
});

describe("numbers", () => {
  it("count as integers where they are whole, unless float() says otherwise", () => {
    const integers = zeros([1], { dtype: "int64" });
    expect(integers.add(2).dtype).toBe("int64");
    expect(integers.add(2.5).dtype).toBe("float32");
    expect(integers.add(float(2)).dtype).toBe("float32");
    expect([full([1], 2).dtype, full([1], float(2)).dtype, full([1], true).dtype]).toEqual([
      "int64",
      "float32",
      "bool",
    ]);
  });

  it("keep the sign of zero, and take infinities and NaN", () => {
    expect(tensor([1]).div(-0).item()).toBe(Number.NEGATIVE_INFINITY);
    expect(zeros([1]).add(Number.POSITIVE_INFINITY).item()).toBe(Number.POSITIVE_INFINITY);
    expect(zeros([1]).add(Number.NaN).item()).toBeNaN();
  });
});

describe("callOperator", () => {
  const pair = () => [tensor([1, 2]), tensor([3, 4])] as const;

  it("reaches every operator by its schema name", () => {
    expect((callOperator("aten::add.Tensor", pair(), { alpha: 2 }) as Tensor).toArray()).toEqual([7, 10]);
    expect((callOperator("aten::hypot", [tensor([3]), tensor([4])]) as Tensor).item()).toBe(5);
    expect(callOperator("aten::size.int", [ones([2, 3]), 1])).toBe(3);
    expect(callOperator("aten::is_floating_point", [ones([1])])).toBe(true);
    expect(
      (callOperator("aten::broadcast_tensors", [[ones([2, 1]), ones([3])]]) as Tensor[]).map(String),
    ).toEqual(["float32[2, 3] on cpu", "float32[2, 3] on cpu"]);
  });

  it("gives back the tensor that an out variant wrote", () => {
    const [a, b] = pair();
    const out = zeros([2]);
    expect(callOperator("aten::add.out", [a, b], { out })).toBe(out);
    expect(out.toArray()).toEqual([4, 6]);
    const [values, indices] = [zeros([1]), zeros([1], { dtype: "int64" })];
    const results = callOperator("aten::max.dim_max", [tensor([[1, 5, 2]]), 1], {
      max: values,
      maxValues: indices,
    });
    expect((results as Tensor[])[0]).toBe(values);
    expect((results as Tensor[])[1]).toBe(indices);
    expect([values.toArray(), indices.toArray()]).toEqual([[5], [1]]);
  });

  it("gives back the tensor that was changed in place", () => {
    const t = zeros([2]);
    expect(callOperator("aten::add_.Scalar", [t, 3])).toBe(t);
    expect(t.toArray()).toEqual([3, 3]);
  });

  it("makes no handle for a result that is an argument", () => {
    scope(() => {
      const [a, b] = pair();
      const out = zeros([2]);
      const before = liveTensors();
      callOperator("aten::mul.out", [a, b], { out });
      expect(liveTensors()).toBe(before);
    });
  });

  it("gives null for results that are absent", () => {
    const [, weight, bias] = callOperator("aten::native_layer_norm_backward", [
      ones([2, 3]),
      ones([2, 3]),
      [3],
      zeros([2, 1]),
      ones([2, 1]),
      null,
      null,
      [true, false, false],
    ]) as (Tensor | null)[];
    expect([weight, bias]).toEqual([null, null]);
  });

  it("knows what there is", () => {
    const names = operatorNames();
    expect(names.length).toBeGreaterThan(2000);
    expect(names).toContain("aten::conv2d");
    expect(names).toContain("aten::add.Tensor");
    expect(() => callOperator("add.Matrix", [])).toThrow("there is no such overload; there are");
  });
});

describe("operators on lists", () => {
  const list = (...values: number[]) => values.map((value) => tensor([value]));
  const numbers = (tensors: readonly Tensor[]) => tensors.map((t) => t.toNumber());

  it("change every tensor in place", () => {
    const tensors = list(1, 4);
    _foreachAdd_(tensors, list(1, 1), { alpha: 2 });
    expect(numbers(tensors)).toEqual([3, 6]);
    _foreachMul_(tensors, 2);
    _foreachMul_(tensors, list(1, 2));
    expect(numbers(tensors)).toEqual([6, 24]);
    _foreachDiv_(tensors, list(2, 4));
    _foreachAdd_(tensors, 1);
    expect(numbers(tensors)).toEqual([4, 7]);
    _foreachAddcmul_(tensors, list(2, 3), list(5, 1), { value: 2 });
    expect(numbers(tensors)).toEqual([24, 13]);
    _foreachZero_(tensors);
    expect(numbers(tensors)).toEqual([0, 0]);
  });

  it("give new tensors", () => {
    expect(numbers(_foreachAdd(list(1, 2), list(3, 4)))).toEqual([4, 6]);
    expect(numbers(_foreachSqrt(list(4, 9)))).toEqual([2, 3]);
    expect(numbers(_foreachNorm([tensor([3, 4]), tensor([-5])]))).toEqual([5, 5]);
  });

  it("take lists of several tensors and text", () => {
    expect(einsum("i,i->", [tensor([1, 2]), tensor([3, 4])]).item()).toBe(11);
  });
});

describe("the generated surface", () => {
  it("offers at least 150 operators, each of which this libtorch has", async () => {
    const { readFile } = await import("node:fs/promises");
    const source = await readFile(new URL("generated/operators.ts", import.meta.url), "utf8");
    const schemas = [...source.matchAll(/new Operator\("([^"]+)"/g)].map(([, name]) => name as string);
    expect(new Set(schemas.map((name) => name.split(".")[0])).size).toBeGreaterThanOrEqual(150);
    const known = new Set(operatorNames());
    expect(schemas.filter((name) => !known.has(name))).toEqual([]);
  });

  it("has a method for every operator on a tensor", () => {
    for (const name of ["conv2d", "crossEntropyLoss", "upsampleBilinear2d", "indexPut_", "oneHot"] as const) {
      expect(Tensor.prototype[name]).toBeTypeOf("function");
    }
  });
});
