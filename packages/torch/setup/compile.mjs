// Compiles sources to objects, several at once, and links them. An object is kept under a hash of everything that goes
// into it, so that editing one file recompiles one file and going back compiles none.

import { setMaxListeners } from "node:events";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { basename, join } from "node:path";
import { SetupError } from "./errors.mjs";
import { temporaryName } from "./files.mjs";
import { run } from "./run.mjs";

/** ATen's headers take a compiler up to 0.8 GB. */
const memoryPerJob = 1e9;
const unusedKept = 7 * 24 * 3_600_000;

/**
 * @typedef {object} Source
 * @property {string} path
 * @property {string} key hash of the source and all that it is compiled with
 */

/**
 * @typedef {object} CompileOptions
 * @property {string[]} compiler
 * @property {string[]} flags
 * @property {string} objectDir
 * @property {number} [jobs]
 * @property {(text: string) => void} [progress] told how many are done
 */

/**
 * How many compilers run at once: one for each core, as far as memory goes.
 *
 * @param {{ cores?: number, memory?: number }} [machine]
 */
export function jobLimit({ cores = availableParallelism(), memory = freeMemory() } = {}) {
  return Math.max(1, Math.min(cores, Math.floor(memory / memoryPerJob)));
}

/**
 * @param {string} objectDir
 * @param {Source} source
 */
export function objectPath(objectDir, { path, key }) {
  return join(objectDir, `${basename(path).replace(/\.[^.]+$/, "")}-${key.slice(0, 16)}.o`);
}

/**
 * @param {readonly Source[]} sources
 * @param {CompileOptions} options
 * @returns {Promise<string[]>} the objects, in the order of their sources
 * @throws {SetupError} with the compiler's words on the first file that does not compile; the others are stopped
 */
export async function compileAll(sources, { compiler, flags, objectDir, jobs = jobLimit(), progress }) {
  mkdirSync(objectDir, { recursive: true });
  const waiting = sources.filter((source) => !existsSync(objectPath(objectDir, source)));
  const all = waiting.length;
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  let done = 0;
  const worker = async () => {
    for (let source = waiting.shift(); source && !stop.signal.aborted; source = waiting.shift()) {
      const object = objectPath(objectDir, source);
      const temporary = temporaryName(object);
      const command = [...compiler, ...flags, "-c", source.path, "-o", temporary];
      const { code, output } = await run(command, { signal: stop.signal });
      if (code !== 0) {
        rmSync(temporary, { force: true });
        if (stop.signal.aborted) return;
        stop.abort();
        throw new SetupError(compileError(source.path, code, output));
      }
      renameSync(temporary, object);
      done += 1;
      progress?.(`${done} of ${all}`);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(jobs, all) }, worker));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return sources.map((source) => objectPath(objectDir, source));
}

/**
 * @param {readonly string[]} objects
 * @param {{ compiler: string[], flags: string[], target: string }} options
 * @throws {SetupError} with the linker's words
 */
export async function link(objects, { compiler, flags, target }) {
  const { code, output } = await run([...compiler, "-o", target, ...objects, ...flags]);
  if (code !== 0)
    throw new SetupError(`linking the addon failed (exit code ${code}):\n${firstLines(output, 30)}`);
}

/**
 * Forgets objects that no build has used for a week, and what interrupted compilers left.
 *
 * @param {string} objectDir
 * @param {readonly string[]} used
 */
export function pruneObjects(objectDir, used) {
  const now = Date.now();
  for (const name of readdirSync(objectDir)) {
    const path = join(objectDir, name);
    if (used.includes(path)) utimesSync(path, new Date(now), new Date(now));
    else if (name.endsWith(".tmp") || now - statSync(path).mtimeMs > unusedKept)
      rmSync(path, { force: true });
  }
}

/**
 * @param {string} path
 * @param {number} code
 * @param {string} output
 */
function compileError(path, code, output) {
  const memory = /Killed|out of memory|virtual memory exhausted/i.test(output)
    ? "\nThe compiler ran out of memory: it needs about 1 GB. Close other programs and run this again."
    : "";
  return `${basename(path)} does not compile (exit code ${code}):\n${firstLines(output, 40)}${memory}`;
}

/**
 * @param {string} output
 * @param {number} lines
 */
function firstLines(output, lines) {
  return output.trimEnd().split("\n").slice(0, lines).join("\n");
}

function freeMemory() {
  // Knows the limits of containers; in Node from 20.13.
  return process.availableMemory?.() ?? freemem();
}
