// What npm would publish works without the checkout: every package is packed as it is, unpacked into the node_modules of an
// empty folder, and imported through every door, by Node and by TypeScript. Third-party packages are the installed ones.

import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const packages = ["core", "streets", "torch", "pinmem", "runtime", "studio"] as const;
interface Manifest {
  readonly name: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}
const manifestOf = (name: string) =>
  JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as Manifest;

let folder: string;
const unpacked = (name: string) => join(folder, "node_modules", manifestOf(name).name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-packed-"));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@pinmem"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name.startsWith(".") || name === "pinmem" || name === "@pinmem") continue;
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  const npm = ["pack", "--offline", "--ignore-scripts", "--pack-destination", folder, "--json"];
  const workspaces = packages.flatMap((name) => ["-w", `packages/${name}`]);
  const tarballs = JSON.parse(
    execFileSync("npm", [...npm, ...workspaces], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as { name: string; filename: string }[];
  for (const { name, filename } of tarballs) {
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", join(folder, filename), "-C", target, "--strip-components=1"]);
  }
  // The addons are made by set-up, for the machine that it runs on.
  for (const name of ["torch", "pinmem"])
    symlinkSync(join(root, "packages", name, "build"), join(unpacked(name), "build"));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Every door of every package, as a program writes it. */
const doors = packages.flatMap((name) => {
  const { name: full, exports } = manifestOf(name);
  return Object.keys(exports)
    .filter((door) => door !== "./package.json")
    .map((door) => full + door.slice(1));
});

const node = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", timeout: 50_000 });

test("every door of every package opens from where it was unpacked", () => {
  expect(doors.length).toBeGreaterThan(10);
  const program = `
    for (const door of ${JSON.stringify(doors)}) {
      if (Object.keys(await import(door)).length === 0) throw new Error(door + " is empty");
    }
    console.log(import.meta.resolve("pinmem"));`;
  const { status, stdout, stderr } = node("--input-type=module", "-e", program);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain("pinmem-packed-");
});

test("every door has types that a strict program compiles with", () => {
  const lines = doors.map((door, at) => `import * as door${at} from ${JSON.stringify(door)};`);
  writeFileSync(
    join(folder, "program.ts"),
    `${lines.join("\n")}
export const all: object[] = [${doors.map((_, at) => `door${at}`).join(", ")}];
import { defineRecipe, openRun, predictImage } from "pinmem";
export const recipe = defineRecipe({ name: 1 as unknown as string, data: { sources: [] } as never, model: { backbone: "resnet18" }, method: { name: "erm" }, length: { steps: 1 } });
export async function segment(path: string): Promise<Uint8Array> {
  using run = await openRun(path);
  return (await predictImage(run, "photo.jpg")).trainIds;
}
// @ts-expect-error a run's path is text
await openRun(1);
`,
  );
  const compilerOptions = {
    target: "es2022",
    lib: ["es2023", "esnext.disposable"],
    module: "nodenext",
    moduleResolution: "nodenext",
    types: ["node"],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    allowJs: true,
    maxNodeModuleJsDepth: 0,
  };
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
  const { status, stdout } = node(join(root, "node_modules/typescript/bin/tsc"), "-p", ".");
  expect(status, stdout).toBe(0);
});

test("the command runs, and the loader's worker and set-up are there", () => {
  const { bin = {} } = manifestOf("pinmem");
  const { status, stdout } = node(join(unpacked("pinmem"), bin.pinmem ?? ""), "--help");
  expect(status).toBe(0);
  expect(stdout).toContain("Usage: pinmem");
  for (const file of ["dist/loading/worker.js", "setup/jpeg.mjs", "native/jpeg.cpp", "README.md"])
    expect(existsSync(join(unpacked("pinmem"), file)), file).toBe(true);
  for (const file of ["setup/index.mjs", "native/module.cpp", "ops.txt"])
    expect(existsSync(join(unpacked("torch"), file)), file).toBe(true);
  const setup = node("--input-type=module", "-e", 'await import("./node_modules/pinmem/setup/jpeg.mjs")');
  expect(setup.status, setup.stderr).toBe(0);
});

test("no packed file reaches out of its package, and no test is among them", () => {
  for (const name of packages) {
    const home = unpacked(name);
    const files = (readdirSync(home, { recursive: true }) as string[]).filter(
      (file) => /\.(m?js|d\.m?ts)$/.test(file) && !file.startsWith("build"),
    );
    expect(files.length).toBeGreaterThan(10);
    const outside = files.flatMap((file) =>
      [...readFileSync(join(home, file), "utf8").matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)"(\.[^"]+)"/g)]
        .map(([, specifier = ""]) => resolve(dirname(join(home, file)), specifier))
        .filter((target) => relative(home, target).startsWith(".."))
        .map((target) => `${name}: ${file} imports ${target}`),
    );
    expect(outside).toEqual([]);
    expect(files.filter((file) => /\.test\./.test(file))).toEqual([]);
  }
});

test("every map of a package holds its sources, or leads to files of the package", () => {
  for (const name of packages) {
    const home = unpacked(name);
    const files = (readdirSync(home, { recursive: true }) as string[]).filter(
      (file) => !file.startsWith("build"),
    );
    const maps = files.filter((file) => file.endsWith(".map"));
    expect(maps.length).toBeGreaterThan(10);
    const astray = maps.filter((file) => {
      const { sources, sourcesContent } = JSON.parse(readFileSync(join(home, file), "utf8")) as {
        sources: string[];
        sourcesContent?: (string | null)[];
      };
      return !sources.every(
        (source, at) =>
          typeof sourcesContent?.[at] === "string" || isWithin(home, resolve(home, dirname(file), source)),
      );
    });
    expect(astray, name).toEqual([]);
  }
});

const isWithin = (home: string, file: string): boolean =>
  !relative(home, file).startsWith("..") && existsSync(file);
