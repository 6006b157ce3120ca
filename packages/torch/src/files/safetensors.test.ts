import { describe, expect, test } from "vitest";
import { failure } from "../../test/files/failure.js";
import { fixtureBytes, fixtureJson, fixturePath, tensorAsJson } from "../../test/files/fixtures.js";
import { openSafetensors, readSafetensors } from "./index.js";

/** A file of this header, padded as it is, and this many bytes of data. */
function built(header: string, dataSize = 0, declared?: bigint): Buffer {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(declared ?? BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataSize, 1)]);
}

const info = (dtype: string, shape: string, begin: number | string, end: number | string) =>
  `{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`;

const one = (entry: string) => `{"a":${entry}}`;

describe("what the reference implementation wrote", () => {
  test.each(["model", "dtypes", "nothing"])("%s is read, from a path and from memory", (name) => {
    const expected = fixtureJson(`${name}.safetensors.json`) as { tensors: object; metadata: object };
    for (const file of [fixturePath(`${name}.safetensors`), fixtureBytes(`${name}.safetensors`)]) {
      const { tensors, metadata } = readSafetensors(file);
      const found = [...tensors].map(([key, tensor]) => [key, tensorAsJson(tensor)] as const);
      expect(new Map(found)).toEqual(new Map(Object.entries(expected.tensors)));
      expect(metadata).toEqual(new Map(Object.entries(expected.metadata)));
    }
  });

  test("a name such as __proto__ is a name like any other", () => {
    const { tensors } = readSafetensors(fixturePath("dtypes.safetensors"));
    expect(tensors.get("__proto__")?.data).toEqual(Uint8Array.of(8));
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe("an open file", () => {
  test("reads single tensors, each into a buffer of its own, until it is closed", () => {
    const file = openSafetensors(fixturePath("model.safetensors"));
    const weight = file.tensors.get("conv.weight");
    expect([weight?.dtype, weight?.shape]).toEqual(["float32", [2, 3, 1, 1]]);
    const [first, second] = [weight?.read(), weight?.read()];
    expect([...new Float32Array(first?.data.buffer as ArrayBuffer)]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(first?.data.buffer).not.toBe(second?.data.buffer);
    file.close();
    expect(failure(() => weight?.read()).message).toMatch(/closed before/);
  });
});

describe("headers that JSON allows and the format does not forbid", () => {
  test("spaces, any order of fields, escapes, metadata after the tensors", () => {
    const header = ` { "\\u0061\\n" : { "shape" : [ 2 , 1 ] , "data_offsets":[0,2],\t"dtype":"U8" } ,
      "__metadata__" : { "k" : "\\"v\\\\" } } `.trimStart();
    const { tensors, metadata } = readSafetensors(built(header, 2));
    expect(tensors.get("a\n")).toEqual({ dtype: "uint8", shape: [2, 1], data: Uint8Array.of(1, 1) });
    expect(metadata.get("k")).toBe('"v\\');
  });

  test("null for metadata that are not there", () => {
    const { tensors, metadata } = readSafetensors(
      built(`{"__metadata__":null,"a":${info("U8", "1", 0, 1)}}`, 1),
    );
    expect([tensors.size, metadata.size]).toEqual([1, 0]);
    expect(failure(() => readSafetensors(built(`{"__metadata__":nil}`))).message).toMatch(
      /neither an object nor null/,
    );
  });

  test("200,000 tensors, be they empty", () => {
    const entries = Array.from({ length: 200_000 }, (_, index) => `"${index}":${info("U8", "0", 0, 0)}`);
    using file = openSafetensors(built(`{${entries}}`));
    expect(file.tensors.size).toBe(entries.length);
  });

  test("empty tensors between others", () => {
    const header = `{"b":${info("U8", "1", 0, 1)},"a":${info("F32", "0,7", 1, 1)},"c":${info("I8", "", 1, 2)}}`;
    expect([...readSafetensors(built(header, 2)).tensors.keys()]).toEqual(["b", "a", "c"]);
  });
});

describe("headers that are refused", () => {
  test.each<[string, Buffer, RegExp]>([
    ["no header", Buffer.alloc(7), /needs 8 more bytes/],
    ["a header beyond the end", built("{}", 0, 3n), /longer than the format or the file/],
    ["a header of 2^64 - 1 bytes", built("{}", 0, 2n ** 64n - 1n), /impossible/],
    ["a header of 100 megabytes and one byte", built("{}", 0, 100_000_001n), /longer than the format/],
    ["a header that does not begin with a brace", built(" {}"), /does not begin with "\{"/],
    ["a header cut short", built('{"a":{"dtype":"U8"'), /needs 1 more bytes/],
    ["something after the header", built("{} x"), /follows the header's last brace/],
    ["a header of a nest", built(`{"a":${"[".repeat(50_000)}`), /"\{" is missing/],
    ["a list as a tensor", built('{"a":[]}'), /"\{" is missing/],
    ["a nest in a shape", built(one(info("U8", "[[1]]", 0, 1)), 1), /no whole number/],
    [
      "a name twice",
      built(`{"a":${info("U8", "1", 0, 1)},"a":${info("U8", "1", 0, 1)}}`, 1),
      /"a" is there twice/,
    ],
    [
      "a name twice, once escaped",
      built(`{"a":${info("U8", "0", 0, 0)},"\\u0061":${info("U8", "0", 0, 0)}}`),
      /twice/,
    ],
    ["two sets of metadata", built('{"__metadata__":{},"__metadata__":{}}'), /twice/],
    ["metadata twice", built('{"__metadata__":{"k":"1","k":"2"}}'), /metadata "k" is there twice/],
    ["metadata that is no text", built('{"__metadata__":{"k":1}}'), /"\\"" is missing/],
    ["a field twice", built('{"a":{"dtype":"U8","dtype":"U8"}}'), /the field "dtype" twice/],
    ["an unknown field", built('{"a":{"dtype":"U8","layout":"x"}}'), /"layout" twice, or it is unknown/],
    [
      "a missing field",
      built('{"a":{"dtype":"U8","shape":[]}}'),
      /needs a dtype, a shape and two data_offsets/,
    ],
    ["three offsets", built('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0,0]}}'), /two data_offsets/],
    ["a comma at the end", built('{"a":{"dtype":"U8",}}'), /"\\"" is missing/],
    ["a control character in a name", built('{"a\nb":1}'), /control character/],
    ["an unknown escape", built('{"\\x":1}'), /escape/],
    ["half a character", built('{"\\ud800":1}'), /escape/],
    [
      "a name that is not UTF-8",
      Buffer.from(built('{"a":1}').map((byte) => (byte === 0x61 ? 0xff : byte))),
      /not UTF-8/,
    ],
    ["a negative size", built(one(info("U8", "-1", 0, 1)), 1), /no whole number/],
    ["a fraction", built(one(info("U8", "1.0", 0, 1)), 1), /"," or "\]" is missing/],
    ["a number that begins with 0", built(one(info("U8", "01", 0, 1)), 1), /begins with 0/],
    ["an offset of 2^64", built(one(info("U8", "1", 0, "18446744073709551616")), 1), /impossibly large/],
    [
      "an unknown dtype",
      built(one(info("F8_E4M3", "1", 0, 1)), 1),
      /dtype "F8_E4M3", which is not supported/,
    ],
    ["a dtype of Object's prototype", built(one(info("constructor", "1", 0, 1)), 1), /not supported/],
  ])("%s", (_name, bytes, reason) => {
    expect(failure(() => readSafetensors(bytes)).message).toMatch(reason);
  });
});

describe("layouts that are refused", () => {
  const two = (first: string, second: string) => `{"a":${first},"b":${second}}`;

  test.each<[string, Buffer, RegExp]>([
    ["a tensor that does not begin at 0", built(one(info("U8", "1", 1, 2)), 2), /a gap or an overlap/],
    [
      "a hole",
      built(two(info("U8", "1", 0, 1), info("U8", "1", 2, 3)), 3),
      /tensor "b".*begins at 2 and should at 1/,
    ],
    [
      "an overlap",
      built(two(info("U8", "2", 0, 2), info("U8", "2", 1, 3)), 3),
      /begins at 1 and should at 2/,
    ],
    ["two tensors on the same bytes", built(two(info("U8", "1", 0, 1), info("U8", "1", 0, 1)), 1), /overlap/],
    ["an end before the begin", built(one(info("U8", "0", 1, 0)), 1), /a gap or an overlap/],
    ["more data than tensors", built(one(info("U8", "1", 0, 1)), 2), /take 1 bytes, the file has 2/],
    ["less data than tensors", built(one(info("U8", "3", 0, 3)), 2), /take 3 bytes, the file has 2/],
    [
      "a size that its shape does not give",
      built(one(info("F32", "2", 0, 4)), 4),
      /F32 of shape \[2\] does not take 4/,
    ],
    [
      "a shape whose product overflows",
      built(one(info("F32", `${2 ** 31},${2 ** 31},4`, 0, 0))),
      /does not take 0/,
    ],
    ["a shape beyond memory", built(one(info("U8", `${2 ** 45}`, 0, 2 ** 45)), 4), /take/],
  ])("%s", (_name, bytes, reason) => {
    expect(failure(() => readSafetensors(bytes)).message).toMatch(reason);
  });

  test("more dimensions than a tensor can have", () => {
    const ones = Array(65).fill(1).join();
    expect(failure(() => readSafetensors(built(one(info("U8", ones, 0, 1)), 1))).message).toMatch(
      /tensor "a": has 65 dimensions, at most 64 can be/,
    );
  });

  test("a bool that is neither 0 nor 1 is refused when it is read", () => {
    const bytes = built(one(info("BOOL", "2", 0, 2)), 2);
    expect(readSafetensors(bytes).tensors.get("a")?.data).toEqual(Uint8Array.of(1, 1));
    bytes[bytes.length - 1] = 2;
    expect(failure(() => readSafetensors(bytes)).message).toMatch(/tensor "a": holds the byte 2 as a bool/);
  });

  test("a file is an error however it is cut short", () => {
    const bytes = fixtureBytes("dtypes.safetensors");
    for (let size = 0; size < bytes.length; size++) failure(() => readSafetensors(bytes.subarray(0, size)));
  });
});

describe("the file's own name", () => {
  test("stays in the one line of its error", () => {
    const { message, file } = failure(() => openSafetensors("gone\nall is well\u001b[2J.safetensors"));
    expect(message).toMatch(/^gone\\x0aall is well\\x1b\[2J\.safetensors: /u);
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(file).toBe("gone\nall is well\u001b[2J.safetensors");
  });
});

describe("files that are no safetensors, whatever their name", () => {
  test.each([
    [
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n",
      /a Git LFS pointer.*git lfs pull/,
    ],
    ["<!DOCTYPE html><html><body>Sign in</body></html>", /a web page.*direct address/],
    [
      "Access to model a/b is restricted. You must have access to it and be authenticated. Please log in.",
      /a server's answer and not the file: "Access to model a\/b is restricted.*Sign in/,
    ],
    ['{"error":"Entry not found"}', /a server's answer and not the file: "\{"error":"Entry not found"\}"/],
    ["", /the file is empty/],
    ["PK\x03\x04\x14\0\0\0\0\0archive", /a checkpoint of PyTorch/],
  ])("%j is told for what it is", (content, message) => {
    expect(failure(() => readSafetensors(Buffer.from(content, "latin1"))).message).toMatch(message);
  });
});
