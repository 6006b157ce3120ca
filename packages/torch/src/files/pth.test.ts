import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { failure } from "../../test/files/failure.js";
import { asJson, fixtureBytes, fixtureJson, fixturePath, fixturesNamed } from "../../test/files/fixtures.js";
import { checkpoint, ops } from "../../test/files/pickle-builder.js";
import { buildZip } from "../../test/files/zip-builder.js";
import { openPth, readPth, StoredTensor, TensorFileError } from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "pth-"));
afterAll(() => rmSync(folder, { recursive: true }));

const accepted = fixturesNamed(/^(?!refused).*\.pth$/);
const refused = fixturesNamed(/^refused.*\.pth$/);

describe("what PyTorch wrote", () => {
  test.each(accepted)("%s is read as PyTorch reads it, from a path", (name) => {
    expect(asJson(readPth(fixturePath(name)))).toEqual(fixtureJson(name.replace(".pth", ".json")));
  });

  test.each(accepted)("%s is read the same from memory", (name) => {
    expect(asJson(readPth(fixtureBytes(name)))).toEqual(fixtureJson(name.replace(".pth", ".json")));
  });

  test("fixtures of two PyTorch versions and both formats are there", () => {
    expect(accepted.filter((name) => name.includes("torch1.13")).length).toBeGreaterThanOrEqual(13);
    expect(accepted.filter((name) => name.includes("torch2.13")).length).toBeGreaterThanOrEqual(14);
    expect(accepted.filter((name) => name.startsWith("legacy-")).length).toBeGreaterThanOrEqual(10);
  });

  test.each(["views.torch2.13.pth", "legacy-views.torch1.13.pth"])(
    "%s: a tensor saved twice is one object",
    (name) => {
      using file = openPth(fixturePath(name));
      const value = file.value as Map<string, StoredTensor>;
      expect(value.get("base")).toBeInstanceOf(StoredTensor);
      expect(value.get("same")).toBe(value.get("base"));
      expect(value.get("transposed")).not.toBe(value.get("base"));
    },
  );

  test("data is dense and at the start of its own buffer", () => {
    const value = readPth(fixturePath("views.torch2.13.pth")) as Map<string, { data: Uint8Array }>;
    for (const { data } of value.values()) {
      expect([data.byteOffset, data.byteLength]).toEqual([0, data.buffer.byteLength]);
    }
  });

  test("shapes and dtypes are known before anything is read", () => {
    using file = openPth(fixturePath("checkpoint.torch1.13.pth"));
    const memory = (file.value as Map<string, StoredTensor>).get("memory");
    expect([memory?.dtype, memory?.shape]).toEqual(["float32", [19, 8]]);
  });
});

describe("what holds more than data", () => {
  const reasons: Record<string, RegExp> = {
    "refused-system": /global "posix\.system"/,
    "refused-legacy-eval": /global "__builtin__\.eval"/,
    "refused-protocol4-getattr": /global "builtins\.getattr"/,
    "refused-module": /global "torch\.nn\.modules\.container\.Sequential"/,
    "refused-complex": /"torch\.ComplexFloatStorage", whose element type is not supported/,
    "refused-sparse": /global "torch\._utils\._rebuild_sparse_tensor"/,
    "refused-torchscript": /TorchScript archive/,
  };

  test.each(refused)("%s is refused, with the reason and a remedy, and nothing runs", (name) => {
    const error = failure(() => readPth(fixturePath(name)));
    expect(error.message).toMatch(reasons[name.split(".")[0] ?? ""] ?? /unknown fixture/);
    expect(error.message).toContain(fixturePath(name));
    expect(error.remedy).toMatch(/[Ss]ave|Convert/);
    expect(existsSync("code-from-a-checkpoint-ran")).toBe(false);
  });
});

describe("what is no checkpoint", () => {
  const tar = Buffer.alloc(1024);
  tar.write("ustar", 257);
  const cases: [name: string, bytes: Uint8Array, problem: RegExp][] = [
    ["an empty file", new Uint8Array(0), /empty/],
    ["a tar checkpoint", tar, /tar format of PyTorch 0\.1/],
    ["a Git LFS pointer", Buffer.from("version https://git-lfs.github.com/spec/v1\noid"), /git lfs pull/],
    ["a web page", Buffer.from("<!DOCTYPE html><html>"), /web page/],
    ["a safetensors file", fixtureBytes("model.safetensors"), /safetensors/],
    ["text", Buffer.from("epoch 1"), /no checkpoint of PyTorch/],
    ["a plain pickle", ops("\x80\x02K\x01."), /torch\.save did not write it/],
    ["some other zip", buildZip([{ name: "word/document.xml", data: Buffer.from("<a/>") }]), /no data\.pkl/],
    [
      "a big-endian checkpoint",
      buildZip([
        { name: "a/data.pkl", data: ops("\x80\x02N.") },
        { name: "a/byteorder", data: Buffer.from("big") },
      ]),
      /byte order is "big"/,
    ],
  ];

  test.each(cases)("%s is named as what it is", (_name, bytes, problem) => {
    expect(failure(() => readPth(bytes)).message).toMatch(problem);
  });

  test("a big-endian legacy file is refused", () => {
    const bytes = Buffer.from(fixtureBytes("legacy-views.torch1.13.pth"));
    const flag = bytes.indexOf("little_endian") + "little_endianq\x03".length;
    expect(bytes[flag]).toBe(0x88);
    bytes[flag] = 0x89;
    expect(failure(() => readPth(bytes)).message).toMatch(/big-endian/);
  });

  test.skipIf(process.platform === "win32")("a pipe is refused, and not waited for", () => {
    const pipe = join(folder, "pipe.pth");
    execFileSync("mkfifo", [pipe]);
    expect(failure(() => readPth(pipe)).message).toMatch(/pipe\.pth.*not a regular file/);
  });

  test("a missing file, a folder and a device are errors with the path", () => {
    expect(failure(() => readPth(join(folder, "none.pth")))).toMatchObject({
      file: join(folder, "none.pth"),
      remedy: "Check the path.",
    });
    expect(failure(() => readPth(folder)).message).toMatch(/not a regular file/);
    expect(failure(() => readPth("/dev/null")).message).toMatch(/not a regular file/);
  });
});

describe("an open file", () => {
  test("refuses to read after it was closed", () => {
    const file = openPth(fixturePath("state-dict.torch2.13.pth"));
    const tensor = [...(file.value as Map<string, StoredTensor>).values()][0] as StoredTensor;
    expect(tensor.read().data.length).toBe(432);
    file.close();
    file.close();
    expect(failure(() => tensor.read()).message).toMatch(/closed before/);
  });

  test("follows symbolic links", () => {
    symlinkSync(fixturePath("state-dict.torch2.13.pth"), join(folder, "link.pth"));
    expect(readPth(join(folder, "link.pth"))).toBeInstanceOf(Map);
  });

  test("notices a storage whose bytes changed", () => {
    const bytes = Buffer.from(fixtureBytes("state-dict.torch1.13.pth"));
    const weight = readPth(bytes) as Map<string, { data: Uint8Array }>;
    const at = bytes.indexOf(weight.get("0.weight")?.data as Uint8Array);
    bytes[at + 100] = (bytes[at + 100] ?? 0) ^ 1;
    expect(failure(() => readPth(bytes)).message).toMatch(/"[^"]*data\/0" does not match its checksum/);
  });

  test("is an error however it is cut short", () => {
    for (const name of ["checkpoint.torch2.13.pth", "legacy-checkpoint.torch1.13.pth"]) {
      const bytes = fixtureBytes(name);
      for (let size = 0; size < bytes.length; size += 13) {
        expect(failure(() => readPth(bytes.subarray(0, size)))).toBeInstanceOf(TensorFileError);
      }
    }
  });

  test("does not let a hostile name flood the message", () => {
    const long = "x".repeat(200);
    const error = failure(() => readPth(checkpoint(ops(`c${long}\n${long}\n`))));
    expect(error.message.length).toBeLessThan(500);
  });

  test("does not stay open when its content is refused", () => {
    const path = join(folder, "refused.pth");
    writeFileSync(path, checkpoint(ops("cos\nsystem\n")));
    for (let attempt = 0; attempt < 3000; attempt++) failure(() => openPth(path));
  });
});
