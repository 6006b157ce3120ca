// What commands have in common: numbers among their options, progress on terminals, and errors in one line.

import { InvalidArgumentError } from "commander";

/** Parses an option that must be a positive whole number. */
export function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("It must be a positive whole number.");
}

/** Parses an option that must be a whole number. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("It must be a whole number, 0 or more.");
}

/** Shows how far it is on terminals, and nothing elsewhere. */
export function progress(verb: string): (done: number, total: number) => void {
  return (done, total) => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(done === total ? "\r\u001b[K" : `\r${verb} ${done} of ${total}`);
  };
}

/** What a user can mend is said in one line; our own mistakes keep their stack. */
export async function explained(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Error) || error.message.startsWith("internal:")) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
