// What every command says of itself, word for word: a flag that comes, goes or changes its meaning shows up here.
// `npx vitest run packages/pinmem/src/cli/help.test.ts -u` writes the snapshot anew.

import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "./main.js";

/** The help of a command and of all below it, as on a terminal of 100 columns. */
function helps(command: Command, path: string): string[] {
  let text = "";
  command.configureOutput({
    getOutHelpWidth: () => 100,
    getErrHelpWidth: () => 100,
    writeOut: (part) => (text += part),
  });
  command.outputHelp();
  const below = command.commands.flatMap((sub) => helps(sub as Command, `${path} ${sub.name()}`));
  return [`$ ${path} --help\n${text}`, ...below];
}

test("every command's help is the one that was agreed on", async () => {
  const all = helps(await createProgram(), "pinmem");
  expect(all.length).toBeGreaterThan(15);
  await expect(all.join("\n")).toMatchFileSnapshot("help.snapshot.txt");
});

test("former names of options are not shown", async () => {
  // `adapt` has pictures to give, and calls them so.
  const others = helps(await createProgram(), "pinmem").filter((help) => !help.startsWith("$ pinmem adapt"));
  const text = others.join("\n");
  for (const former of ["--run ", "--images ", "--sample ", "--space "]) expect(text).not.toContain(former);
});
