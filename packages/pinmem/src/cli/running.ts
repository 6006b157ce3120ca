// What commands have in common: numbers among their options, progress on terminals, interruptions, errors in one line.

import { statSync } from "node:fs";
import { dirname } from "node:path";
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

/** Parses an option that says which weights of a run are meant. */
export function bestOrLast(text: string): "best" | "last" {
  if (text === "best" || text === "last") return text;
  throw new InvalidArgumentError("It must be best or last.");
}

/** The folder of a run that was named by it or by one of its files. */
export const folderOfRun = (path: string): string => (statSync(path).isDirectory() ? path : dirname(path));

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

/**
 * The first Ctrl-C asks for an end; after it the system's own handling is back.
 * @param piece of work that is finished first
 */
export function interruption(piece: string): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const names = ["SIGINT", "SIGTERM"] as const;
  const stop = () => {
    for (const name of names) process.removeListener(name, listener);
  };
  const listener = () => {
    stop();
    console.error(`\nstopping after this ${piece}; once more to stop at once`);
    controller.abort();
  };
  for (const name of names) process.on(name, listener);
  return { signal: controller.signal, stop };
}

/** 20260131-120000 */
export const timestamp = (date: Date): string =>
  date.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
