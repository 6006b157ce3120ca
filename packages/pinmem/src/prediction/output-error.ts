// An output that cannot be written, for a reason that the next one will meet too: prediction stops there.

import { asWriteError, WriteError } from "../data/write-error.js";

export class OutputError extends Error {
  override readonly name = "OutputError";

  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
  }
}

/** What a prediction that is run again, or somewhere else, is to be given. */
const options: readonly [end: string, option: string][] = [
  ["run this again", " with --skip-existing"],
  ["another place", " with --out"],
  ["another name", " with --out"],
];

/** The error as an OutputError where it is of that kind; undefined where it concerns this file alone. */
export function asOutputError(file: string, error: unknown): OutputError | undefined {
  if (error instanceof OutputError) return error;
  const written = asWriteError(file, error);
  if (!(written instanceof WriteError)) return undefined;
  const { problem } = written;
  const option = options.find(([end]) => problem.endsWith(end))?.[1] ?? "";
  return new OutputError(file, `${problem}${option}`, { cause: error });
}
