// Builds a real addon with the real compiler, but against a made-up libtorch of three one-line libraries, so that each
// build takes a fraction of a second.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { addonPath, readBuild, readDefault } from "./builds.mjs";
import { findCompiler } from "./compiler.mjs";
import { currentAddon, ensureAddon } from "./ensure-addon.mjs";
import { libtorchFiles, recordingReporter, temporaryFolder, writeFiles } from "./testing.js";

/** Without `full` some of what compiles is left out, since it takes long. */
const full = process.env.PINMEM_TESTS === "full";
const compiler = process.platform === "linux" ? await findCompiler() : undefined;

const addonSource = `
#include <node_api.h>
#include "answer.h"
int torch_answer();
NAPI_MODULE_INIT() {
  napi_value value;
  napi_create_int32(env, torch_answer() + ANSWER, &value);
  napi_set_named_property(env, exports, "answer", value);
  return exports;
}`;

function makeLibtorch(root: string, answer: number): string {
  writeFiles(root, libtorchFiles());
  for (const name of ["torch", "torch_cpu", "c10"]) {
    const source = join(root, `${name}.cpp`);
    writeFileSync(source, name === "c10" ? `int torch_answer() { return ${answer}; }` : "");
    const library = join(root, "lib", `lib${name}.so`);
    rmSync(library);
    execFileSync("g++", ["-shared", "-fPIC", source, "-o", library]);
  }
  return root;
}

/** A package with two C++ sources and a libtorch beside it. */
function makePackage() {
  const folder = temporaryFolder();
  const packageDir = join(folder, "package");
  const headers = dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json"));
  writeFiles(packageDir, {
    "package.json": "{}",
    "native/module.cpp": addonSource,
    "native/other.cpp": "int other() { return 1; }",
    "native/answer.h": "#define ANSWER 2\n",
    "node_modules/.keep": "",
  });
  symlinkSync(headers, join(packageDir, "node_modules/node-api-headers"));
  return { folder, packageDir, libtorch: makeLibtorch(join(folder, "libtorch"), 40) };
}

/** Runs set-up and gives what it said; never installs. */
async function ensure(options: { packageDir: string; libtorch?: string; search?: boolean }) {
  const report = recordingReporter();
  const env = { PATH: process.env.PATH };
  const build = await ensureAddon({ ...options, env, install: false, report });
  return { build, said: report.lines.join("\n") };
}

/** Loads the addon in a process of its own, for a process can load a changed file only once. */
function answerOf(addon: string): number {
  const script =
    "const m = { exports: {} }; process.dlopen(m, process.argv[1]); console.log(m.exports.answer)";
  return Number(execFileSync(process.execPath, ["-e", script, addon], { encoding: "utf8" }));
}

describe.skipIf(compiler?.command[0] !== "g++")("ensureAddon", () => {
  test("builds, then knows without work that all is well", async () => {
    const { packageDir, libtorch } = makePackage();
    expect(currentAddon({ packageDir, libtorch })).toBeUndefined();
    const { build, said } = await ensure({ packageDir, libtorch });
    expect(said).toMatch(
      /libtorch 2\.5\.1 in .*\naddon compiling 2 files with gcc .*\naddon linking and loading it/,
    );
    expect(answerOf(addonPath(packageDir, build.id))).toBe(42);
    expect(build).toMatchObject({ libtorch: { root: libtorch, abi: 1, cuda: false }, features: [] });
    expect(currentAddon({ packageDir, libtorch, env: {} })).toEqual(build);
    expect((await ensure({ packageDir, libtorch })).said).toBe("");
  });

  test("recompiles only what changed: one source, all for a header, none on the way back", async () => {
    const { packageDir, libtorch } = makePackage();
    await ensure({ packageDir, libtorch });
    writeFiles(packageDir, { "native/other.cpp": "int other() { return 2; }" });
    expect((await ensure({ packageDir, libtorch })).said).toContain("compiling 1 of 2 files");
    writeFiles(packageDir, { "native/answer.h": "#define ANSWER 3\n" });
    const changed = await ensure({ packageDir, libtorch });
    expect(changed.said).toContain("compiling 2 files");
    expect(answerOf(addonPath(packageDir, changed.build.id))).toBe(43);
    writeFiles(packageDir, { "native/answer.h": "#define ANSWER 2\n" });
    expect((await ensure({ packageDir, libtorch })).said).not.toContain("compiling");
  });

  test("keeps the old addon where the new one does not compile or does not load", async () => {
    const { packageDir, libtorch } = makePackage();
    const { build } = await ensure({ packageDir, libtorch });
    const addon = addonPath(packageDir, build.id);
    writeFiles(packageDir, { "native/other.cpp": "int other() { return unheard_of; }" });
    await expect(ensure({ packageDir, libtorch })).rejects.toThrow(
      /other\.cpp does not compile [\s\S]*unheard_of/,
    );
    writeFiles(packageDir, { "native/other.cpp": "int missing(); int other() { return missing(); }" });
    await expect(ensure({ packageDir, libtorch })).rejects.toThrow(
      /does not load:\n[\s\S]*undefined symbol: _Z7missingv/,
    );
    expect(answerOf(addon)).toBe(42);
    expect(currentAddon({ packageDir, libtorch, env: {} })).toBeUndefined();
  });

  test.runIf(full)("builds again after an upgrade of libtorch in place", async () => {
    const { packageDir, libtorch } = makePackage();
    const first = await ensure({ packageDir, libtorch });
    makeLibtorch(libtorch, 50);
    const second = await ensure({ packageDir, libtorch });
    expect(second.build.id).toBe(first.build.id);
    expect(second.said).toContain("compiling 2 files");
    expect(answerOf(addonPath(packageDir, second.build.id))).toBe(52);
  });

  test.runIf(full)("builds a second libtorch beside the first, which stays the default", async () => {
    const { folder, packageDir, libtorch } = makePackage();
    const first = await ensure({ packageDir, libtorch });
    const other = makeLibtorch(join(folder, "other"), 60);
    const second = await ensure({ packageDir, libtorch: other });
    expect(readDefault(packageDir)).toMatchObject({ id: first.build.id, chosen: "user" });
    expect(answerOf(addonPath(packageDir, second.build.id))).toBe(62);
    // Without a choice, the default that the user made by the first one stays, and nothing is searched.
    expect((await ensure({ packageDir })).build.id).toBe(first.build.id);
    expect(currentAddon({ packageDir, env: {} })?.id).toBe(first.build.id);
  });

  test("remembers every path that led to a library", async () => {
    const { folder, packageDir, libtorch } = makePackage();
    const { build } = await ensure({ packageDir, libtorch });
    const linked = join(folder, "linked");
    writeFiles(linked, { "lib/.keep": "" });
    symlinkSync(join(libtorch, "lib/libtorch_cpu.so"), join(linked, "lib/libtorch_cpu.so"));
    expect((await ensure({ packageDir, libtorch: linked })).build.id).toBe(build.id);
    expect(readBuild(packageDir, build.id)?.libtorch.aliases).toEqual([linked]);
    expect(currentAddon({ packageDir, libtorch: linked, env: {} })?.id).toBe(build.id);
  });

  test.runIf(full)("starts afresh from damaged records", async () => {
    const { packageDir, libtorch } = makePackage();
    const { build } = await ensure({ packageDir, libtorch });
    const record = join(packageDir, "build", build.id, "build.json");
    writeFileSync(record, readFileSync(record, "utf8").slice(0, 40));
    writeFileSync(join(packageDir, "build/default.json"), "null");
    expect((await ensure({ packageDir, libtorch })).build.id).toBe(build.id);
    expect(readDefault(packageDir)?.id).toBe(build.id);
    rmSync(addonPath(packageDir, build.id));
    await ensure({ packageDir, libtorch });
    expect(existsSync(addonPath(packageDir, build.id))).toBe(true);
  });

  test("says in one line where LIBTORCH is wrong", async () => {
    const { packageDir, folder } = makePackage();
    await expect(ensure({ packageDir, libtorch: join(folder, "package") })).rejects.toThrow(
      /LIBTORCH .*package cannot be used/,
    );
  });
});
