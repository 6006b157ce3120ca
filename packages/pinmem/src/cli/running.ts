// What commands have in common: progress on terminals, interruptions, errors in one line.

import { statSync } from "node:fs";
import { dirname } from "node:path";

/** The folder of a run that was named by it or by one of its files. */
export const folderOfRun = (path: string): string => (statSync(path).isDirectory() ? path : dirname(path));

/** Shows how far it is on terminals, and nothing elsewhere. */
export function progress(verb: string): (done: number, total: number) => void {
  return (done, total) => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(done === total ? "\r\u001b[K" : `\r${verb} ${done} of ${total}`);
  };
}

/** Somebody asked for an end; the message says what is left to find. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** What a user can mend is said in one line; our own mistakes keep their stack. */
export async function explained(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K"); // A line of progress may stand there.
    if (!(error instanceof Error) || error.message.startsWith("internal:")) throw error;
    console.error(error.message);
    process.exitCode = error instanceof Interrupted ? INTERRUPTED : 1;
  }
}

/** The exit code after an interruption. */
export const INTERRUPTED = 130;

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
  /** @throws Interrupted where an end was asked for; `outcome` says what there is then */
  check(outcome: string): void;
}

/**
 * The first Ctrl-C asks for an end; after it the system's own handling is back.
 * @param piece of work that is finished first
 */
export function interruption(piece: string): Interruption {
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
  return {
    signal: controller.signal,
    check: (outcome) => {
      if (controller.signal.aborted) throw new Interrupted(`interrupted; ${outcome}`);
    },
    [Symbol.dispose]: stop,
  };
}

/** 20260131-120000 */
export const timestamp = (date: Date): string =>
  date.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
