// The command line of a benchmark: its options and --help, what is wrong with them in a line and exit code 2; whatever else goes
// wrong, in a line and exit code 1.

import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

export interface Usage<T extends Options> {
  /** As in `npm run bench -- NAME`. */
  readonly name: string;
  /** What it measures, in a sentence. */
  readonly about: string;
  /** A line for each option or variable. */
  readonly lines: readonly string[];
  readonly options: T;
}

export function benchOptions<const T extends Options>({
  name,
  about,
  lines,
  options,
}: Usage<T>): ReturnType<typeof parseArgs<{ options: T }>>["values"] {
  process.on("uncaughtException", (error) => {
    console.error(`bench ${name}: ${error.message.startsWith("internal:") ? error.stack : error.message}`);
    process.exit(1);
  });
  try {
    const { help } = parseArgs({ options: { help: { type: "boolean", short: "h" } }, strict: false }).values;
    if (help) {
      const listed = lines.map((line) => `  ${line}`).join("\n");
      console.log(`${about}\n\nUsage: npm run bench -- ${name} [options]\n\n${listed}`);
      process.exit(0);
    }
    return parseArgs({ options }).values;
  } catch (error) {
    return misuse(name, (error as Error).message.split(". ")[0] as string);
  }
}

/** A whole number that an option or a variable says. */
export function positive(name: string, option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  return misuse(name, `${option} is "${text}", but must be a positive whole number`);
}

export function misuse(name: string, problem: string): never {
  console.error(`bench ${name}: ${problem}. See npm run bench -- ${name} --help`);
  process.exit(2);
}
