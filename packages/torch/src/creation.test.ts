import { describe, expect, it } from "vitest";
import { inWorker } from "../test/elsewhere.js";
import {
  arange,
  type DType,
  dtypes,
  empty,
  eye,
  fromTypedArray,
  full,
  linspace,
  liveTensors,
  ones,
  randint,
  randperm,
  scalarTensor,
  type Tensor,
  tensor,
  zeros,
} from "./index.js";

describe("tensor", () => {
  it("takes its shape from nested arrays", () => {
    expect(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]).shape,
    ).toEqual([2, 3]);
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(tensor([[[7]]]).toArray()).toEqual([[[7]]]);
    expect(tensor(5).shape).toEqual([]);
    expect(scalarTensor(2.5).item()).toBe(2.5);
  });

  it.each<[unknown, DType]>([
    [[1, 2.5], "float32"],
    [[1, 2], "float32"],
    [[true, false], "bool"],
    [[1n, 2n], "int64"],
    [[true, 2], "float32"],
    [new Float64Array(2), "float64"],
    [new Int32Array(2), "int32"],
    [new Uint8ClampedArray(2), "uint8"],
    [new BigInt64Array(2), "int64"],
  ])("infers the dtype of %o: %s", (data, dtype) => {
    expect(tensor(data as never).dtype).toBe(dtype);
  });

  it.each(Object.keys(dtypes) as DType[])("holds numbers as %s", (dtype) => {
    const made = tensor([0, 1, 1, 0], { dtype });
    expect(made.dtype).toBe(dtype);
    expect((made.toArray() as unknown[]).map(Number)).toEqual([0, 1, 1, 0]);
  });

  it("rounds to the precision of the dtype", () => {
    expect(tensor([0.1], { dtype: "float64" }).item()).toBe(0.1);
    expect(tensor([0.1]).item()).toBe(Math.fround(0.1));
    expect(tensor([1 / 3], { dtype: "float16" }).toArray()).toEqual([0.333251953125]);
    expect(tensor([1 / 3], { dtype: "bfloat16" }).toArray()).toEqual([0.333984375]);
    expect(tensor([1e6, -1e6], { dtype: "float16" }).toArray()).toEqual([Infinity, -Infinity]);
    expect(tensor([Number.NaN, 2], { dtype: "bool" }).toArray()).toEqual([false, true]);
  });

  it("keeps 64-bit integers exact", () => {
    const large = 2n ** 62n + 1n;
    expect(tensor([large, -large]).toTypedArray()).toEqual(BigInt64Array.of(large, -large));
    expect(tensor(large).item()).toBe(large);
    expect(tensor([7], { dtype: "int64" }).item()).toBe(7);
  });

  it.each<[DType, number | bigint]>([
    ["uint8", 256],
    ["uint8", -1],
    ["int8", 128],
    ["int16", -32769],
    ["int32", 2 ** 31],
    ["int64", 2n ** 63n],
    ["int32", 1.5],
    ["int64", Number.NaN],
    ["uint8", Number.POSITIVE_INFINITY],
  ])("refuses for %s what it cannot hold: %s", (dtype, value) => {
    expect(() => tensor([0, value], { dtype })).toThrow(
      `tensor: argument 'data' holds ${value}, which ${dtype} cannot represent`,
    );
  });

  it("refuses irregular data, and what is no data", () => {
    expect(() => tensor([[1], [2, 3]])).toThrow("expected an array of 1 at depth 1, got [2, 3]");
    expect(() => tensor([[1], 2])).toThrow("expected an array of 1 at depth 1, got 2");
    expect(() => tensor([1, [2]])).toThrow("expected a number at depth 1, got [2]");
    expect(() => tensor(["a"] as never)).toThrow('expected a number at depth 1, got "a"');
    expect(() => tensor(undefined as never)).toThrow("expected a number at depth 0, got undefined");
    expect(() => tensor([1], { dtype: "float" as never })).toThrow(
      "argument 'dtype' must be one of uint8, int8,",
    );
  });

  it("can want gradients", () => {
    const leaf = tensor([1], { requiresGrad: true, dtype: "float16" });
    expect([leaf.requiresGrad, leaf.isLeaf]).toEqual([true, true]);
    expect(() => tensor([1n], { requiresGrad: true })).toThrow("floating-point dtype");
  });
});

describe("fromTypedArray", () => {
  it("copies, so that later changes of the array do not matter", () => {
    const data = Float32Array.of(1, 2, 3, 4);
    const made = fromTypedArray(data, [2, 2]);
    data[0] = 9;
    expect(made.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("without a copy works on the array's own memory, in both directions", () => {
    const data = Float32Array.of(1, 2, 3, 4);
    const made = fromTypedArray(data, [2, 2], { copy: false });
    data[0] = 9;
    made.mul_(2);
    expect(made.toArray()).toEqual([
      [18, 4],
      [6, 8],
    ]);
    expect([...data]).toEqual([18, 4, 6, 8]);
  });

  it("takes a part of a buffer", () => {
    const data = Int32Array.from({ length: 10 }, (_, index) => index);
    const part = data.subarray(3, 7);
    for (const copy of [true, false])
      expect(fromTypedArray(part, [4], { copy }).toArray()).toEqual([3, 4, 5, 6]);
  });

  it("reads bit patterns as half precision, and bytes as booleans", () => {
    expect(fromTypedArray(Uint16Array.of(0x3c00, 0xc000), [2], { dtype: "float16" }).toArray()).toEqual([
      1, -2,
    ]);
    expect(fromTypedArray(Uint16Array.of(0x3f80, 0xc000), [2], { dtype: "bfloat16" }).toArray()).toEqual([
      1, -2,
    ]);
    const mask = fromTypedArray(Uint8Array.of(0, 1, 200), [3], { dtype: "bool" });
    expect(mask.toArray()).toEqual([false, true, true]);
    // Any other byte in a boolean would be undefined behavior in libtorch.
    expect([...mask.toTypedArray()]).toEqual([0, 1, 1]);
    expect(() => fromTypedArray(new Uint16Array(1))).toThrow("needs a dtype that it holds the bits of");
    expect(() => fromTypedArray(new DataView(new ArrayBuffer(4)) as never)).toThrow(
      "a DataView needs a dtype",
    );
  });

  it("converts to another dtype", () => {
    const made = fromTypedArray(Uint8Array.of(0, 128, 255), [3], { dtype: "float32" });
    expect(made.dtype).toBe("float32");
    expect(made.toArray()).toEqual([0, 128, 255]);
    expect(fromTypedArray(Float64Array.of(0.5), [1], { copy: false, dtype: "float32" }).item()).toBe(0.5);
  });

  it("takes empty arrays", () => {
    for (const copy of [true, false]) {
      expect(fromTypedArray(new Float32Array(0), [0, 3], { copy }).shape).toEqual([0, 3]);
    }
  });

  it("gives the array back when the last tensor over it is gone", () => {
    const before = liveTensors();
    const data = new Float32Array(1000);
    const made = fromTypedArray(data, [10, 100], { copy: false });
    const view = made.select(0, 3);
    made.dispose();
    view.fill_(1);
    expect([data[299], data[300], data[400]]).toEqual([0, 1, 0]);
    view.dispose();
    expect(liveTensors()).toBe(before);
  });

  it("holds the array itself as long as a tensor works on it", async () => {
    const { setFlagsFromString } = await import("node:v8");
    const { runInNewContext } = await import("node:vm");
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const settle = async () => {
      for (let i = 0; i < 5; i++) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        liveTensors(); // what was lent is let go with the next call that looks for it
        collectGarbage();
      }
    };
    const lend = () => {
      const data = new Float32Array(1_000_000).fill(3);
      return { made: fromTypedArray(data, [1_000_000], { copy: false }), array: new WeakRef(data) };
    };
    const { made, array } = lend();
    await settle();
    expect(array.deref()).toBeDefined();
    expect(made.sum().item()).toBe(3_000_000);
    made.dispose();
    await settle();
    expect(array.deref()).toBeUndefined();
  });
});

describe("shared memory", () => {
  it("is not copied: this thread sees what a worker wrote into it, and the worker what this thread computes", async () => {
    const shared = new SharedArrayBuffer(16);
    const mine = fromTypedArray(new Float32Array(shared), [4], { copy: false });
    mine.fill_(2);
    const seen = await inWorker(({ fromTypedArray: from }, buffer) => {
      const theirs = from(new Float32Array(buffer), [2, 2], { copy: false });
      const before = theirs.toArray();
      theirs.add_(5);
      return before;
    }, shared);
    expect(seen).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(mine.toArray()).toEqual([7, 7, 7, 7]);
    mine.dispose();
  });

  it("feeds a batch of bytes: written by a worker, normalized here", async () => {
    const bytes = new SharedArrayBuffer(6);
    await inWorker((_, buffer) => void new Uint8Array(buffer).set([0, 51, 102, 153, 204, 255]), bytes);
    const batch = fromTypedArray(new Uint8Array(bytes), [1, 3, 1, 2], { copy: false });
    const image = batch.to("float32").div(255);
    expect(image.flatten().toArray()).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1].map((x) => expect.closeTo(x, 6)));
  });
});

describe("generated constructors", () => {
  it("make what they say", () => {
    expect(zeros([2]).toArray()).toEqual([0, 0]);
    expect(ones([2], { dtype: "int32" }).dtype).toBe("int32");
    expect(full([2], 0.5).toArray()).toEqual([0.5, 0.5]);
    expect(empty([2, 3], { dtype: "float64" }).shape).toEqual([2, 3]);
    expect(arange(4).toArray()).toEqual([0, 1, 2, 3]);
    expect(arange(1, 3).toArray()).toEqual([1, 2]);
    expect(arange(0, 1, { step: 0.25 }).toArray()).toEqual([0, 0.25, 0.5, 0.75]);
    expect(linspace(0, 1, 3).toArray()).toEqual([0, 0.5, 1]);
    expect(eye(2).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(eye(1, 2).toArray()).toEqual([[1, 0]]);
    expect((randperm(5).toArray() as number[]).sort()).toEqual([0, 1, 2, 3, 4]);
    expect((randint(3, 5, [50]).toArray() as number[]).every((n) => n === 3 || n === 4)).toBe(true);
  });

  it("take the dtype of whole numbers for an integer one, as PyTorch does", () => {
    expect([full([1], 2).dtype, full([1], 2.5).dtype, arange(3).dtype]).toEqual([
      "int64",
      "float32",
      "int64",
    ]);
    expect(full([1], 2, { dtype: "float32" }).dtype).toBe("float32");
  });

  it("make tensors like another", () => {
    const model: Tensor = zeros([2, 3], { dtype: "float64" });
    for (const made of [
      model.zerosLike(),
      model.onesLike(),
      model.randLike(),
      model.randnLike(),
      model.fullLike(7),
    ]) {
      expect([made.dtype, made.shape]).toEqual(["float64", [2, 3]]);
    }
    expect(model.onesLike({ dtype: "int8" }).dtype).toBe("int8");
  });
});
