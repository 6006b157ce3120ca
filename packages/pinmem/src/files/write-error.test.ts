import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeWhole } from "./atomic-write.js";
import { asWriteError, isDiskFull, WriteError, writing } from "./write-error.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-write-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const refusal = (code: string) => Object.assign(new Error(`${code}: in the system's words, write`), { code });

describe("what cannot be written", () => {
  it("is told with the file, the reason and what to do", () => {
    const fail = () => {
      throw refusal("ENOSPC");
    };
    expect(() => writing("/data/x.json", fail)).toThrow(
      "/data/x.json: cannot be written: the disk is full. Free some space, then run this again",
    );
  });

  it("keeps errors of other kinds, and those that name their file already", () => {
    const [other, named] = [new Error("x"), new WriteError("a", "ENOSPC", "the disk is full")];
    expect(asWriteError("b", other)).toBe(other);
    expect(asWriteError("b", named)).toBe(named);
  });

  it("is told apart where the disk is full, also as the cause of another error", () => {
    expect(isDiskFull(new Error("weights cannot be saved", { cause: refusal("ENOSPC") }))).toBe(true);
    expect(isDiskFull(asWriteError("x", refusal("EDQUOT")))).toBe(true);
    for (const other of [refusal("EACCES"), new Error("x"), undefined]) expect(isDiskFull(other)).toBe(false);
  });

  it("leaves nothing behind: a file in a folder's place, a folder in a file's", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "x");
    await expect(writeWhole(join(file, "report.html"), "text")).rejects.toThrow(
      `${file}: cannot be written: it is a file, not a folder. Choose another place`,
    );
    expect(() => writing(file, () => mkdirSync(file, { recursive: true }))).toThrow(
      `${file}: cannot be written: it is a file, not a folder. Choose another place`,
    );
    mkdirSync(join(folder, "taken"));
    await expect(writeWhole(join(folder, "taken"), "text")).rejects.toThrow(
      "there is a folder of this name. Move it away, or choose another name",
    );
    expect(readdirSync(folder).sort()).toEqual(["file", "taken"]);
  });
});
