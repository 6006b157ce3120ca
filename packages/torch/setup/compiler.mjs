// The C++ compiler: CXX where the user set it, otherwise the first one there is. Knows what each standard needs.

import { SetupError } from "./errors.mjs";
import { isOlder } from "./libtorch-version.mjs";
import { onPath } from "./python.mjs";
import { run } from "./run.mjs";

/**
 * @typedef {object} Compiler
 * @property {string[]} command program and fixed arguments, such as ["ccache", "g++"]
 * @property {"gcc" | "clang"} kind
 * @property {string} version
 */

/** @type {Record<Compiler["kind"], Record<17 | 20, string>>} */
const oldest = { gcc: { 17: "9.0", 20: "10.0" }, clang: { 17: "9.0", 20: "13.0" } };

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Compiler | undefined>} undefined where there is none
 * @throws {SetupError} when CXX names something that is no compiler
 */
export async function findCompiler(env = process.env) {
  const chosen = env.CXX?.trim();
  if (chosen) {
    const compiler = await identify(chosen.split(/\s+/));
    if (compiler) return compiler;
    throw new SetupError(
      `CXX=${chosen} is not a C++ compiler that answers --version. Correct CXX, or unset it.`,
    );
  }
  // On a Mac without the command line tools, clang++ is there but opens a window instead of compiling.
  if (process.platform === "darwin" && (await run(["xcode-select", "-p"])).code !== 0) return undefined;
  const names = process.platform === "darwin" ? ["clang++", "g++"] : ["g++", "clang++", "c++"];
  for (const name of names) {
    const compiler = onPath(name, env) && (await identify([name]));
    if (compiler) return compiler;
  }
  return undefined;
}

/**
 * @param {Compiler} compiler
 * @param {17 | 20} standard
 * @throws {SetupError} when the compiler is too old for it
 */
export function requireStandard({ command, kind, version }, standard) {
  if (!isOlder(version, oldest[kind][standard])) return;
  throw new SetupError(
    `${command.join(" ")} is ${kind} ${version}, but this libtorch needs C++${standard}: ${kind} ` +
      `${oldest[kind][standard]} or newer. Install one and name it, for instance CXX=g++-12.`,
  );
}

/**
 * @param {string} output of --version
 * @returns {Omit<Compiler, "command"> | undefined}
 */
export function parseCompilerVersion(output) {
  const clang = /clang version (\d+\.\d+[\d.]*)/.exec(output)?.[1];
  if (clang) return { kind: "clang", version: clang };
  const gcc = /^\S*(?:g\+\+|c\+\+|gcc)\S* .*?\) (\d+\.\d+\.\d+)/m.exec(output)?.[1];
  return gcc ? { kind: "gcc", version: gcc } : undefined;
}

/**
 * @param {string[]} command
 * @returns {Promise<Compiler | undefined>}
 */
async function identify(command) {
  const { code, stdout } = await run([...command, "--version"], { env: { LC_ALL: "C" }, timeout: 10_000 });
  const parsed = code === 0 ? parseCompilerVersion(stdout) : undefined;
  return parsed && { command, ...parsed };
}
