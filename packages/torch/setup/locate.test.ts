import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { cachedAddons } from "./cache-folder.mjs";
import type { Machine } from "./index.mjs";
import { locateAddon } from "./locate.mjs";
import { misfit, usesMusl } from "./platform.mjs";
import { temporaryFolder, writeFiles } from "./testing.js";

const debian: Machine = { platform: "linux", arch: "x64", libc: "glibc", glibc: "2.36" };
let root: string;
let packageDir: string;
let env: NodeJS.ProcessEnv;

/** An addon with its build.json below `home`, the default one there. */
function addBuild(home: string, id: string, libtorch: string): void {
  const build = { id, libtorch: { root: libtorch, version: "1.13.0", includeDirs: [], aliases: [] } };
  writeFiles(join(home, "build"), {
    [`${id}/torch.node`]: "",
    [`${id}/build.json`]: JSON.stringify(build),
    "default.json": JSON.stringify({ id }),
  });
}

/** What npm installs for linux-x64. */
function addPackages({
  version = "1.2.3",
  libtorch = true,
  glibc = "2.28",
  at = "@pinmem/libtorch-linux-x64",
} = {}) {
  const modules = join(root, "node_modules");
  const manifest = {
    name: "@pinmem/torch-linux-x64",
    version,
    dependencies: { "@pinmem/libtorch-linux-x64": "2.13.0" },
  };
  writeFiles(join(modules, "@pinmem/torch-linux-x64"), {
    "package.json": JSON.stringify(manifest),
    "torch.node": "",
    "build.json": JSON.stringify({ id: "linux-x64", glibc, libtorch: { version: "2.13.0" } }),
  });
  if (!libtorch) return;
  writeFiles(join(modules, at), { "package.json": '{ "version": "2.13.0" }', "lib/libtorch_cpu.so": "" });
}

const locate = (more: NodeJS.ProcessEnv = {}, machine = debian) =>
  locateAddon({ packageDir, env: { ...env, ...more }, machine });
const problem = (more: NodeJS.ProcessEnv = {}, machine = debian) => {
  const found = locate(more, machine);
  return "problem" in found ? found.problem : `no problem: ${found.path}`;
};

beforeEach(() => {
  root = temporaryFolder();
  packageDir = join(root, "node_modules/@pinmem/torch");
  writeFiles(packageDir, { "package.json": '{ "name": "@pinmem/torch", "version": "1.2.3" }' });
  env = { PINMEM_CACHE: join(root, "cache") };
});

describe("the addon is taken", () => {
  it("from LIBTORCH, a local build, the cache of this version, the platform's package, in this order", () => {
    addPackages();
    const cached = cachedAddons("1.2.3", env);
    expect(cached).toBe(join(root, "cache/torch/1.2.3"));
    const path = (more?: NodeJS.ProcessEnv) => {
      const found = locate(more);
      return "path" in found ? [found.kind, found.path] : found.problem;
    };
    expect(path()).toEqual(["package", join(root, "node_modules/@pinmem/torch-linux-x64/torch.node")]);
    addBuild(cachedAddons("1.2.2", env), "other", "/usr");
    expect(path()).toContain("package");
    addBuild(cached, "built", "/usr");
    expect(path()).toEqual(["cache", join(cached, "build/built/torch.node")]);
    addBuild(packageDir, "here", "/opt");
    expect(path()).toEqual(["local", join(packageDir, "build/here/torch.node")]);
    expect(path({ LIBTORCH: "/usr" })).toEqual(["cache", join(cached, "build/built/torch.node")]);
    expect(path({ LIBTORCH: "/opt" })).toContain("local");
    expect(path({ LIBTORCH: join(root, "node_modules/@pinmem/libtorch-linux-x64") })).toContain("package");
  });

  it("from elsewhere where the default's folder is gone", () => {
    addBuild(packageDir, "here", "/opt");
    rmSync(join(packageDir, "build/here"), { recursive: true });
    addPackages();
    expect(locate()).toMatchObject({
      kind: "package",
      build: { libtorch: { root: join(root, "node_modules/@pinmem/libtorch-linux-x64"), version: "2.13.0" } },
    });
  });

  it("with its libtorch through links, as pnpm lays packages out, and from a folder of its own below", () => {
    addPackages({ libtorch: false });
    const store = join(root, "store/node_modules/@pinmem");
    mkdirSync(store, { recursive: true });
    const linked = join(root, "node_modules/@pinmem/torch-linux-x64");
    writeFiles(join(linked, "node_modules/@pinmem/libtorch-linux-x64"), {
      "package.json": "{}",
      "lib/a.so": "",
    });
    expect(locate()).toMatchObject({ kind: "package" });
    symlinkSync(packageDir, join(store, "torch"));
    expect(locateAddon({ packageDir: join(store, "torch"), env, machine: debian })).toMatchObject({
      kind: "package",
    });
  });
});

describe("what is missing or does not fit is named, with the next step", () => {
  it("a libtorch that LIBTORCH names, for whoever reads it", () => {
    expect(problem({ LIBTORCH: "/nowhere" })).toBe(
      "LIBTORCH is /nowhere, but no addon was built for it. Run `npx pinmem setup --libtorch /nowhere`, or unset LIBTORCH.",
    );
    writeFiles(packageDir, { "tsconfig.json": "{}" });
    expect(problem({ LIBTORCH: "/nowhere" })).toContain("Run `npm run setup -- --libtorch /nowhere`");
  });

  it("everything, in a checkout and where optional packages were omitted", () => {
    expect(problem()).toBe(
      "the addon has not been built. The optional package @pinmem/torch-linux-x64 is not installed. Run " +
        "`npm install @pinmem/torch-linux-x64@1.2.3` (was npm told to omit optional packages?), or `npx pinmem setup`.",
    );
    writeFiles(packageDir, { "tsconfig.json": "{}" });
    expect(problem()).toMatch(/^the addon has not been built\. Run `npm run setup` /);
  });

  it("a package of another version, a libtorch that was not installed, one that lies elsewhere", () => {
    addPackages({ version: "1.2.2" });
    expect(problem()).toMatch(
      /^@pinmem\/torch-linux-x64 is 1\.2\.2, but @pinmem\/torch is 1\.2\.3: .*install @pinmem\/torch-linux-x64@1\.2\.3/,
    );
    rmSync(join(root, "node_modules/@pinmem/libtorch-linux-x64"), { recursive: true });
    addPackages({ libtorch: false });
    expect(problem()).toMatch(
      /^@pinmem\/libtorch-linux-x64@2\.13\.0, .* is not installed\. Run `npm install @pinmem\/libtorch-linux-x64@2\.13\.0`/,
    );
    addPackages({ at: "../node_modules/@pinmem/libtorch-linux-x64" });
    expect(problem()).toContain("no problem");
    rmSync(join(root, "node_modules/@pinmem/libtorch-linux-x64/lib"), { recursive: true });
    expect(problem()).toMatch(/nodeLinker: node-modules/);
  });

  it("musl, an old glibc, another processor, Windows", () => {
    addPackages({ glibc: "2.34" });
    expect(problem({}, { ...debian, libc: "musl", glibc: null })).toMatch(
      /cannot run here: this Node\.js is built for musl/,
    );
    expect(problem({}, { ...debian, glibc: "2.31" })).toMatch(
      /cannot run here: this system has glibc 2\.31, and 2\.34 is/,
    );
    expect(problem({}, { ...debian, glibc: "2.34" })).toContain("no problem");
    expect(problem({}, { ...debian, arch: "s390x" })).toMatch(
      /There is no prebuilt package for linux-s390x, only for linux-x64,/,
    );
    expect(problem({}, { platform: "win32", arch: "x64", libc: null, glibc: null })).toMatch(
      /Subsystem for Linux/,
    );
    rmSync(join(root, "node_modules/@pinmem/torch-linux-x64"), { recursive: true });
    expect(problem({}, { ...debian, libc: "musl", glibc: null })).toMatch(
      /built for musl .* node:22-bookworm-slim/,
    );
  });
});

describe("the machine", () => {
  it("compares versions of glibc as numbers", () => {
    expect(misfit({ ...debian, glibc: "2.9" }, "2.28")).not.toBeNull();
    expect(misfit({ ...debian, glibc: "2.28" }, "2.28")).toBeNull();
    expect(misfit({ ...debian, glibc: null }, "2.28")).toBeNull();
  });

  it("tells musl by the loader that a program names", () => {
    writeFiles(root, {
      a: "\x7fELF...../lib/ld-musl-x86_64.so.1\0",
      b: "\x7fELF..../lib64/ld-linux-x86-64.so.2\0",
    });
    expect([usesMusl(join(root, "a")), usesMusl(join(root, "b")), usesMusl(join(root, "none"))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
