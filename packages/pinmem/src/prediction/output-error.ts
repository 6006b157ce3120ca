// An output that cannot be written, for a reason that the next one will meet too: prediction stops there.

import { visible } from "../files/visible.js";
import { asWriteError, type Cure, WriteError } from "../files/write-error.js";

/** A file or folder of outputs that cannot be written, and why. */
export class OutputError extends Error {
  override readonly name = "OutputError";

  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(visible(`${file}: ${problem}`), options);
  }
}

/** How a prediction is run again, or somewhere else. */
const options = {
  again: " with `skipExisting`",
  place: " with `out`",
  name: " with `out`",
} as const satisfies Record<Cure, string>;

/** The error as an OutputError where it is of that kind; undefined where it concerns this file alone. */
export function asOutputError(file: string, error: unknown): OutputError | undefined {
  if (error instanceof OutputError) return error;
  const written = asWriteError(file, error);
  if (!(written instanceof WriteError)) return undefined;
  const { problem, cure } = written;
  return new OutputError(file, cure ? problem + options[cure] : problem, { cause: error });
}
