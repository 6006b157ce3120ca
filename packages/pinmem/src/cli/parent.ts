// Whether the npx or npm that started this is still there. Neither passes every signal on (npx ends its shell, not what runs
// in it), so that a command would go on unseen after `kill` of what its user started.
//
// Only they are watched: after `nohup node …/pinmem.mjs … &` the shell that started it may go.

import { readFileSync } from "node:fs";

const INTERVAL_MS = 500;
/** The terminal may have gone with the parent, and its SIGHUP, which says that this was meant, come after. */
const LOOKS = 3;

interface Relative {
  readonly id: number;
  readonly name: string;
  readonly parent: number;
}

/** Of a process, from /proc; null where there is none, or no such system. */
function readProcess(id: number): Relative | null {
  try {
    const text = readFileSync(`/proc/${id}/stat`, "utf8");
    const [open, close] = [text.indexOf("("), text.lastIndexOf(")")];
    const [, parent] = text.slice(close + 2).split(" ");
    return { id, name: text.slice(open + 1, close), parent: Number(parent) };
  } catch {
    return null;
  }
}

/** The npx or npm above this process, and whether it still is; null where it was started otherwise. */
function npmAbove(): (() => boolean) | null {
  if (process.env.npm_command === undefined) return null;
  const { ppid } = process;
  const parent = readProcess(ppid);
  if (!parent) return () => process.ppid === ppid;
  if (isNpm(parent)) return () => process.ppid === ppid;
  // It starts commands in a shell.
  const above = readProcess(parent.parent);
  if (!above || !isNpm(above)) return null;
  return () => process.ppid === ppid && readProcess(ppid)?.parent === above.id;
}

/** npm and npx call their processes "npm exec …", "npm run …". */
const isNpm = ({ name }: Relative): boolean => /^np[mx]\b/.test(name);

/** Calls `gone` once when the npx or npm that started this is gone; returns what ends the watch. */
export function watchParent(gone: () => void): () => void {
  const isThere = npmAbove();
  if (!isThere) return () => {};
  let missed = 0;
  const timer = setInterval(() => {
    missed = isThere() ? 0 : missed + 1;
    if (missed < LOOKS) return;
    stop();
    gone();
  }, INTERVAL_MS);
  timer.unref();
  const stop = () => {
    clearInterval(timer);
    process.removeListener("SIGHUP", stop);
  };
  // The terminal was closed and this goes on without: then so does it without its parent.
  process.on("SIGHUP", stop);
  return stop;
}
