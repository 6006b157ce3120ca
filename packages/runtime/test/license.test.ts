import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const textOf = (path: string) => readFileSync(join(root, path), "utf8");

// npm packs a file of this name by itself.
it.each(["core", "pinmem", "runtime", "streets", "studio", "torch"])(
  "%s has the license with it that its manifest names",
  (name) => {
    expect(textOf(`packages/${name}/LICENSE`)).toBe(textOf("LICENSE"));
    expect(JSON.parse(textOf(`packages/${name}/package.json`)).license).toBe("MIT");
  },
);
