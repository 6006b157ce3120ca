// Builds the addon that decodes JPEG files (native/jpeg.cpp) where libjpeg-turbo's development files are, and otherwise
// notes why not: without it, libvips decodes them too, more slowly. Plain JavaScript with types in comments, like the
// set-up of @pinmem/torch, whose parts it uses.

import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import {
  findCompiler,
  hashOf,
  includeFlags,
  isFile,
  lastLines,
  nodeHeaders,
  readJson,
  run,
  temporaryName,
  words,
  writeJson,
} from "@pinmem/torch/setup/tools";

/** @import { Reporter } from "@pinmem/torch/setup" */

/**
 * @typedef {object} JpegBuild
 * @property {string} key of all that the addon is made of; another one means that it has to be looked at again
 * @property {string | null} problem why there is no addon; null: it is there
 */

/** @param {string} packageDir */
const addonPath = (packageDir) => join(packageDir, "build/jpeg.node");

/**
 * @param {string} packageDir
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {boolean} whether the addon, or the note that there is none, belongs to the present sources and system
 */
export function jpegCurrent(packageDir, env = process.env) {
  const { key, problem } = readBuild(packageDir);
  return key === plan(packageDir, env).key && (problem !== null || isFile(addonPath(packageDir)));
}

/**
 * @param {string} packageDir
 * @param {{ report: Reporter, env?: NodeJS.ProcessEnv }} options
 */
export async function ensureJpeg(packageDir, { report, env = process.env }) {
  if (jpegCurrent(packageDir, env)) return;
  const { key, source, headers, node } = plan(packageDir, env);
  const problem = headers
    ? await compileJpeg({ target: addonPath(packageDir), source, headers, node, report, env })
    : "there is no jpeglib.h (on Debian and Ubuntu: apt-get install libjpeg-dev)";
  if (problem) {
    rmSync(addonPath(packageDir), { force: true });
    report.note(`JPEG files will be decoded by libvips, more slowly: ${problem}`);
  }
  /** @type {JpegBuild} */
  const state = { key, problem };
  writeJson(join(packageDir, "build/jpeg.json"), state);
}

/**
 * What the distribution's package manager may install along the way.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]} packages of Debian and Ubuntu
 */
export const jpegPackages = (env = process.env) => (jpegHeaders(env) ? [] : ["libjpeg-dev"]);

/**
 * @param {string} packageDir
 * @returns {Partial<JpegBuild>}
 */
const readBuild = (packageDir) => readJson(join(packageDir, "build/jpeg.json")) ?? {};

/**
 * @param {string} packageDir
 * @param {NodeJS.ProcessEnv} env
 */
function plan(packageDir, env) {
  const source = join(packageDir, "native/jpeg.cpp");
  const headers = jpegHeaders(env);
  const { include: node, version } = nodeHeaders();
  const about = headers ? [headers, readFileSync(join(headers, "jpeglib.h"))] : ["none"];
  const machine = [process.platform, process.arch];
  const flags = [...machine, version, env.CXXFLAGS ?? "", env.LDFLAGS ?? ""];
  return { key: hashOf([readFileSync(source), ...about, ...flags]), source, headers, node };
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} the folder with jpeglib.h
 */
function jpegHeaders(env) {
  const folders = [
    ...(env.CPATH ?? "").split(delimiter).filter((path) => path !== ""),
    ...(env.CONDA_PREFIX ? [join(env.CONDA_PREFIX, "include")] : []),
    "/usr/include",
    "/usr/local/include",
    "/opt/homebrew/opt/jpeg-turbo/include",
    "/usr/local/opt/jpeg-turbo/include",
  ];
  return folders.find((folder) => isFile(join(folder, "jpeglib.h")));
}

/**
 * The addon for another place than this package's: for npm's package of this platform, with libjpeg beside it.
 *
 * @param {string} packageDir
 * @param {string} target
 * @param {{ report: Reporter, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<string | null>} what went wrong
 */
export async function buildPortableJpeg(packageDir, target, { report, env = process.env }) {
  const { source, headers, node } = plan(packageDir, env);
  if (!headers) return "there is no jpeglib.h (on Debian and Ubuntu: apt-get install libjpeg-dev)";
  const LDFLAGS = `-Wl,-rpath,$ORIGIN -Wl,--disable-new-dtags -s ${env.LDFLAGS ?? ""}`;
  return compileJpeg({ target, source, headers, node, report, env: { ...env, LDFLAGS } });
}

/**
 * @param {{ target: string, source: string, headers: string, node: string, report: Reporter, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<string | null>} what went wrong
 */
async function compileJpeg({ target, source, headers, node, report, env }) {
  const compiler = await findCompiler(env).catch((/** @type {Error} */ { message }) => message);
  if (!compiler || typeof compiler === "string") return compiler ?? "there is no C++ compiler";
  const libraries = join(dirname(headers), "lib");
  const temporary = temporaryName(target);
  const command = [
    ...compiler.command,
    ...["-std=c++17", "-O2", "-fPIC", "-fvisibility=hidden", "-DNAPI_VERSION=9", "-isystem", node],
    ...includeFlags(headers),
    ...(libraries === "/usr/lib" ? [] : [`-L${libraries}`, `-Wl,-rpath,${libraries}`]),
    ...(process.platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"]),
    ...[...words(env.CXXFLAGS), source, "-o", temporary, "-ljpeg", ...words(env.LDFLAGS)],
  ];
  try {
    return await report.step("jpeg", `compiling with ${compiler.kind} ${compiler.version}`, async () => {
      mkdirSync(dirname(target), { recursive: true });
      const compiled = await run(command);
      if (compiled.code !== 0) return `it does not compile: ${lastLines(compiled.output, 5)}`;
      const script = "process.dlopen({ exports: {} }, process.argv[1], os.constants.dlopen.RTLD_NOW)";
      const loaded = await run([process.execPath, "-e", script, temporary], { env: { NODE_OPTIONS: "" } });
      if (loaded.code !== 0) return `it does not load: ${lastLines(loaded.output, 5)}`;
      renameSync(temporary, target);
      return null;
    });
  } finally {
    rmSync(temporary, { force: true });
  }
}
