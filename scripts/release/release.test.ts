import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newestGlibc, newestGlibcOf } from "./elf.mjs";
import { addonManifest, libtorchManifest, published, tarballName } from "./manifests.mjs";

test("packages for platforms are tied to one system each, to one libtorch, and run nothing when they are installed", () => {
  const linux = addonManifest("linux-x64", "1.2.3");
  expect(linux).toMatchObject({ os: ["linux"], cpu: ["x64"], libc: ["glibc"] });
  expect(linux.dependencies).toEqual({ "@pinmem/libtorch-linux-x64": "2.13.0" });
  expect(addonManifest("darwin-arm64", "1.2.3")).not.toHaveProperty("libc");
  for (const manifest of [linux, libtorchManifest("linux-arm64")])
    expect(manifest).not.toHaveProperty("scripts");
  expect(tarballName(linux)).toBe("pinmem-torch-linux-x64-1.2.3.tgz");
});

test("torch asks for them as it is published, in its own version, and the others do not", () => {
  const scripts = { postinstall: "no" };
  const torch = published({ name: "@pinmem/torch", version: "1.2.3", scripts, dependencies: { a: "1.0.0" } });
  expect(torch).toEqual({
    name: "@pinmem/torch",
    version: "1.2.3",
    dependencies: { a: "1.0.0" },
    optionalDependencies: {
      "@pinmem/torch-linux-x64": "1.2.3",
      "@pinmem/torch-linux-arm64": "1.2.3",
      "@pinmem/torch-darwin-arm64": "1.2.3",
    },
  });
  expect(published({ name: "@pinmem/runtime", version: "1.2.3", scripts })).toEqual({
    name: "@pinmem/runtime",
    version: "1.2.3",
  });
});

test("the newest glibc that files name is found, by number", () => {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-elf-"));
  try {
    const [a, b, none] = ["a", "b", "none"].map((name) => join(folder, name)) as [string, string, string];
    writeFileSync(a, "\0GLIBC_2.2.5\0GLIBC_2.9\0GLIBC_2.28\0GLIBCXX_3.4.30\0");
    writeFileSync(b, "\0GLIBC_2.4\0GLIBC_2.34\0");
    writeFileSync(none, "nothing");
    expect([newestGlibc(a), newestGlibc(none), newestGlibcOf([a, none, b])]).toEqual(["2.28", null, "2.34"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
