// The real command line with its actions taken out: says whether it would understand the words, and runs nothing.

import type { Command } from "commander";
import { createProgram } from "../../src/cli/main.js";

export interface Parsed {
  /** As in "data check". */
  readonly command: string;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

export class CommandLine {
  readonly #program: Command;
  #parsed: Parsed | undefined;
  #said = "";

  private constructor(program: Command) {
    this.#program = program;
    for (const command of this.commands()) {
      command.exitOverride().configureOutput({
        writeErr: (text) => this.#note(text),
        writeOut: (text) => this.#note(text),
      });
      if (takesAction(command)) {
        command.action(() => {
          this.#parsed = { command: pathOf(command), args: command.args, options: command.opts() };
        });
      }
    }
  }

  static async create(): Promise<CommandLine> {
    return new CommandLine(await createProgram());
  }

  #note(text: string): void {
    this.#said += text;
  }

  /** All commands, the program itself first. */
  commands(): Command[] {
    const below = (command: Command): Command[] => [command, ...command.commands.flatMap(below)];
    return below(this.#program);
  }

  /** Whether the words name a command, and nothing more. */
  isName(words: readonly string[]): boolean {
    return this.commands().some((command) => pathOf(command) === words.join(" "));
  }

  /** The help of a command, with all that is added to it. */
  helpOf(command: Command): string {
    this.#said = "";
    command.outputHelp();
    return this.#said;
  }

  /** @returns what is wrong with the words, or what they say; null where they only ask for help */
  async parse(words: readonly string[]): Promise<Parsed | string | null> {
    this.#parsed = undefined;
    this.#said = "";
    const hidden = this.#hiddenOption(words);
    if (hidden) return `${hidden} is an old name`;
    try {
      await this.#program.parseAsync([...words], { from: "user" });
    } catch (error) {
      const { code = "", message } = error as { code?: string; message: string };
      if (code === "commander.helpDisplayed" || code === "commander.version") return null;
      return this.#said.trim() || message;
    }
    return this.#parsed ?? "names no command";
  }

  #hiddenOption(words: readonly string[]): string | undefined {
    const hidden = new Set(
      this.commands().flatMap((command) =>
        command.options.flatMap(({ hidden, long }) => (hidden && long ? [`${pathOf(command)} ${long}`] : [])),
      ),
    );
    const [first = "", second = ""] = words;
    return words.find((word) => {
      const flag = word.split("=")[0];
      return hidden.has(`${first} ${flag}`) || hidden.has(`${first} ${second} ${flag}`);
    });
  }
}

const takesAction = (command: Command): boolean =>
  "_actionHandler" in command && typeof command._actionHandler === "function";

const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent as Command)} ${command.name()}`.trim() : "";
