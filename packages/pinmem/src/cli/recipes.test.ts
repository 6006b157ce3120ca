import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { miniRecipe } from "../../test/mini-recipe.js";
import { runCli } from "../../test/run-cli.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-cli-recipes-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]) => runCli("recipes", ...words);

const mini = miniRecipe({ method: { name: "erm" } });

/** A module with a default recipe and others by name; returns its path. */
function write(name = "mine.mjs"): string {
  const file = join(folder, name);
  writeFileSync(
    file,
    `const mini = ${JSON.stringify(mini)};
     export default mini;
     export const recipes = { longer: { ...mini, name: "longer", length: { steps: 9 } } };`,
  );
  return file;
}

describe("pinmem recipes", () => {
  it("lists the recipes of every file in a folder under their domains", async () => {
    const file = write();
    writeFileSync(join(folder, "one.json"), JSON.stringify(miniRecipe()));
    mkdirSync(join(folder, "parts"));
    const { out, code } = await run(folder);
    expect(code).toBe(0);
    expect(out.split("\n").map((line) => line.replace(/ {2,}/g, "  "))).toEqual([
      "boulevard + toy-town -> night",
      `  ${file}  erm  tiny, deeplab-v3+  4 steps`,
      `  ${file}#longer  erm  tiny, deeplab-v3+  9 steps`,
      `  ${join(folder, "one.json")}  pin-memory  tiny, deeplab-v3+  4 steps`,
      "",
    ]);
  });

  it("lists them as JSON", async () => {
    const file = write();
    const { out } = await run(file, "--json");
    expect(JSON.parse(out)).toMatchObject([
      { address: file, name: "mini", method: "erm", sources: ["boulevard", "toy-town"], targets: ["night"] },
      { address: `${file}#longer`, name: "longer", length: { steps: 9 } },
    ]);
  });

  it("shows one with all its defaults", async () => {
    const { out } = await run(`${write()}#longer`);
    expect(JSON.parse(out)).toEqual({ ...mini, name: "longer", length: { steps: 9 } });
  });

  it("shows one as train would take it with fields changed", async () => {
    const file = write();
    const { out } = await run(`${file}#longer`, "--set", "length.steps=7", "--set", "seed=2");
    expect(JSON.parse(out)).toEqual({ ...mini, name: "longer", length: { steps: 7 }, seed: 2 });
    const listed = await run(file, "--set", "seed=2");
    expect([listed.code, listed.err]).toEqual([
      2,
      expect.stringMatching(/--set has no effect here: it changes the one/),
    ]);
  });

  it("explains what cannot be found and exits with 1", async () => {
    const file = write();
    const { err, code } = await run(`${file}#longest`);
    expect(err).toContain(`holds no recipe "longest"; did you mean "longer"?`);
    expect(err).toContain(`npx pinmem recipes ${file} lists them`);
    expect(code).toBe(1);
    mkdirSync(join(folder, "empty"));
    expect((await run(join(folder, "empty"))).err).toMatch(/empty holds no recipes \(files ending in/);
  });
});
