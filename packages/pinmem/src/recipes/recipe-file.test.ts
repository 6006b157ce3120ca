import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readRecipe, readRecipeFile } from "./recipe-file.js";

const folder = mkdtempSync(join(tmpdir(), "pinmem-recipe-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const both = write(
  "both.mjs",
  "export default { n: 0 }; export const recipes = { first: { n: 1 }, second: { n: 2 } };",
);
const named = write("named.mjs", "export const recipes = { first: { n: 1 }, second: { n: 2 } };");
const single = write("single.mjs", "export default { n: 0 };");

describe("readRecipe", () => {
  it("takes the default of a file, or one by its name", async () => {
    expect(await readRecipe(both)).toEqual({ n: 0 });
    expect(await readRecipe(`${both}#second`)).toEqual({ n: 2 });
  });

  it("takes a name's sign within a file name as part of it", async () => {
    expect(await readRecipe(write("a#b.json", '{"n":3}'))).toEqual({ n: 3 });
  });

  it.each([
    [
      named,
      /named\.mjs cannot be used:\n {2}holds 2 recipes: say which, such as \S+named\.mjs#first\n {2}npx pinmem recipes/,
    ],
    [`${named}#secnod`, /holds no recipe "secnod"; did you mean "second"\?/],
    [`${named}#constructor`, /holds no recipe "constructor"/],
    [`${single}#first`, /holds one recipe without a name; leave #first out/],
    [join(folder, "boht.mjs"), /there is no such file; did you mean \S+both\.mjs\?/],
    [join(folder, "nowhere", "a.mjs"), /there is no such file$/],
  ])("explains %s", async (address, message) => {
    await expect(readRecipe(address)).rejects.toThrow(message);
  });
});

describe("readRecipeFile", () => {
  it("refuses files that hold no recipe, and says why", async () => {
    const empty = write("empty.mjs", "export const other = 1;");
    await expect(readRecipeFile(empty)).rejects.toThrow(
      /exports no recipe: write `export default defineRecipe/,
    );
    const broken = write("broken.mjs", "throw new Error('no such luck');");
    await expect(readRecipeFile(broken)).rejects.toThrow(
      /broken\.mjs cannot be used:\n {2}does not run, line 1: no such luck/,
    );
    await expect(readRecipeFile(write("comma.json", '{\n "name": 1,\n}'))).rejects.toThrow(
      /comma\.json cannot be used:\n {2}is no JSON: line 3: expected double-quoted property name$/,
    );
    await expect(readRecipeFile(write("recipe.yaml", ""))).rejects.toThrow(/a recipe is a file ending in/);
    await expect(readRecipeFile(write("bad.json", "{"))).rejects.toThrow(/bad\.json cannot be used/);
  });
});
