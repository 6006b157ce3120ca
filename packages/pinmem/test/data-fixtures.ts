// The miniature files of the data tests (made by test/fixtures/*.py), what is in them, and folders built of them.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";
import { afterAll, onTestFinished } from "vitest";

const fixtures = new URL("./fixtures/", import.meta.url);

export const fixtureFile = (name: string): string => fileURLToPath(new URL(`files/${name}`, fixtures));

export const readFixture = (name: string): Uint8Array => readFileSync(fixtureFile(name));

export const readJson = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(name, fixtures), "utf8")) as T;

export const unpack = (packed: string): Uint8Array =>
  new Uint8Array(inflateSync(Buffer.from(packed, "base64")));

/** The pixels that the fixture script saw in a file, and their shape (height, width, channels). */
export function pixelsOf(name: string): { shape: number[]; data: Uint8Array } {
  const found = readJson<Record<string, { shape: number[]; data: string }>>("files.json")[name];
  if (!found) throw new Error(`files.json has no ${name}`);
  return { shape: found.shape, data: unpack(found.data) };
}

/** A folder that exists until the test has run, or outside of tests all tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-data-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    onTestFinished(remove);
  } catch {
    afterAll(remove);
  }
  return folder;
}

/** Builds a folder from miniature files: path below it, and the fixture to put there. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  for (const [path, fixture] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(fixtureFile(fixture), join(root, path));
  }
  return root;
}
