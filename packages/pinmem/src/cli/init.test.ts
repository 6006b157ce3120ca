import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadRecipe } from "../recipes/load-recipe.js";
import { initCommand } from "./init.js";
import { createProgram } from "./main.js";

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-init-"));
  said = [];
  for (const name of ["log", "error"] as const)
    vi.spyOn(console, name).mockImplementation((...words: unknown[]) => void said.push(words.join(" ")));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true });
});

const init = (path: string) => initCommand().parseAsync(["node", "init", path]);

test("the project's recipe is one, its scripts are commands, and the next steps are said", async () => {
  const project = join(folder, "My Streets");
  await init(project);
  expect(readdirSync(project).sort()).toEqual([".gitignore", "README.md", "package.json", "recipe.mjs"]);
  expect(said.join("\n")).toMatch(/Next:\n {2}cd .*\n {2}npm install (.*)\n {2}npm run train$/);
  const [, clone = ""] = /npm install (.*)/.exec(said.join("\n")) ?? [];
  expect(JSON.parse(readFileSync(join(clone, "package.json"), "utf8")).name).toBe("pinmem");
  expect(readFileSync(join(project, "README.md"), "utf8")).toMatch(/npm install CLONE\/packages\/pinmem /);
  const manifest = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  expect(manifest.name).toBe("my-streets");
  for (const line of Object.values<string>(manifest.scripts)) {
    const [program, command = ""] = line.split(" ");
    expect(program).toBe("pinmem");
    expect((await createProgram(command)).commands.map((one) => one.name())).toEqual([command]);
  }
  mkdirSync(join(project, "node_modules"));
  symlinkSync(join(import.meta.dirname, "../.."), join(project, "node_modules/pinmem"));
  const recipe = await loadRecipe(join(project, "recipe.mjs"));
  expect(recipe.data.sources).toHaveLength(2);

  // The lines for pictures of one's own, in place of those above them.
  const text = readFileSync(join(project, "recipe.mjs"), "utf8");
  const own = [...text.matchAll(/^\/\/ {3}(const .*)$/gm)].map(([, line]) => line);
  expect(own).toHaveLength(4);
  const replaced = text
    .replace(/^const .*$/gm, "")
    .replace("export default", `${own.join("\n")}\nexport default`);
  writeFileSync(join(project, "own.mjs"), replaced);
  const ownRecipe = await loadRecipe(join(project, "own.mjs"));
  expect(ownRecipe.data.targets).toMatchObject([{ name: "folder", split: "all" }]);
});

test("a file that is there stays, and then nothing is written", async () => {
  writeFileSync(join(folder, "README.md"), "mine");
  await init(folder);
  expect(process.exitCode).toBe(1);
  expect(said.join("\n")).toMatch(/README\.md: there already\. Choose another folder/);
  expect(readdirSync(folder)).toEqual(["README.md"]);
});
