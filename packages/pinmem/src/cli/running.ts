// What commands have in common: progress on terminals, errors in one line.

import { statSync } from "node:fs";
import { dirname } from "node:path";
import { clearStatusLine, StatusLine, type StatusLineOptions } from "../files/status-line.js";
import { inFlags } from "./in-flags.js";
import { INTERRUPTED, Interrupted } from "./interruption.js";

/** The folder of a run that was named by it or by one of its files. */
export const folderOfRun = (path: string): string => (statSync(path).isDirectory() ? path : dirname(path));

/** Shows how far it is: "decoded 12 of 345". */
export function progress(
  verb: string,
  options: StatusLineOptions = {},
): (done: number, total: number) => void {
  const line = new StatusLine(options);
  return (done, total) => {
    if (done === total) line.clear();
    else line.show(`${verb} ${done} of ${total}`);
  };
}

/** What a user can mend is said in one line; our own mistakes keep their stack. */
export async function explained(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    clearStatusLine();
    if (!(error instanceof Error) || error.message.startsWith("internal:")) throw error;
    console.error(inFlags(error.message));
    process.exitCode = error instanceof Interrupted ? INTERRUPTED : 1;
  }
}

/** 20260131-120000 */
export const timestamp = (date: Date): string =>
  date.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
