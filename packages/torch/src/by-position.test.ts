import { describe, expect, it } from "vitest";
import * as torch from "./index.js";

const { cat, stack, Tensor, tensor } = torch;
const rows = () =>
  tensor([
    [1, 5, 2],
    [4, 3, 6],
  ]);
const plain = (value: unknown): unknown =>
  value instanceof Tensor ? value.toArray() : Array.isArray(value) ? value.map(plain) : value;

describe("dim", () => {
  const cases: Record<string, readonly [() => unknown, () => unknown, unknown]> = {
    argmax: [() => rows().argmax(1), () => rows().argmax({ dim: 1 }), [1, 2]],
    argmin: [() => rows().argmin(0), () => rows().argmin({ dim: 0 }), [0, 1, 0]],
    amax: [() => rows().amax([1]), () => rows().amax({ dim: [1] }), [5, 6]],
    amin: [() => rows().amin(1), () => rows().amin({ dim: 1 }), [1, 3]],
    sum: [() => rows().sum(1), () => rows().sum({ dim: 1 }), [8, 13]],
    mean: [() => rows().mean([0, 1]), () => rows().mean({ dim: [0, 1] }), 3.5],
    prod: [() => rows().prod(1), () => rows().prod({ dim: 1 }), [10, 72]],
    all: [() => rows().gt(1).all(1), () => rows().gt(1).all({ dim: 1 }), [false, true]],
    max: [
      () => rows().max(1),
      () => rows().max({ dim: 1 }),
      [
        [5, 6],
        [1, 2],
      ],
    ],
    median: [
      () => rows().median(1),
      () => rows().median({ dim: 1 }),
      [
        [2, 4],
        [2, 0],
      ],
    ],
    cumsum: [
      () => rows().cumsum(0),
      () => rows().cumsum({ dim: 0 }),
      [
        [1, 5, 2],
        [5, 8, 8],
      ],
    ],
    sort: [
      () => rows().sort(0)[0],
      () => rows().sort({ dim: 0 })[0],
      [
        [1, 3, 2],
        [4, 5, 6],
      ],
    ],
    argsort: [
      () => rows().argsort(1, { descending: true }),
      () => rows().argsort({ dim: 1, descending: true }),
      [
        [1, 2, 0],
        [2, 0, 1],
      ],
    ],
    topk: [() => rows().topk(1, 0)[0], () => rows().topk(1, { dim: 0 })[0], [[4, 5, 6]]],
    unbind: [
      () => rows().unbind(1),
      () => rows().unbind({ dim: 1 }),
      [
        [1, 4],
        [5, 3],
        [2, 6],
      ],
    ],
    chunk: [() => rows().chunk(2, 0), () => rows().chunk(2, { dim: 0 }), [[[1, 5, 2]], [[4, 3, 6]]]],
    split: [() => rows().split([1, 2], 1)[0], () => rows().split([1, 2], { dim: 1 })[0], [[1], [4]]],
    softmax: [
      () => torch.zeros([1, 2]).softmax(1),
      () => torch.zeros([1, 2]).softmax({ dim: 1 }),
      [[0.5, 0.5]],
    ],
    cat: [() => cat([rows(), rows()], 1).shape, () => cat([rows(), rows()], { dim: 1 }).shape, [2, 6]],
    stack: [
      () => stack([rows(), rows()], -1).shape,
      () => stack([rows(), rows()], { dim: -1 }).shape,
      [2, 3, 2],
    ],
    repeatInterleave: [
      () => rows().repeatInterleave(2, 0).shape,
      () => rows().repeatInterleave(2, { dim: 0 }).shape,
      [4, 3],
    ],
    flatten: [
      () => torch.ones([2, 3, 4]).flatten(1).shape,
      () => torch.ones([2, 3, 4]).flatten({ startDim: 1 }).shape,
      [2, 12],
    ],
    "flatten to a dimension": [
      () => torch.ones([2, 3, 4]).flatten(0, 1).shape,
      () => torch.ones([2, 3, 4]).flatten(0, { endDim: 1 }).shape,
      [6, 4],
    ],
    clamp: [
      () => rows().clamp(2, 4).select(0, 0),
      () => rows().clamp({ min: 2, max: 4 }).select(0, 0),
      [2, 4, 2],
    ],
  };

  it.each(Object.entries(cases))("of %s is given by position or by name", (_, [position, name, expected]) => {
    expect(plain(position())).toEqual(expected);
    expect(plain(name())).toEqual(expected);
  });

  it("stands before the options that have names only", () => {
    expect(rows().argmax(1, { keepdim: true }).shape).toEqual([2, 1]);
    expect(rows().amax([1], { keepdim: true }).shape).toEqual([2, 1]);
    expect(rows().sum([0, 1], { dtype: "float64" }).dtype).toBe("float64");
    expect(rows().argmax(null).item()).toBe(5);
  });

  it("is refused where it is given twice, and other options where they have no name", () => {
    expect(() => rows().argmax(1, { dim: 0 } as never)).toThrow(
      "argmax: argument 'dim' is given twice, by position and by name",
    );
    expect(() => rows().argmax(1, true as never)).toThrow(
      "argmax: takes its other arguments by name, { keepdim }, got true after the positional ones: write { keepdim: true }",
    );
    expect(() => rows().argmax({ axis: 1 } as never)).toThrow(
      "argmax: there is no option 'axis'; it takes dim, keepdim",
    );
    expect(() => rows().argmax({ keep_dim: true } as never)).toThrow("did you mean keepdim?");
    expect(() => rows().softmax({ dtype: "float64" } as never)).toThrow("softmax: argument 'dim' is missing");
    expect(() => rows().softmax(undefined as never)).toThrow("takes 2 arguments before its options, got 1");
    expect(() => rows().softmax("1" as never)).toThrow("argument 'dim'");
  });
});

describe("functions of the package", () => {
  it("are the methods, with the tensor first", () => {
    const pairs: [InstanceType<typeof Tensor>, InstanceType<typeof Tensor>][] = [
      [torch.exp(rows()), rows().exp()],
      [torch.matmul(rows(), rows().t()), rows().matmul(rows().t())],
      [torch.add(rows(), 1), rows().add(1)],
      [torch.mul(rows(), rows()), rows().mul(rows())],
      [torch.sum(rows(), 1, { keepdim: true }), rows().sum(1, { keepdim: true })],
      [torch.argmax(rows(), 1), rows().argmax(1)],
      [torch.maximum(rows(), torch.ones([3])), rows().maximum(torch.ones([3]))],
      [torch.flatten(rows()), rows().flatten()],
      [torch.sigmoid(rows()), rows().sigmoid()],
      [torch.relu(rows()), rows().relu()],
      [torch.zerosLike(rows()), rows().zerosLike()],
      [torch.clamp(rows(), 2, 3), rows().clamp(2, 3)],
      [torch.bitwiseOr(tensor([true, false]), tensor([false, false])), tensor([true, false])],
    ];
    for (const [found, expected] of pairs) expect(plain(found)).toEqual(plain(expected));
  });

  it("want a tensor, and say so", () => {
    expect(() => torch.exp([1, 2] as never)).toThrow("exp: argument 'self' must be a tensor, got [1, 2]");
    expect(() => torch.add(1 as never, rows())).toThrow("add: argument 'self' must be a tensor, got 1");
  });
});

describe("where", () => {
  const condition = () => tensor([true, false]);

  it("is, as a method, this tensor where the condition holds", () => {
    expect(
      tensor([1, 2])
        .where(condition(), tensor([3, 4]))
        .toArray(),
    ).toEqual([1, 4]);
    expect(torch.where(condition(), tensor([1, 2]), tensor([3, 4])).toArray()).toEqual([1, 4]);
  });

  it("says which order it takes", () => {
    expect(() => condition().where(5 as never, tensor([1, 2]))).toThrow(
      "where: argument 'condition' must be a tensor, got 5: x.where(condition, other) is x where the condition holds",
    );
  });
});

describe("conversions", () => {
  it("have PyTorch's names", () => {
    const t = tensor([0, 2.7]);
    expect(
      [t.long(), t.int(), t.short(), t.byte(), t.bool()].map((x) => [x.dtype, ...(x.toArray() as number[])]),
    ).toEqual([
      ["int64", 0, 2],
      ["int32", 0, 2],
      ["int16", 0, 2],
      ["uint8", 0, 2],
      ["bool", false, true],
    ]);
    expect([t.double(), t.float(), t.half(), t.bfloat16()].map(({ dtype }) => dtype)).toEqual([
      "float64",
      "float32",
      "float16",
      "bfloat16",
    ]);
  });
});
