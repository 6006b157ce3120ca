// One set-up at a time: a folder as a lock. It is prepared under another name with its owner inside and then renamed,
// which fails where a lock lies already; so there is never a lock without an owner.
//
// A lock outlives its owner when that is killed. It counts as abandoned when its process is gone (same machine) or
// when it was not renewed for a minute (another machine, or a container, which has a name of its own). Taking over
// renames the folder to a name made from the old owner's token, which is left behind for a while: of several waiters
// only one can succeed, and none can rename the new owner's lock by mistake, for that name is then occupied.

import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { SetupError } from "./errors.mjs";
import { readJson, temporaryName } from "./files.mjs";
import { isRunning, thisProcess } from "./process-identity.mjs";

/** @import { LockOptions, LockOwner } from "./index.mjs" */

const renewEvery = 10_000;
const abandonedAfter = 60_000;
const tombstoneKept = 3_600_000;

/**
 * Runs `work` while holding the lock.
 *
 * @template T
 * @param {string} path the folder that is the lock; its parent is made where missing
 * @param {() => Promise<T>} work
 * @param {LockOptions} [options]
 * @returns {Promise<T>}
 * @throws {SetupError} when another process holds the lock for longer than `timeout`; AbortError when `signal` ends the wait
 */
export async function withLock(path, work, { onWait, timeout = 1_800_000, poll = 200, signal } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  const owner = { ...thisProcess(), token: randomUUID() };
  const deadline = Date.now() + timeout;
  for (let waited = false; !take(path, owner); ) {
    const holder = ownerOf(path);
    if (holder && isAbandoned(path, holder)) {
      bury(path, holder);
      continue;
    }
    if (!waited) onWait?.(holder);
    waited = true;
    if (Date.now() > deadline) {
      throw new SetupError(
        `another set-up${holder ? ` (process ${holder.pid} on ${holder.host})` : ""} has been at work for too long. ` +
          `If there is none, remove ${path} and run this again.`,
      );
    }
    await wait(poll, undefined, { signal });
  }
  const release = () => {
    if (ownerOf(path)?.token !== owner.token) return;
    const aside = temporaryName(path);
    renameSync(path, aside);
    rmSync(aside, { recursive: true, force: true });
  };
  const renew = setInterval(() => {
    if (ownerOf(path)?.token === owner.token) utimesSync(path, new Date(), new Date());
  }, renewEvery);
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(renew);
    process.removeListener("exit", release);
    release();
  }
}

/**
 * @param {string} path
 * @param {LockOwner} owner
 */
function take(path, owner) {
  const prepared = temporaryName(path);
  mkdirSync(prepared);
  writeFileSync(join(prepared, "owner.json"), JSON.stringify(owner));
  try {
    renameSync(prepared, path);
    return true;
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true });
    if (["ENOTEMPTY", "EEXIST"].includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? ""))
      return false;
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {LockOwner | undefined}
 */
function ownerOf(path) {
  const { pid, host, started, token } = readJson(join(path, "owner.json")) ?? {};
  if (typeof pid !== "number" || typeof host !== "string" || typeof token !== "string") return undefined;
  return { pid, host, token, ...(typeof started === "string" && { started }) };
}

/**
 * @param {string} path
 * @param {LockOwner} owner
 */
function isAbandoned(path, owner) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (!isRunning(owner)) return true;
  // A process of this machine that runs may have slept with it, which is no reason to work beside it.
  return owner.host !== hostname() && Date.now() - stat.mtimeMs > abandonedAfter;
}

/**
 * @param {string} path
 * @param {LockOwner} owner
 */
function bury(path, owner) {
  const folder = dirname(path);
  const prefix = `${basename(path)}.abandoned-`;
  const grave = join(folder, prefix + owner.token);
  try {
    renameSync(path, grave);
    utimesSync(grave, new Date(), new Date());
  } catch {
    return; // Somebody else was faster.
  }
  for (const name of readdirSync(folder)) {
    const age = Date.now() - (statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (name.startsWith(prefix) && age > tombstoneKept)
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}
