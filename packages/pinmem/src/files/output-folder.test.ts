import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { makeFolder, requireWritable, requireWritableFile } from "./output-folder.js";

let root: string;
beforeEach(() => {
  root = temporaryFolder();
  writeFileSync(join(root, "file"), "x");
});

describe("makeFolder", () => {
  it("makes what is missing, and tells where that began", () => {
    expect(makeFolder(join(root, "a/b/c"))).toBe(join(root, "a"));
    expect(statSync(join(root, "a/b/c")).isDirectory()).toBe(true);
    expect(makeFolder(join(root, "a/b/c"))).toBeUndefined();
  });

  it("says what stands in the way", () => {
    expect(() => makeFolder(join(root, "file"))).toThrow(
      /file: cannot be written: it is a file, not a folder/,
    );
    expect(() => makeFolder(join(root, "file/below/it"))).toThrow(
      `${join(root, "file/below/it")}: cannot be written: ${join(root, "file")} is a file, not a folder`,
    );
  });

  it.runIf(process.platform === "linux")("comes to an end where the system makes no folders", () => {
    expect(() => makeFolder("/proc/pinmem/runs")).toThrow(/cannot be written: .*\. Choose another place/);
  });
});

describe("requireWritable", () => {
  it("leaves nothing where all is well", () => {
    requireWritable(root);
    requireWritable(join(root, "not/there/yet"));
    requireWritableFile(join(root, "not/there.json"));
    requireWritableFile(join(root, "file"));
    expect(readdirSync(root)).toEqual(["file"]);
  });

  it("refuses what could not be written later, and names it", () => {
    expect(() => requireWritable(join(root, "file"))).toThrow(/file: cannot be written: it is a file/);
    expect(() => requireWritableFile(join(root, "file/x.json"))).toThrow(
      `${join(root, "file/x.json")}: cannot be written: ${join(root, "file")} is a file, not a folder`,
    );
    mkdirSync(join(root, "folder"));
    expect(() => requireWritableFile(join(root, "folder"))).toThrow(/there is a folder of this name/);
    expect(existsSync(join(root, "folder"))).toBe(true);
  });
});
