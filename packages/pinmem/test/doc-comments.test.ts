// Every value that a package offers has a doc comment in front of it, in what editors read: the emitted declarations. Followed
// from the doors of every package through re-exports. Left out are torch's operators that are generated from libtorch's
// schemas: their signatures are all that a schema says, and PyTorch documents what they compute.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const packages = join(import.meta.dirname, "../..");
const generated = /\/generated\/operators\.d\.ts$/;

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

/** Exported values of a declaration file: where each is declared, and by which name there. */
function exportsOf(file: string, seen = new Set<string>()): Map<string, { file: string; name: string }> {
  const found = new Map<string, { file: string; name: string }>();
  if (seen.has(file)) return found;
  seen.add(file);
  const text = readFileSync(file, "utf8");
  const at = (specifier: string) => resolve(dirname(file), specifier.replace(/\.js$/, ".d.ts"));
  for (const [, name = ""] of text.matchAll(
    /^export (?:declare )?(?:abstract )?(?:const|let|function|class) (\w+)/gm,
  )) {
    found.set(name, { file, name });
  }
  for (const [, space, specifier = ""] of text.matchAll(/^export \*(?: as (\w+))? from "(\.[^"]+)";/gm)) {
    for (const [name, place] of exportsOf(at(specifier), space ? new Set() : seen))
      found.set(space ? `${space}.${name}` : name, place);
  }
  for (const [, list = "", from] of text.matchAll(/^export \{([^}]*)\}(?: from "([^"]+)")?;/gm)) {
    for (const entry of list.split(",").map((one) => one.trim())) {
      const [, local = "", name = local] = /^(\w+)(?: as (\w+))?$/.exec(entry) ?? [];
      if (local === "" || from?.startsWith("@")) continue; // a type, or another package's, which is asked itself
      const target = from ? exportsOf(at(from)).get(local) : declaredIn(file, text, local);
      if (target) found.set(name, target);
    }
  }
  return found;
}

/** A name that is exported apart from where it is declared or imported. */
function declaredIn(file: string, text: string, name: string): { file: string; name: string } | undefined {
  if (new RegExp(`^(?:declare )?(?:abstract )?(?:const|let|function|class) ${name}\\b`, "m").test(text))
    return { file, name };
  const [, from = ""] =
    new RegExp(`^import \\{[^}]*\\b${name}\\b[^}]*\\} from "(\\.[^"]+)"`, "m").exec(text) ?? [];
  if (from === "") return undefined;
  return exportsOf(resolve(dirname(file), from.replace(/\.js$/, ".d.ts"))).get(name);
}

/** Whether a comment for documentation ends right before the declaration; of overloads, the first one's counts. */
function isDocumented({ file, name }: { file: string; name: string }): boolean {
  const text = readFileSync(file, "utf8");
  const start = text.search(
    new RegExp(
      `^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:const|let|function|class) ${name}\\b`,
      "m",
    ),
  );
  return start >= 0 && /\*\/\s*$/.test(text.slice(0, start));
}

const doors = ["core", "streets", "torch", "pinmem", "runtime"].flatMap((folder) => {
  const { name, exports } = JSON.parse(
    readFileSync(join(packages, folder, "package.json"), "utf8"),
  ) as Manifest;
  return Object.entries(exports).flatMap(([door, target]) =>
    typeof target === "string" || !target.types.startsWith("./dist/")
      ? []
      : [{ door: name + door.slice(1), file: join(packages, folder, target.types) }],
  );
});

test.each(doors)("every value of $door has a doc comment", ({ file }) => {
  expect(existsSync(file)).toBe(true);
  const values = [...exportsOf(file)].filter(([, place]) => !generated.test(place.file));
  expect(values.length).toBeGreaterThan(1);
  const bare = values.filter(([, place]) => !isDocumented(place));
  expect(bare.map(([name, place]) => `${name} (${place.file.slice(packages.length + 1)})`)).toEqual([]);
});

test("a value without a comment is found", () => {
  const file = join(packages, "pinmem/dist/cli/options.d.ts");
  expect(exportsOf(file).size).toBeGreaterThan(0);
  expect(isDocumented({ file, name: "nothingOfThisName" })).toBe(false);
});
