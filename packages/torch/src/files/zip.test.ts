import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { failure } from "../../test/files/failure.js";
import { type BuiltEnd, type BuiltEntry, buildZip } from "../../test/files/zip-builder.js";
import { openInput } from "./input.js";
import { ZipArchive } from "./zip.js";

const folder = mkdtempSync(join(tmpdir(), "zip-"));
afterAll(() => rmSync(folder, { recursive: true }));

const entry = (name: string, data = "content", lies: Partial<BuiltEntry> = {}): BuiltEntry => ({
  name,
  data: Buffer.from(data),
  ...lies,
});

function read(file: string | Uint8Array, name: string): string {
  const input = openInput(file);
  const bytes = new ZipArchive(input).open(name);
  if (!bytes) throw new Error(`no entry ${name}`);
  const content = input.budget.allocate(bytes.size, name);
  bytes.readInto(content, 0);
  bytes.verify?.(content);
  input.close();
  return Buffer.from(content).toString();
}

const refusal = (entries: BuiltEntry[], end: BuiltEnd = {}) =>
  failure(() => read(buildZip(entries, end), "a")).message;

describe("entries", () => {
  test("are read at any position, stored and deflated, in either width of sizes", () => {
    const long = "abc".repeat(1000);
    for (const wide of [false, true]) {
      const archive = buildZip([entry("x", "first", { wide }), entry("a", long, { wide, deflate: true })], {
        wide,
      });
      // Deflated, the text is smaller than half of the archive's allowance only with some company.
      const roomy = buildZip(
        [
          entry("x", "first", { wide }),
          entry("fill", "-".repeat(5000)),
          entry("a", long, { wide, deflate: true }),
        ],
        { wide },
      );
      expect(read(archive, "x")).toBe("first");
      expect(read(roomy, "a")).toBe(long);
      expect(failure(() => read(archive, "a")).message).toMatch(/may take/);
    }
  });

  test("of nothing are read as nothing", () => {
    expect(read(buildZip([entry("a", "")]), "a")).toBe("");
    expect(read(buildZip([entry("a", "", { deflate: true })]), "a")).toBe("");
  });

  test("are found before a comment that looks like an end record", () => {
    const comment = Buffer.from("PK\x05\x06".padEnd(40, "\0"));
    expect(read(buildZip([entry("a")], { comment }), "a")).toBe("content");
  });

  test("beyond four gigabytes are read without reading what lies before", () => {
    const path = join(folder, "large.zip");
    const base = 5 * 2 ** 30;
    const descriptor = openSync(path, "w");
    ftruncateSync(descriptor, base);
    writeSync(
      descriptor,
      buildZip([entry("a", "far away", { wide: true })], { wide: true, base }),
      0,
      null,
      base,
    );
    closeSync(descriptor);
    expect(read(path, "a")).toBe("far away");
    rmSync(path);
  });
});

describe("directories that lie", () => {
  const next = entry("next", "something else");

  test.each<[string, BuiltEntry[], BuiltEnd, RegExp]>([
    ["two entries of one name", [entry("a"), entry("a")], {}, /"a" is there twice/],
    [
      "two entries on the same bytes",
      [entry("a"), entry("b", "content", { headerOffset: 0 })],
      {},
      /reaches into/,
    ],
    [
      "an entry longer than the space to the next",
      [entry("a", "content", { size: 60, compressedSize: 60 }), next],
      {},
      /reaches into/,
    ],
    [
      "an entry beyond the directory",
      [entry("a", "content", { size: 1e6, compressedSize: 1e6 })],
      {},
      /reaches into/,
    ],
    [
      "an entry that begins beyond the file",
      [entry("a", "content", { headerOffset: 1e6 })],
      {},
      /reaches into/,
    ],
    [
      "an entry that begins elsewhere",
      [entry("a", "content".repeat(20), { headerOffset: 9, size: 7, compressedSize: 7 })],
      {},
      /no header/,
    ],
    [
      "an extra field that moves an entry into the next",
      [entry("a", "content", { localExtra: 1 }), next],
      {},
      /reaches into/,
    ],
    ["a stored entry with two sizes", [entry("a", "content", { size: 6 })], {}, /two sizes/],
    ["a wrong checksum", [entry("a", "content", { crc: 1 })], {}, /checksum/],
    ["an encrypted entry", [entry("a", "content", { flags: 1 })], {}, /encrypted/],
    ["an unknown compression", [entry("a", "content", { method: 12 })], {}, /compression method 12/],
    [
      "a size of 2^63",
      [entry("a", "content", { wide: true, size: 2 ** 63, compressedSize: 7 })],
      {},
      /impossible/,
    ],
    ["more entries than there are", [entry("a")], { count: 2 }, /needs 4 more bytes/],
    ["fewer entries than there are", [entry("a"), next], { count: 1 }, /holds more than/],
    ["a directory outside of the file", [entry("a")], { directoryStart: 1e6 }, /outside of the file/],
    ["a directory in the middle of an entry", [entry("a")], { directoryStart: 3 }, /does not begin here/],
    [
      "a wide directory outside of the file",
      [entry("a")],
      { wide: true, directoryStart: 2 ** 50 },
      /outside of the file/,
    ],
    ["a split archive", [entry("a")], { disk: 1 }, /split/],
  ])("%s", (_name, entries, end, reason) => {
    expect(refusal(entries, end)).toMatch(reason);
  });

  test("no end record, and one that is cut", () => {
    const archive = buildZip([entry("a")]);
    for (let size = 0; size < archive.length; size++) {
      expect(failure(() => read(archive.subarray(0, size), "a")).message).toMatch(/the archive has no end/);
    }
  });
});

describe("compression", () => {
  const zeros = (size: number) => "\0".repeat(size);

  test("that would unpack to more than twice the file is refused", () => {
    const bomb = buildZip([entry("a", zeros(10_000_000), { deflate: true })]);
    expect(bomb.length).toBeLessThan(20_000);
    expect(failure(() => read(bomb, "a")).message).toMatch(/needs 10000000 bytes/);
  });

  test("of what hardly shrinks, as weights do, leaves room for the tensors beside it", () => {
    let state = 1;
    const bytes = Uint8Array.from({ length: 200_000 }, () => {
      state = (state * 1664525 + 1013904223) >>> 0;
      return state >>> 25; // 7 bits of 8
    });
    const text = Buffer.from(bytes).toString("latin1");
    const archive = buildZip([entry("a", text, { deflate: true })]);
    expect(archive.length).toBeLessThan(190_000);
    // It takes each byte once more, as readers of tensors do.
    expect(read(archive, "a") === text).toBe(true);
  });

  test("that unpacks to more or less than it declares is refused", () => {
    const filler = entry("fill", "-".repeat(3000));
    for (const size of [10, 2999, 3001]) {
      const entries = [filler, entry("a", zeros(3000), { deflate: true, size })];
      expect(refusal(entries)).toMatch(/inflate/);
    }
  });

  test("that is no deflated data is refused", () => {
    expect(refusal([entry("a", "content", { method: 8 })])).toMatch(/cannot be inflated/);
  });
});
