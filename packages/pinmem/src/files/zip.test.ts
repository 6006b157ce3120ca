import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { zipOf } from "../../test/zip-builder.js";
import { openZip } from "./zip.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-zip-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const archive = (bytes: Uint8Array) => {
  const path = join(folder, "a.zip");
  writeFileSync(path, bytes);
  return path;
};
const large = "many bytes ".repeat(300_000);

test("entries come out as they went in, deflated or stored, empty or larger than a part", async () => {
  const files = { "a/b.txt": "text", "=stored.bin": "stored", empty: "", large };
  await using zip = await openZip(archive(zipOf(files)));
  expect(zip.entries.map(({ name, size }) => [name, size])).toEqual([
    ["a/b.txt", 4],
    ["stored.bin", 6],
    ["empty", 0],
    ["large", large.length],
  ]);
  for (const entry of zip.entries) {
    await zip.extract(entry, join(folder, "out"));
    const expected = files[entry.name as keyof typeof files] ?? "stored";
    expect(readFileSync(join(folder, "out"), "utf8") === expected, entry.name).toBe(true);
  }
});

test("a damaged archive is refused by its name: cut, changed inside, or none at all", async () => {
  const bytes = zipOf({ "=stored": "content", packed: large });
  await expect(openZip(archive(bytes.subarray(0, -10)))).rejects.toThrow(/a\.zip: is no zip archive/);
  await expect(openZip(archive(Buffer.from("<html>")))).rejects.toThrow(/is no zip archive/);
  const extract = async (at: number, name: string) => {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 0xff;
    await using zip = await openZip(archive(changed));
    const entry = zip.entries.find((one) => one.name === name);
    if (entry) await zip.extract(entry, join(folder, "out"));
  };
  await expect(extract(bytes.indexOf("content"), "stored")).rejects.toThrow(/a\.zip: stored is damaged/);
  await expect(extract(bytes.indexOf("packed") + 20, "packed")).rejects.toThrow(/packed is damaged/);
  await expect(extract(0, "stored")).rejects.toThrow(/stored is damaged/);
});

test("what it does not know is refused by name: zip64, encryption, other packings", async () => {
  const bytes = zipOf({ "a.txt": "text" });
  const directory = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  const changed = (at: number, ...values: number[]) => {
    const other = Buffer.from(bytes);
    other.set(values, directory + at);
    return archive(other);
  };
  await expect(openZip(changed(24, 255, 255, 255, 255))).rejects.toThrow(/a\.zip: is of the kind zip64/);
  await expect(openZip(changed(8, 1))).rejects.toThrow(/a\.zip: is encrypted/);
  await using zip = await openZip(changed(10, 12));
  const [entry] = zip.entries;
  if (entry) {
    await expect(zip.extract(entry, join(folder, "out"))).rejects.toThrow(/a\.txt is packed by method 12/);
  }
});
