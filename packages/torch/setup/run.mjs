// Running other programs: output collected, never inherited, so that set-up decides what is shown. A program that does
// not exist is an answer (code 127), not an exception.

import { spawn } from "node:child_process";

/**
 * @typedef {object} RunResult
 * @property {number} code exit status; 127 where there is no such program, 128 where a signal ended it
 * @property {string} stdout
 * @property {string} stderr
 * @property {string} output both in the order they came, at most the last 256 KiB
 */

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] added to this process's own
 * @property {AbortSignal} [signal] ends the program
 * @property {number} [timeout] milliseconds after which the program is ended
 */

const kept = 256 * 1024;

/**
 * @param {readonly string[]} command program and arguments; no shell is involved
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, { cwd, env, signal, timeout } = {}) {
  const [program = "", ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      ...(signal === undefined ? {} : { signal }),
      ...(timeout === undefined ? {} : { timeout }),
    });
    let stdout = "";
    let stderr = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      stdout = (stdout + text).slice(-kept);
      output = (output + text).slice(-kept);
    });
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      stderr = (stderr + text).slice(-kept);
      output = (output + text).slice(-kept);
    });
    child.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      resolve({ code: error.code === "ENOENT" ? 127 : 126, stdout, stderr, output: output + error.message });
    });
    child.on("close", (code) => resolve({ code: code ?? 128, stdout, stderr, output }));
  });
}

/**
 * As one would type it, for showing and for copying into a shell.
 *
 * @param {readonly string[]} command
 */
export function shown(command) {
  return command
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}

/**
 * @param {string} output
 * @param {number} lines
 */
export function lastLines(output, lines) {
  return output.trimEnd().split("\n").slice(-lines).join("\n");
}
