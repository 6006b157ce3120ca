// What commands have in common: progress on terminals, errors in one line.

import { statSync } from "node:fs";
import { dirname } from "node:path";
import { inFlags } from "./in-flags.js";
import { INTERRUPTED, Interrupted } from "./interruption.js";

/** The folder of a run that was named by it or by one of its files. */
export const folderOfRun = (path: string): string => (statSync(path).isDirectory() ? path : dirname(path));

/** Seconds between two lines where no terminal shows the progress. */
const INTERVAL = 10;

/** Shows how far it is: on terminals in a line that is redrawn, elsewhere in a line now and then. */
export function progress(
  verb: string,
  now: () => number = () => performance.now(),
): (done: number, total: number) => void {
  let last = now();
  return (done, total) => {
    if (!process.stderr.isTTY) {
      if (done === total || now() - last < 1000 * INTERVAL) return;
      last = now();
      console.error(`${verb} ${done} of ${total}`);
      return;
    }
    process.stderr.write(done === total ? "\r\u001b[K" : `\r${verb} ${done} of ${total}`);
  };
}

/** What a user can mend is said in one line; our own mistakes keep their stack. */
export async function explained(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K"); // A line of progress may stand there.
    if (!(error instanceof Error) || error.message.startsWith("internal:")) throw error;
    console.error(inFlags(error.message));
    process.exitCode = error instanceof Interrupted ? INTERRUPTED : 1;
  }
}

/** 20260131-120000 */
export const timestamp = (date: Date): string =>
  date.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
