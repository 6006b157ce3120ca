// Who holds a lock: a process on a machine. Numbers of processes are used again, so the time at which it started belongs to it.

import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** @import { ProcessIdentity } from "./index.mjs" */

/** @returns {ProcessIdentity} this process */
export const thisProcess = () => ({
  pid: process.pid,
  host: hostname(),
  started: startTime(process.pid),
});

/**
 * Whether a process still runs; of another machine's nobody here can tell, so that it counts as running.
 *
 * @param {ProcessIdentity} identity without `started` the number alone decides
 */
export function isRunning({ pid, host, started }) {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH") return false;
  }
  return started === undefined || startTime(pid) === started;
}

/**
 * When a process started, in ticks since the system did; null where the system does not tell.
 *
 * @param {number} pid
 * @returns {string | null}
 */
function startTime(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
