// A shell as on a machine with Node.js and nothing else: its PATH holds node, npm and npx (and another client that is tried), and
// the few programs that scripts of npm's clients call; no compiler and no Python. Its home is empty.

import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { onPath } from "../../packages/torch/setup/python.mjs";
import { run } from "../../packages/torch/setup/run.mjs";

/** What leads to another libtorch, another Python or another npm than is meant. */
const hidden =
  /^(npm_|LIBTORCH$|LD_|DYLD_|PYTHON|VIRTUAL_ENV|CONDA|CXX|CPATH|PINMEM_|XDG_|NODE_OPTIONS$|INIT_CWD$|PYENV)/;

/** @typedef {Awaited<ReturnType<typeof bareMachine>>} BareMachine */

/**
 * @param {string} root an empty folder
 * @param {{ registry: string, clients?: readonly string[] }} options
 */
export async function bareMachine(root, { registry, clients = [] }) {
  const [bin, home] = [join(root, "bin"), join(root, "home")];
  for (const folder of [bin, home]) mkdirSync(folder, { recursive: true });
  const npm = process.env.npm_execpath?.endsWith("npm-cli.js") ? process.env.npm_execpath : programOf("npm");
  const programs = [
    ["npm", npm],
    ["npx", npm.replace(/npm-cli\.js$/, "npx-cli.js")],
    ...clients.map((name) => [name, programOf(name)]),
  ];
  command("node", `exec ${quoted(process.execPath)} "$@"`);
  for (const [name = "", path = ""] of programs)
    command(name, `exec ${isOfNode(path) ? "node " : ""}${quoted(path)} "$@"`);
  for (const name of ["sh", "env", "cat", "sed", "uname", "dirname", "basename"]) {
    const path = onPath(name);
    if (path !== undefined) symlinkSync(path, join(bin, name));
  }
  const kept = Object.entries(process.env).filter(
    ([name]) => !hidden.test(name) || /^npm_config_(cafile|https?_proxy|proxy)$/i.test(name),
  );
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...Object.fromEntries(kept),
    PATH: bin,
    HOME: home,
    NO_PROXY: [process.env.NO_PROXY ?? process.env.no_proxy, "127.0.0.1"].filter(Boolean).join(","),
    npm_config_registry: registry,
    // Newer pnpm reads none of npm's.
    pnpm_config_registry: registry,
    // Yarn keeps root's in a folder of the system's.
    YARN_CACHE_FOLDER: join(home, ".cache/yarn"),
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    ONNXRUNTIME_NODE_INSTALL: "skip",
  };
  // `run` adds to this process's variables: what must not be seen is emptied.
  const emptied = Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => !(name in env))
      .map((name) => [name, ""]),
  );
  return {
    home,
    bin,
    /**
     * @param {string} folder
     * @param {readonly string[]} words
     * @param {NodeJS.ProcessEnv} [more]
     */
    async run(folder, words, more = {}) {
      const [program = "", ...args] = words;
      const start = performance.now();
      const result = await run([join(bin, program), ...args], {
        cwd: folder,
        env: /** @type {NodeJS.ProcessEnv} */ ({ ...emptied, ...env, ...more }),
        timeout: 600_000,
      });
      return { ...result, seconds: (performance.now() - start) / 1000 };
    },
  };

  /**
   * @param {string} name
   * @param {string} line
   */
  function command(name, line) {
    const path = join(bin, name);
    writeFileSync(path, `#!/bin/sh\n${line}\n`);
    chmodSync(path, 0o755);
  }
}

/** @param {string} name */
function programOf(name) {
  const path = onPath(name, process.env);
  if (path === undefined)
    throw new Error(`${name} is not on the PATH ${process.env.PATH?.split(delimiter).join(", ")}`);
  return realpathSync(path);
}

/**
 * Newer pnpm is no script.
 *
 * @param {string} path
 */
function isOfNode(path) {
  const start = Buffer.alloc(100);
  const file = openSync(path, "r");
  readSync(file, start);
  closeSync(file);
  return /^#!.*\bnode\b/.test(start.toString("latin1"));
}

/** @param {string} word */
const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;
