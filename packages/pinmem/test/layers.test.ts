// The house has one direction: a folder of pinmem/src imports only folders that stand before it in this list, type-only
// imports included. The linter refuses cycles between files and imports between packages; this refuses imports upwards.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const layers = [
  "files",
  "processes",
  "web",
  "libtorch",
  "images",
  "datasets",
  "loading",
  "losses",
  "memory",
  "models",
  "pretrained",
  "inference",
  "training",
  "adaptation",
  "recipes",
  "runs",
  "evaluation",
  "prediction",
  "inspection",
  "export",
  "comparison",
  "report",
  "ablation",
  "api",
  "index.ts",
  "cli",
];

/** Folders that stand side by side: neither may import the other. */
const strangers = [["report", "ablation"]] as const;

const source = join(import.meta.dirname, "../src");

const files = (readdirSync(source, { recursive: true }) as string[]).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
);

/** Everything that a file of ours imports, static, dynamic, for types or as a worker, relative to src. */
function importsOf(name: string): string[] {
  const text = readFileSync(join(source, name), "utf8");
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)"(\.[^"]+)"/g)].map(([, specifier = ""]) =>
    relative(source, resolve(source, dirname(name), specifier)),
  );
}

const layerOf = (path: string): number => layers.indexOf(path.split("/")[0] ?? "");

test("every file lies in a folder that has its place", () => {
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((name) => layerOf(name) < 0)).toEqual([]);
});

test("no folder imports one that stands after it", () => {
  const upwards = files.flatMap((name) =>
    importsOf(name)
      .filter((target) => !target.startsWith("..") && layerOf(target) > layerOf(name))
      .map((target) => `${name} imports ${target}`),
  );
  expect(upwards).toEqual([]);
});

test("folders that stand side by side do not import one another", () => {
  const between = files.flatMap((name) =>
    importsOf(name)
      .filter((target) =>
        strangers.some(
          (pair) =>
            name.split("/")[0] !== target.split("/")[0] &&
            pair.includes(name.split("/")[0] as never) &&
            pair.includes(target.split("/")[0] as never),
        ),
      )
      .map((target) => `${name} imports ${target}`),
  );
  expect(between).toEqual([]);
});

test("no file of the package reaches into another package", () => {
  const outside = files.flatMap((name) =>
    importsOf(name)
      .filter((target) => target.startsWith("..") && target !== "../package.json")
      .map((target) => `${name} imports ${target}`),
  );
  expect(outside).toEqual([]);
});
