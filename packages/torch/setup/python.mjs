// The active Python's torch, found without importing it (that takes seconds): Python only says where the package is.

import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { isFile } from "./files.mjs";
import { run } from "./run.mjs";

const question =
  "import importlib.util as u; s = u.find_spec('torch'); print(s.origin if s and s.origin else '')";

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>} the package's folder; undefined where there is no Python or it has no torch
 */
export async function pythonTorch(env = process.env) {
  const python = onPath("python3", env) ?? onPath("python", env);
  if (python === undefined) return undefined;
  // From the root folder, because Python takes any folder named "torch" in the current one for a package.
  const { code, stdout } = await run([python, "-c", question], { cwd: "/", env, timeout: 10_000 });
  const origin = stdout.trim();
  return code === 0 && isFile(origin) ? dirname(origin) : undefined;
}

/**
 * What decides which Python is active. While it stays the same, set-up need not ask Python again.
 *
 * @param {NodeJS.ProcessEnv} [env]
 */
export function pythonContext(env = process.env) {
  const python = onPath("python3", env) ?? onPath("python", env);
  return [python, env.VIRTUAL_ENV, env.CONDA_PREFIX, env.PYENV_VERSION, env.PYTHONPATH]
    .map((value) => value ?? "")
    .join(delimiter);
}

/**
 * @param {string} program
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} its path
 */
export function onPath(program, env = process.env) {
  return (env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find((path) => isFile(path) && isExecutable(path));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
