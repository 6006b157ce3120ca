import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { failure } from "../../test/files/failure.js";
import { fixtureBytes, fixturePath } from "../../test/files/fixtures.js";
import { type RawTensor, readSafetensors, writeSafetensors } from "./index.js";

const canLimitFiles = process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0;

/** Sets the largest file that this process may write: the nearest to a full disk that a test can have. */
const limitFiles = (bytes: string) =>
  execFileSync("prlimit", [`--fsize=${bytes}`, "--pid", String(process.pid)]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "safetensors-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const bytes = (...values: number[]): RawTensor => ({
  dtype: "uint8",
  shape: [values.length],
  data: Uint8Array.from(values),
});

describe("writing", () => {
  test("many small tensors can be read again", () => {
    const path = join(folder, "many");
    const names = Array.from({ length: 20_000 }, (_, at) => String(at));
    writeSafetensors(path, new Map(names.map((name) => [name, bytes(1)])));
    const { tensors } = readSafetensors(path);
    expect(tensors.size).toBe(names.length);
    expect(tensors.get("19999")?.data).toEqual(Uint8Array.of(1));
  });

  test.each(["model", "dtypes", "nothing"])(
    "gives the very bytes of the reference implementation: %s",
    (name) => {
      const { tensors, metadata } = readSafetensors(fixturePath(`${name}.safetensors`));
      const shuffled = new Map([...tensors].reverse());
      writeSafetensors(join(folder, "again"), shuffled, metadata);
      expect(new Uint8Array(readFileSync(join(folder, "again")))).toEqual(
        fixtureBytes(`${name}.safetensors`),
      );
    },
  );

  test("is read back as it was, metadata too", () => {
    const tensors = new Map<string, RawTensor>([
      [
        "weight",
        { dtype: "float64", shape: [2, 1], data: new Uint8Array(new Float64Array([1.5, Number.NaN]).buffer) },
      ],
      ["", bytes()],
      ['\u{1f600}\n\u0001"', bytes(1)],
      ["\uffff", bytes(2)],
    ]);
    const metadata = new Map([
      ["z", "\\\u007f\u2028"],
      ["a", ""],
    ]);
    writeSafetensors(join(folder, "file"), tensors, metadata);
    const content = readSafetensors(join(folder, "file"));
    expect(new Map(content.tensors)).toEqual(tensors);
    expect(content.metadata).toEqual(metadata);
    // By code point and not by UTF-16 unit, as the reference sorts.
    expect([...content.tensors.keys()]).toEqual(["weight", "", "\uffff", '\u{1f600}\n\u0001"']);
  });

  test("asks for the data of one tensor at a time, once, in the order of the file", () => {
    const asked: string[] = [];
    const lazy = (name: string): RawTensor => ({
      dtype: "uint8",
      shape: [1],
      get data() {
        asked.push(name);
        return Uint8Array.of(1);
      },
    });
    writeSafetensors(join(folder, "file"), new Map(["b", "a", "c"].map((name) => [name, lazy(name)])));
    expect(asked).toEqual(["a", "b", "c"]);
  });

  test("refuses what cannot be stored, and names it", () => {
    const refusal = (name: string, tensor: RawTensor, metadata?: Map<string, string>) =>
      failure(() => writeSafetensors(join(folder, "file"), new Map([[name, tensor]]), metadata)).message;
    expect(refusal("w", { ...bytes(1), shape: [2] })).toMatch(
      /tensor "w": uint8 of shape \[2\] takes 2 bytes, its data has 1/,
    );
    expect(refusal("w", { ...bytes(1), shape: [-1] })).toMatch(/cannot be stored/);
    expect(refusal("w", { ...bytes(1), dtype: "complex64" as "uint8" })).toMatch(/complex64/);
    expect(refusal("__metadata__", bytes(1))).toMatch(/Rename/);
    expect(refusal("half \ud800", bytes(1))).toMatch(/half a character/);
    expect(refusal("w", bytes(1), new Map([["k", "x".repeat(100_000_001)]]))).toMatch(/the format allows/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a file that was there before", () => {
  const broken = new Map<string, RawTensor>([
    ["a", { dtype: "uint8", shape: [1_000_000], data: new Uint8Array(1_000_000) }],
    ["b", { dtype: "uint8", shape: [2], data: new Uint8Array(1) }],
  ]);

  test("is replaced as a whole", () => {
    const path = join(folder, "file");
    writeSafetensors(
      path,
      new Map([["long", { dtype: "uint8", shape: [9999], data: new Uint8Array(9999) }]]),
    );
    writeSafetensors(path, new Map([["short", bytes(7)]]));
    expect([...readSafetensors(path).tensors.keys()]).toEqual(["short"]);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("is unchanged, and nothing else left, when writing fails halfway", () => {
    const path = join(folder, "file");
    writeFileSync(path, "before");
    failure(() => writeSafetensors(path, broken));
    expect(readFileSync(path, "utf8")).toBe("before");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("is unchanged, and nothing else left, when what gives the data throws", () => {
    const path = join(folder, "file");
    writeFileSync(path, "before");
    const throwing: RawTensor = {
      dtype: "uint8",
      shape: [1],
      get data(): Uint8Array {
        throw new TypeError("the tensor was disposed");
      },
    };
    expect(() => writeSafetensors(path, new Map([["a", throwing]]))).toThrow(TypeError);
    expect(readFileSync(path, "utf8")).toBe("before");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test.skipIf(!canLimitFiles)(
    "is unchanged, and nothing else left, when the system takes no more bytes",
    () => {
      const path = join(folder, "file");
      writeFileSync(path, "before");
      const tensors = new Map<string, RawTensor>([
        ["a", { dtype: "uint8", shape: [1_000_000], data: new Uint8Array(1_000_000) }],
      ]);
      limitFiles("100000:");
      try {
        expect(failure(() => writeSafetensors(path, tensors)).message).toMatch(
          /forbids files of this size.*a file that was there before is unchanged/s,
        );
      } finally {
        limitFiles("unlimited:");
      }
      expect(readFileSync(path, "utf8")).toBe("before");
      expect(readdirSync(folder)).toEqual(["file"]);
      writeSafetensors(path, tensors);
      expect(readSafetensors(path).tensors.size).toBe(1);
    },
  );

  test("is unchanged, and nothing else left, when the name cannot be replaced or the folder is missing", () => {
    mkdirSync(join(folder, "taken", "inside"), { recursive: true });
    expect(failure(() => writeSafetensors(join(folder, "taken"), new Map())).message).toMatch(
      /a folder of this name/,
    );
    expect(readdirSync(folder)).toEqual(["taken"]);
    expect(failure(() => writeSafetensors(join(folder, "none", "file"), new Map())).remedy).toBe(
      "Check the path.",
    );
  });
});
