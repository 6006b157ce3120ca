import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findLibtorch } from "./find-libtorch.mjs";
import { triplet } from "./libtorch-folder.mjs";
import { libtorchFiles, temporaryFolder, writeFiles } from "./testing.js";

const nobody = async () => undefined;

/** An archive, a Python and a system, each with a libtorch of another version. */
function threeLibtorchs() {
  const folder = temporaryFolder();
  const archive = join(folder, "libtorch");
  const python = join(folder, "venv/lib/python3.11/site-packages/torch");
  const system = join(folder, "usr");
  writeFiles(archive, { ...libtorchFiles({ minor: 4 }), "build-version": "2.4.0+cpu\n" });
  writeFiles(python, {
    ...libtorchFiles({ minor: 6, cuda: true }),
    "version.py": "__version__ = '2.6.0+cu124'\n",
  });
  writeFiles(system, libtorchFiles({ major: 1, minor: 13, lib: `lib/${triplet}` }));
  return { archive, python, system, prefixes: [system] };
}

describe.skipIf(process.platform === "win32" || process.platform === "darwin")("findLibtorch", () => {
  test("takes LIBTORCH before Python's and the system's", async () => {
    const { archive, python, prefixes } = threeLibtorchs();
    const found = await findLibtorch({ env: { LIBTORCH: archive }, python: async () => python, prefixes });
    expect(found.libtorch).toMatchObject({
      root: archive,
      version: "2.4.0+cpu",
      source: "LIBTORCH",
      cuda: false,
    });
  });

  test("says so where LIBTORCH names a file", async () => {
    const { archive, prefixes } = threeLibtorchs();
    const file = join(archive, "lib", "libtorch_cpu.so");
    await expect(findLibtorch({ env: { LIBTORCH: file }, python: nobody, prefixes })).rejects.toThrow(
      `LIBTORCH ${file} cannot be used: ${file} is a file, not a folder. Did you mean ${archive}?`,
    );
  });

  test("takes Python's before the system's, and sees its CUDA", async () => {
    const { python, prefixes } = threeLibtorchs();
    const found = await findLibtorch({ env: {}, python: async () => python, prefixes });
    expect(found.libtorch).toMatchObject({
      root: python,
      version: "2.6.0+cu124",
      source: "python",
      cuda: true,
    });
  });

  test("takes the system's where Python has none, from Debian's folder for this machine", async () => {
    const { system, prefixes } = threeLibtorchs();
    const { libtorch } = await findLibtorch({ env: {}, python: nobody, prefixes });
    expect(libtorch).toMatchObject({ root: system, version: "1.13.1", source: "system" });
    expect(libtorch?.libraryDir).toBe(join(system, "lib", triplet));
    expect(libtorch?.includeDirs[1]).toBe(join(system, "include/torch/csrc/api/include"));
  });

  test("knows Debian's Python torch, whose libraries are links, for the system's", async () => {
    const { system, prefixes } = threeLibtorchs();
    const python = join(system, "lib/python3/dist-packages/torch");
    mkdirSync(join(python, "lib"), { recursive: true });
    for (const name of ["libtorch.so", "libtorch_cpu.so", "libc10.so"]) {
      symlinkSync(join(system, "lib", triplet, name), join(python, "lib", name));
    }
    const byPython = await findLibtorch({ env: {}, python: async () => python, prefixes });
    expect(byPython.libtorch).toMatchObject({ root: system, source: "system", aliases: [python] });
    const byName = await findLibtorch({ env: {}, libtorch: python, prefixes });
    expect(byName.libtorch).toMatchObject({ root: system, source: "LIBTORCH", aliases: [python] });
    expect(byName.libtorch?.identity).toBe(byPython.libtorch?.identity);
  });

  test("passes over what is too old or cannot be built with, and says so", async () => {
    const { python, system, prefixes } = threeLibtorchs();
    writeFiles(python, {
      ...libtorchFiles({ major: 1, minor: 12 }),
      "version.py": "__version__ = '1.12.1'\n",
    });
    const tooOld = await findLibtorch({ env: {}, python: async () => python, prefixes });
    expect(tooOld.libtorch?.root).toBe(system);
    expect(tooOld.passedOver).toEqual([
      { path: python, problem: "too old", reason: `libtorch 1.12.1 in ${python} is older than 1.13` },
    ]);
    rmSync(join(system, "include"), { recursive: true });
    const none = await findLibtorch({ env: {}, python: nobody, prefixes });
    expect(none.libtorch).toBeUndefined();
    expect(none.passedOver[0]).toMatchObject({ path: system, problem: "no headers" });
  });

  test("knows a library that is only there to run with", async () => {
    const { system, prefixes } = threeLibtorchs();
    const lib = join(system, "lib", triplet);
    rmSync(join(lib, "libtorch_cpu.so"));
    writeFileSync(join(lib, "libtorch_cpu.so.1.13"), "");
    const { passedOver } = await findLibtorch({ env: {}, python: nobody, prefixes });
    expect(passedOver[0]).toMatchObject({ problem: "no headers", reason: expect.stringContaining(lib) });
  });

  test("refuses a LIBTORCH that will not do with one error, never passing it over", async () => {
    const { archive, python, prefixes } = threeLibtorchs();
    const named = (libtorch: string) =>
      findLibtorch({ libtorch, env: {}, python: async () => python, prefixes });
    await expect(named(join(archive, "nowhere"))).rejects.toThrow(/there is no folder .*nowhere/);
    await expect(named(join(archive, "include"))).rejects.toThrow(
      `there is no libtorch_cpu.so in ${archive}/include/lib, ${archive}/include/lib/${triplet}, ${archive}/include/lib64. ` +
        `Did you mean ${archive}?`,
    );
    await expect(named(join(python, "../../../.."))).rejects.toThrow(`Did you mean ${python}?`);
    rmSync(join(archive, "include"), { recursive: true });
    await expect(named(archive)).rejects.toThrow(/there is no .*version\.h\. Install its development files/);
    writeFiles(archive, { ...libtorchFiles({ major: 1, minor: 8 }), "build-version": "1.8.1" });
    await expect(named(archive)).rejects.toThrow(
      /libtorch 1\.8\.1 in .* is older than 1\.13\. .* 1\.13 or newer/,
    );
  });

  test("notices an upgrade in place", async () => {
    const { archive } = threeLibtorchs();
    const before = await findLibtorch({ libtorch: archive, env: {} });
    writeFileSync(join(archive, "lib/libtorch_cpu.so"), "another library");
    const after = await findLibtorch({ libtorch: archive, env: {} });
    expect(after.libtorch?.identity).not.toBe(before.libtorch?.identity);
  });
});
