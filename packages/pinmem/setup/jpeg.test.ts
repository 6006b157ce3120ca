import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordingReporter } from "../../torch/setup/testing.js";
import { ensureJpeg, jpegCurrent } from "./jpeg.mjs";

const packages = fileURLToPath(new URL("../..", import.meta.url));
let root: string;
let packageDir: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pinmem-jpeg-"));
  packageDir = join(root, "packages/pinmem");
  mkdirSync(packageDir, { recursive: true });
  cpSync(join(packages, "pinmem/native"), join(packageDir, "native"), { recursive: true });
  symlinkSync(join(packages, "torch"), join(root, "packages/torch"));
  symlinkSync(join(packages, "../node_modules"), join(root, "node_modules"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("the addon for JPEG files", () => {
  it("that cannot be built is done without: the reason is said once, and set-up goes on", async () => {
    writeFileSync(join(packageDir, "native/jpeg.cpp"), "#error no such luck\n");
    const report = recordingReporter();
    expect(jpegCurrent(packageDir)).toBe(false);
    await ensureJpeg(packageDir, { report });
    expect(report.lines.join("\n")).toMatch(/JPEG files will be decoded by libvips, more slowly: /);
    expect(existsSync(join(packageDir, "build/jpeg.node"))).toBe(false);

    const said = report.lines.length;
    expect(jpegCurrent(packageDir)).toBe(true);
    await ensureJpeg(packageDir, { report });
    expect(report.lines).toHaveLength(said);
  });

  it("is looked at again when its source changes", async () => {
    const source = join(packageDir, "native/jpeg.cpp");
    writeFileSync(source, "#error one\n");
    await ensureJpeg(packageDir, { report: recordingReporter() });
    writeFileSync(source, "#error two\n");
    expect(jpegCurrent(packageDir)).toBe(false);
    expect(readFileSync(join(packageDir, "build/jpeg.json"), "utf8")).toContain("problem");
  });
});
