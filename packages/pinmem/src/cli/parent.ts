// Whether the npx or npm that started this is still there, or the `pinmem launch`. npm and npx do not pass every signal on (npx ends
// its shell, not what runs in it), and none of them can after `kill -9`, so that a command would go on unseen after `kill` of what its
// user started.
//
// Only they are watched: after `nohup node …/pinmem.mjs … &` the shell that started it may go.

import { readFileSync } from "node:fs";

const INTERVAL_MS = 500;
/** The terminal may have gone with the parent, and its SIGHUP, which says that this was meant, come after. */
const LOOKS = 3;

interface Starter {
  readonly name: string;
  isThere(): boolean;
}

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

/** The launcher, npx or npm above this process, and whether it still is; null where it was started otherwise. */
function starterAbove(): Starter | null {
  const launcher = Number(process.env.PINMEM_LAUNCHER ?? 0);
  if (launcher > 0) return { name: "pinmem launch", isThere: () => process.ppid === launcher };
  const isThere = npmAbove();
  return isThere && { name: "npx or npm", isThere };
}

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

/** Calls `gone` once, with its name, when what started this is gone; returns what ends the watch. */
export function watchParent(gone: (name: string) => void): () => void {
  const starter = starterAbove();
  if (!starter) return () => {};
  let missed = 0;
  const timer = setInterval(() => {
    missed = starter.isThere() ? 0 : missed + 1;
    if (missed < LOOKS) return;
    stop();
    gone(starter.name);
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
