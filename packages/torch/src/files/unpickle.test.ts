import { describe, expect, test } from "vitest";
import { failure } from "../../test/files/failure.js";
import {
  checkpoint,
  global,
  int,
  ops,
  repeat,
  storage,
  tensor,
  text,
  tuple,
} from "../../test/files/pickle-builder.js";
import { fields } from "../../test/files/zip-builder.js";
import { type RawTensor, readPth } from "./index.js";

const content = (...parts: (string | Buffer)[]) =>
  readPth(checkpoint(ops(...parts), { empty: new Uint8Array(0) }));
const refusal = (...parts: (string | Buffer)[]) => failure(() => content(...parts)).message;
const bytesOf = (length: number) => Uint8Array.from({ length }, (_, index) => index);
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe("values that PyTorch's fixtures do not have", () => {
  test("integers of every width, signed", () => {
    const long = (bytes: number[]) => ops("\x8a", Buffer.from([bytes.length, ...bytes]));
    expect(
      content(
        "(",
        long([]),
        long([0xff]),
        long([0, 0x80]),
        long([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
        "l",
      ),
    ).toEqual([0, -1, -32768, 2n ** 63n - 1n]);
  });

  test("strings of Python 2 are text, or bytes where they are no UTF-8", () => {
    expect(content("(U\x02hiT\x02\x00\x00\x00\xff\x00l")).toEqual(["hi", Uint8Array.of(0xff, 0)]);
  });

  test("an OrderedDict of pairs, as Python 2 wrote it", () => {
    const pairs = ops("(", ops("(", text("b"), int(1), "l"), ops("(", text("a"), int(2), "l"), "l");
    expect(content(global("collections", "OrderedDict"), tuple(pairs), "R")).toEqual(
      new Map([
        ["b", 1],
        ["a", 2],
      ]),
    );
  });

  test("a numpy scalar in big-endian order", () => {
    const dtype = ops(
      global("numpy", "dtype"),
      tuple(text("f8"), int(0), int(1)),
      "R",
      tuple(int(3), text(">")),
      "b",
    );
    const bytes = ops("C\x08", Buffer.from([0x3f, 0xe0, 0, 0, 0, 0, 0, 0]));
    expect(content(global("numpy.core.multiarray", "scalar"), tuple(dtype, bytes), "R")).toBe(0.5);
  });

  test("a list longer than the reader's window", () => {
    const items = content("(", repeat(30_000, int), "l");
    expect(items).toEqual(Array.from({ length: 30_000 }, (_, index) => index));
  });

  test("a string longer than the reader's window", () => {
    const long = "ä".repeat(100_000);
    expect(content(text(long))).toBe(long);
  });
});

describe("programs that are no data", () => {
  test.each([
    ["os", "system"],
    ["builtins", "eval"],
    ["torch.hub", "load"],
    ["torch.storage", "_load_from_bytes"],
    ["numpy", "load"],
    ["collections", "__proto__"],
    ["torch", "constructor"],
    ["", ""],
  ])("the global %s.%s is refused by name", (module, name) => {
    const named = new RegExp(`global "${`${module}.${name}`.replaceAll(".", "\\.")}"`);
    expect(refusal(global(module, name))).toMatch(named);
    expect(refusal(text(module), text(name), "\x93")).toMatch(named);
  });

  test.each([
    ["calling a class that is only a name", ops(global("builtins", "list"), ")R"), /calls builtins\.list/],
    ["calling a value", ops("N)R"), /calls None/],
    ["a class as a value", global("torch", "FloatStorage"), /torch\.FloatStorage where a value should be/],
    ["a storage as a value", storage("empty", 0), /storage without a tensor/],
    ["setting the state of a list", ops("]Nb"), /sets the state of a list/],
    [
      "a rebuild function that rebuilds itself",
      ops(
        global("torch._tensor", "_rebuild_from_type_v2"),
        "(",
        global("torch._tensor", "_rebuild_from_type_v2"),
        global("torch", "Tensor"),
        "(tN",
        "tR",
      ),
      /rebuild function/,
    ],
    ["a device that is none", ops(global("torch", "device"), tuple(text("../x")), "R"), /no device/],
    ["extension registry", ops("\x82\x01"), /opcode 0x82/],
    ["an instance of an old class", ops("(ios\nsystem\n"), /opcode 0x69/],
    ["protocol 0", ops("I1\n"), /opcode 0x49/],
    ["protocol 6", ops("\x80\x06N"), /protocol 6/],
  ] as [string, Buffer, RegExp][])("%s is refused", (_name, pickle, reason) => {
    expect(refusal(pickle)).toMatch(reason);
  });

  test.each([
    ["an empty stack", ops("0"), /empty stack/],
    ["a value below the mark", ops("N(0"), /empty stack/],
    ["a mark that is not there", ops("t"), /never set/],
    ["a memo that is not there", ops("h\x05"), /never remembered/],
    ["a dictionary's key without value", ops("(Nd"), /last key has no value/],
    ["a list as a key", ops("(]Nd"), /key is a list or tuple/],
    ["items of no dictionary", ops("](NNu"), /not a dictionary/],
    ["text that is no UTF-8", ops("X\x01\x00\x00\x00\xff"), /not UTF-8/],
    ["text beyond the end", ops("X\xff\xff\xff\x7f"), /needs 2147483647 more bytes/],
    ["text of an impossible length", ops("\x8d\xff\xff\xff\xff\xff\xff\xff\xff"), /impossible/],
    ["a frame beyond the end", ops("\x95\xff\xff\x00\x00\x00\x00\x00\x00"), /frame/],
    ["an integer of a gigabyte", ops("\x8b\x00\x00\x00\x40"), /integer of 1073741824 bytes/],
  ] as [string, Buffer, RegExp][])("%s is refused", (_name, pickle, reason) => {
    expect(refusal(pickle)).toMatch(reason);
  });
});

describe("bombs", () => {
  // Remembers a list, then again and again a list that holds the last one twice.
  const laughs = (count: number) =>
    ops(
      "]q\x00",
      repeat(count, () => "(h\x00h\x00lq\x00"),
    );
  const nest = (depth: number) =>
    ops(
      "]",
      repeat(depth, () => "\x85"),
    );

  test("lists that double thirty times are refused", () => {
    expect(refusal(laughs(30))).toMatch(/repeat one another/);
    expect(content(laughs(5))).toBeInstanceOf(Array);
  });

  test("a list that contains itself is refused", () => {
    expect(refusal("]q\x00h\x00a")).toMatch(/contains itself/);
  });

  test("a nest that would overflow a recursive walk is refused, also where it is put together from two", () => {
    expect(content(nest(199))).toBeInstanceOf(Array);
    expect(refusal(nest(200))).toMatch(/more than 200 deep/);
    expect(refusal(nest(1_000_000))).toMatch(/deep|may take/);
    const extended = ops(
      "(",
      nest(150),
      "q\x00h\x00",
      repeat(100, () => "\x85"),
      "l",
    );
    expect(refusal(extended)).toMatch(/more than 200 deep/);
  });

  test.each([
    ["lists", repeat(100_000, () => "]")],
    ["marks", repeat(1_000_000, () => "(")],
    [
      "copies on the stack",
      ops(
        "N",
        repeat(1_000_000, () => "2"),
      ),
    ],
    [
      "entries of a dictionary",
      ops(
        "}",
        repeat(200_000, (index) => ops(int(index), "Ns")),
      ),
    ],
    [
      "remembered values",
      ops(
        "N",
        repeat(200_000, (index) => ops("r", fields([4, index]))),
      ),
    ],
  ])("%s that take more than twice the file are refused", (_name, pickle) => {
    expect(refusal(pickle)).toMatch(/may take/);
  });

  test("copying a remembered value without end is refused in time", () => {
    const members = ops("(", repeat(10_000, int), "lq\x000");
    const copies = repeat(10_000, () => ops(global("builtins", "set"), "h\x00\x85R0"));
    expect(refusal(members, copies)).toMatch(/may take/);

    const state = ops(
      "(",
      repeat(10_000, (index) => ops(int(index), "N")),
      "dq\x000",
    );
    const builds = repeat(100_000, () => "h\x00b");
    expect(refusal(state, global("argparse", "Namespace"), ")\x81", builds)).toMatch(/may take/);

    const source = ops(text("x".repeat(100_000)), "q\x000", global("_codecs", "encode"), "q\x010");
    const encoded = repeat(10_000, () => "h\x01h\x00U\x06latin1\x86R0");
    expect(refusal(source, encoded)).toMatch(/may take/);
  });
});

describe("tensors", () => {
  const read = (parts: Parameters<typeof tensor>[0], storages: Record<string, Uint8Array>) =>
    readPth(checkpoint(tensor(parts), storages)) as RawTensor;
  const refused = (parts: Parameters<typeof tensor>[0], storages: Record<string, Uint8Array>) =>
    failure(() => read(parts, storages)).message;
  const six = storage("0", 6);
  const data = { 0: floats(0, 1, 2, 3, 4, 5) };

  test("are gathered from their storage", () => {
    const { data: bytes } = read({ storage: six, offset: 1, shape: [2, 2], strides: [1, 3] }, data);
    expect([...new Float32Array(bytes.buffer)]).toEqual([1, 4, 2, 5]);
  });

  test.each([
    ["one element too far", { storage: six, offset: 1, shape: [6], strides: [1] }],
    ["an offset beyond the end", { storage: six, offset: 7, shape: [0], strides: [1] }],
    ["a negative offset", { storage: six, offset: -1, shape: [1], strides: [1] }],
    ["a negative stride", { storage: six, offset: 5, shape: [6], strides: [-1] }],
    ["a negative size", { storage: six, shape: [-1], strides: [1] }],
    ["more strides than sizes", { storage: six, shape: [1], strides: [1, 1] }],
    ["a product of sizes beyond 2^53", { storage: six, shape: [2 ** 30, 2 ** 30], strides: [0, 0] }],
    ["a stride that overflows", { storage: six, shape: [2, 2 ** 31], strides: [1, 2 ** 52] }],
    ["65 dimensions", { storage: six, shape: Array(65).fill(1), strides: Array(65).fill(1) }],
  ])("%s is refused before anything is taken", (_name, parts) => {
    expect(refused(parts, data)).toMatch(/a tensor (with|has)|offset|dimensions/);
  });

  test("an expanded tensor larger than twice the file is refused", () => {
    expect(refused({ storage: six, shape: [2 ** 40], strides: [0] }, data)).toMatch(
      /needs 4398046511104 bytes/,
    );
    expect(read({ storage: six, shape: [3, 2], strides: [0, 1] }, data).data.length).toBe(24);
  });

  test("many tensors on one storage are refused together", () => {
    const views = Array.from({ length: 5 }, (_, offset) =>
      tensor({ storage: storage("0", 1000), offset, shape: [900], strides: [1] }),
    );
    const storages = { 0: new Uint8Array(4000) };
    expect(failure(() => readPth(checkpoint(ops("(", ...views, "l"), storages))).message).toMatch(/may take/);
    const same = Array.from({ length: 5 }, () =>
      tensor({ storage: storage("0", 1000), shape: [900], strides: [1] }),
    );
    const list = readPth(checkpoint(ops("(", ...same, "l"), storages)) as RawTensor[];
    expect(new Set(list).size).toBe(1);
  });

  test.each([
    ["longer than its entry", storage("0", 7), /should have 7 elements/],
    ["longer than any file", storage("0", 2 ** 52), /more than the file can hold/],
    ["of negative length", storage("0", -1), /more than the file can hold/],
    ["that is not there", storage("1", 1), /not in the archive/],
    ["with a name that leads elsewhere", storage("../../etc/passwd", 1), /not in the archive/],
    ["of two types", ops(storage("0", 3), "0", storage("0", 3, "IntStorage")), /two different ways/],
    [
      "with a whole module",
      ops(tuple(text("module"), "N", text("m.py"), text("source")), "Q"),
      /whole module/,
    ],
  ])("a storage %s is refused", (_name, id, reason) => {
    expect(refused({ storage: id, shape: [1], strides: [1] }, data)).toMatch(reason);
  });

  test("a bool that is neither 0 nor 1 is refused", () => {
    const parts = { storage: storage("0", 3, "BoolStorage"), shape: [3], strides: [1] };
    expect(refused(parts, { 0: Uint8Array.of(0, 1, 2) })).toMatch(/byte 2 as a bool/);
  });

  test("lazy conjugates and negatives are refused", () => {
    const parts = [six, int(0), tuple(int(6)), tuple(int(1)), "\x89", "}", ops("(", text("neg"), "\x88d")];
    const pickle = ops(global("torch._utils", "_rebuild_tensor_v2"), tuple(...parts), "R");
    expect(failure(() => readPth(checkpoint(pickle, data))).message).toMatch(/conjugate or negative/);
  });

  test("every byte of a storage can be reached", () => {
    const parts = { storage: storage("0", 5, "ByteStorage"), offset: 4, shape: [1], strides: [1] };
    expect([...read(parts, { 0: bytesOf(5) }).data]).toEqual([4]);
  });
});
