// The command line: one file for each command, listed here. Only the command that was asked for is loaded (all of them
// for the list), so that each starts quickly and `pinmem doctor` works where the rest does not.
//
// Exit codes of every command: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage, which is what the
// command line shows by itself; 130 interrupted, where a command ends in good order (else the signal ends it).

import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { guardOutput } from "./output.js";

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  doctor: async () => (await import("./doctor.js")).doctorCommand(),
  init: async () => (await import("./init.js")).initCommand(),
  setup: async () => (await import("./setup.js")).setupCommand(),
  demo: async () => (await import("./demo.js")).demoCommand(),
  data: async () => (await import("./data.js")).dataCommand(),
  recipes: async () => (await import("./recipes.js")).recipesCommand(),
  train: async () => (await import("./train.js")).trainCommand(),
  launch: async () => (await import("./launch.js")).launchCommand(),
  adapt: async () => (await import("./adapt.js")).adaptCommand(),
  calibrate: async () => (await import("./calibrate.js")).calibrateCommand(),
  predict: async () => (await import("./predict.js")).predictCommand(),
  export: async () => (await import("./export.js")).exportCommand(),
  evaluate: async () => (await import("./evaluate.js")).evaluateCommand(),
  studio: async () => (await import("./studio.js")).studioCommand(),
  inspect: async () => (await import("./inspect.js")).inspectCommand(),
  ablate: async () => (await import("./ablate.js")).ablateCommand(),
  report: async () => (await import("./report.js")).reportCommand(),
  weights: async () => (await import("./weights.js")).weightsCommand(),
};

/** The program with the command `name`, or with all commands where there is none of that name. */
export async function createProgram(name?: string): Promise<Command> {
  const manifest = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const program = new Command("pinmem")
    .description("Semantic segmentation that works where it was never trained.")
    .version(version)
    .enablePositionalOptions() // `evaluate merge` has options of its own by the same names as evaluate's.
    .showSuggestionAfterError()
    .showHelpAfterError("(pinmem --help lists the commands)");
  const wanted =
    name !== undefined && Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
  for (const load of wanted) {
    const command = await load?.();
    if (command) program.addCommand(withHint(command.copyInheritedSettings(program), "pinmem"));
  }
  return program;
}

/** A command, and those below it, that after a mistake says where its own help is. */
function withHint(command: Command, above: string): Command {
  const name = `${above} ${command.name()}`;
  for (const sub of command.commands) withHint(sub as Command, name);
  return command.showHelpAfterError(
    `(${name} --help lists its ${command.commands.length > 0 ? "commands and " : ""}options)`,
  );
}

/** Runs the command line `argv`, Node and script included, and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = await createProgram(argv[2]);
  for (const command of withSubcommands(program)) command.exitOverride();
  guardOutput([process.stdout, process.stderr]);
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
