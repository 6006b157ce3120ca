import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { DataError } from "./data-error.js";
import { readJsonFile } from "./json-file.js";

const root = temporaryFolder();

function holding(content: string | Uint8Array): string {
  const file = join(root, "some.json");
  writeFileSync(file, content);
  return file;
}

describe("readJsonFile", () => {
  it("reads what is JSON", () => {
    expect(readJsonFile(holding('{"a": [1, null]}'))).toEqual({ a: [1, null] });
  });

  it.each([
    ["", "it is empty"],
    [" \n", "it is empty"],
    ['{"a": 1', "line 1: expected ',' or '}' after property value"],
    ['{\n"a": 1\n"b": 2}', "line 3: expected ',' or '}' after property value"],
    ["[1,", "it ends too early"],
    ["secret words", "unexpected token 's'"],
    ['{\n"password": hush, "other": "things that are long"}', "unexpected token 'h'"],
    [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1, 2), "it is not even text"],
  ])("says what is wrong with %j, and nothing of what it holds", (content, problem) => {
    const file = holding(content);
    expect(() => readJsonFile(file)).toThrow(new DataError(file, `is no JSON: ${problem}`));
  });

  it("refuses what is nested without end, in which checks would lose themselves", () => {
    const file = holding(`{"a": ${"[".repeat(500_000)}${"]".repeat(500_000)}}`);
    expect(() => readJsonFile(file)).toThrow(/some\.json: is nested more than 100 levels deep/);
  });

  it("does not wait for a pipe, nor read a device without end", () => {
    const pipe = join(root, "pipe.json");
    execFileSync("mkfifo", [pipe]);
    symlinkSync("/dev/zero", join(root, "zero.json"));
    for (const file of [pipe, join(root, "zero.json")])
      expect(() => readJsonFile(file)).toThrow(
        new DataError(file, "is a pipe, a socket or a device, not a file"),
      );
  });

  it("names what is no file, or too large to be one of its kind", () => {
    expect(() => readJsonFile(join(root, "gone"))).toThrow(/gone: does not exist$/);
    expect(() => readJsonFile(join(holding("1"), "below"))).toThrow(/a part of this path is a file/);
    mkdirSync(join(root, "folder"));
    expect(() => readJsonFile(join(root, "folder"))).toThrow(/folder: is a folder, not a file$/);
    expect(() => readJsonFile(holding("123456"), 5)).toThrow(
      /has 6 bytes; no file of this kind has more than 5/,
    );
  });
});
