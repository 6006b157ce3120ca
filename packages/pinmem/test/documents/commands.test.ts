// Every command line in any document, in the help of a command and at the top of recipes and examples is understood by the
// program that it starts: `pinmem` parses it with all its flags, recipes of this repository are read with their `--set`, npm's
// scripts exist and know the options.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import manifest from "../../../../package.json" with { type: "json" };
import { listRecipes, loadRecipe } from "../../src/recipes/load-recipe.js";
import { CommandLine } from "./command-line.js";
import { root, type Shown, shownCommands } from "./documents.js";
import { startedBy } from "./shell.js";

let program: CommandLine;
let shown: Shown[];
beforeAll(async () => {
  program = await CommandLine.create();
  const inHelp = program.commands().flatMap((command) =>
    [...program.helpOf(command).matchAll(/^ {2}(npx .*)$/gm)].map(([, shell = ""]) => ({
      place: `help of ${command.name()}`,
      shell,
      inline: false,
    })),
  );
  shown = [...shownCommands(), ...inHelp];
});

/** What is wrong with the words of a command line; null if nothing is. */
async function fault([name, ...words]: readonly string[], inline: boolean): Promise<string | null> {
  switch (name) {
    case "npx":
      if (words[0] === "pinmem") return faultOfPinmem(words.slice(1), inline);
      return existsSync(join(root, "node_modules/.bin", words[0] ?? "")) ? null : `there is no ${words[0]}`;
    case "node":
      if (words[0]?.endsWith("bin/pinmem.mjs")) return faultOfPinmem(words.slice(1), inline);
      return existsSync(join(root, words[0] ?? "")) ? null : `there is no file ${words[0]}`;
    case "npm":
      return faultOfNpm(words, inline);
    default:
      return `${name} is not known here`;
  }
}

async function faultOfPinmem(words: readonly string[], inline: boolean): Promise<string | null> {
  if (inline && program.isName(words)) return null;
  const parsed = await program.parse(words);
  if (parsed === null) return null;
  if (typeof parsed === "string") return parsed;
  const [address] = parsed.args;
  if (address === undefined || !["train", "ablate", "recipes"].includes(parsed.command)) return null;
  return faultOfRecipe(address, (parsed.options.set ?? []) as readonly string[]);
}

/** Recipes in `recipes/` must be there; those of a reader's own are not looked for. */
async function faultOfRecipe(address: string, assignments: readonly string[]): Promise<string | null> {
  const own = /^(RECIPE|FILE|mine)/.test(address);
  const real = own ? "recipes/demo.mjs" : address;
  if (!/^recipes\b.*\.mjs/.test(real)) return null;
  const notices = vi.spyOn(console, "warn").mockImplementation(() => {});
  try {
    const file = join(root, real);
    const [path = ""] = file.split("#");
    if (!existsSync(path)) return `there is no ${real}`;
    if (assignments.length === 0 && !real.includes("#")) await listRecipes(file);
    else await loadRecipe(file, assignments);
    return notices.mock.calls[0]?.join(" ") ?? null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    notices.mockRestore();
  }
}

const sources: Readonly<Record<string, readonly string[]>> = {
  setup: ["scripts/setup.mjs"],
  pack: ["scripts/pack.mjs"],
  release: ["scripts/release.mjs"],
  golden: ["golden/main.ts"],
  bench: ["bench/lib/options.ts"],
  "generate-ops": ["packages/torch/src/codegen/generate.ts"],
};

async function faultOfNpm(words: readonly string[], inline: boolean): Promise<string | null> {
  const [verb, ...rest] = words;
  if (verb === "ci" || verb === "install" || verb === "test") return null;
  const workspace = rest[rest.indexOf("-w") + 1];
  const [script = ""] = rest;
  if (verb !== "run") return `npm ${verb} is not known here`;
  if (inline && script === "") return null;
  const scripts = rest.includes("-w")
    ? (JSON.parse(
        readFileSync(
          join(root, "packages", workspace?.replace("@pinmem/", "") ?? "", "package.json"),
          "utf8",
        ),
      ).scripts as Record<string, string>)
    : (manifest.scripts as Record<string, string>);
  if (!Object.hasOwn(scripts, script)) return `there is no script ${script}`;
  if (rest.includes("-w")) return null;
  const options = rest.includes("--") ? rest.slice(rest.indexOf("--") + 1) : [];
  if (script === "demo") return faultOfPinmem(["demo", ...options], inline);
  const own: string[] = [];
  if (script === "bench") {
    const [name = "--help"] = options;
    own.push(...[`bench/${name}.ts`].filter((file) => existsSync(join(root, file))));
    if (!/^(NAME|--help)$/.test(name) && !existsSync(join(root, "bench", `${name}.ts`)))
      return `there is no benchmark ${name}`;
  }
  const known = [...(sources[script] ?? []), ...own]
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("\n");
  return (
    options
      .filter((word) => word.startsWith("--"))
      .map((flag) => (known.includes(flag.slice(2)) ? null : `npm run ${script} knows no ${flag}`))
      .find((problem) => problem !== null) ?? null
  );
}

test("every command line that is shown is understood", async () => {
  const started = startedBy(shown.map(({ shell }) => withoutEllipses(shell)));
  const faults: string[] = [];
  for (const [at, { place, shell, inline }] of shown.entries()) {
    const { commands, complaint } = started[at] ?? { commands: [], complaint: "" };
    if (complaint !== "") faults.push(`${place}: ${shell.trim()}\n  ${complaint}`);
    for (const words of commands) {
      const wrong = await fault(words, inline);
      if (wrong !== null) faults.push(`${place}: ${words.join(" ")}\n  ${wrong}`);
    }
  }
  expect(faults).toEqual([]);
  expect(started.flatMap(({ commands }) => commands).length).toBeGreaterThan(100);
});

/** "RUN RUN…" and "npx pinmem …" are understood by readers. */
const withoutEllipses = (shell: string): string =>
  shell.replace(/\s…(?=\s|$)/g, "").replace(/…(?=\s|$)/g, "");

describe("the check itself", () => {
  test.each([
    ["npx pinmem train recipes/demo.mjs --sett x=1", /unknown option '--sett'/],
    ["npx pinmem evaluate", /missing required argument/],
    ["npx pinmem predict RUN", /missing required argument/],
    ["npx pinmem data look camvid", /unknown command/],
    ["node packages/pinmem/bin/pinmem.mjs evaluate RUN --batch none", /positive whole number/],
    ["npx pinmem train recipes/no.mjs", /there is no recipes\/no\.mjs/],
    ["npx pinmem train recipes/demo.mjs --set method.oder=second", /method.*oder/s],
    ["npx pinmem train RECIPE --set clip=5", /maxGradientNorm/],
    ["npm run tests", /no script tests/],
    ["npm run setup -- --libtorhc x", /knows no --libtorhc/],
    ["npm run bench -- torhc", /no benchmark torhc/],
    ["node examples/none.mjs", /no file/],
    ["npx nothing", /there is no nothing/],
  ])("finds what is wrong with %s", async (shell, message) => {
    const [{ commands } = { commands: [] }] = startedBy([shell]);
    expect(commands).toHaveLength(1);
    expect(await fault(commands[0] ?? [], false)).toMatch(message);
  });

  test("reads a shell's variables, loops and quotes", () => {
    const [first] = startedBy([
      'S=recipes/a.mjs\nfor N in 1 2; do\n  npx pinmem train $S#x --set \'a={"b":1}\' \\\n    --set "seed=$N"\ndone',
    ]);
    const words = (seed: number) => [
      "npx",
      "pinmem",
      "train",
      "recipes/a.mjs#x",
      "--set",
      'a={"b":1}',
      "--set",
      `seed=${seed}`,
    ];
    expect(first?.commands).toEqual([words(1), words(2)]);
    const [both] = startedBy(["if [ -e x ]; then exec srun --quiet node a; else node b; fi"]);
    expect(both?.commands).toEqual([
      ["node", "a"],
      ["node", "b"],
    ]);
    expect(startedBy(["npx 'pinmem"])[0]?.complaint).toMatch(/unexpected EOF/);
  });
});
