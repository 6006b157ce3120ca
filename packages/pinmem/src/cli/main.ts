// The command line: one file for each command, listed here. A command loads what it needs when it runs, so that
// `pinmem --help` is quick and `pinmem doctor` works where libtorch does not.
//
// Exit codes of every command: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage.

import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { dataCommand } from "./data.js";
import { doctorCommand } from "./doctor.js";

export function createProgram(): Command {
  const manifest = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const program = new Command("pinmem")
    .description("Semantic segmentation that works where it was never trained.")
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError("(pinmem --help lists the commands)");
  for (const command of [doctorCommand(), dataCommand()])
    program.addCommand(command.copyInheritedSettings(program));
  return program;
}

/** Runs the command line `argv`, Node and script included, and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = createProgram();
  for (const command of withSubcommands(program)) command.exitOverride();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
}

const withSubcommands = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap((sub) => withSubcommands(sub as Command)),
];
