// Parts of libtorch that one machine has and another lacks, and what each adds to the build. A feature is one entry here.

import { closeSync, openSync, readSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { isFile } from "./files.mjs";
import { onPath } from "./python.mjs";

/** @import { Libtorch } from "./index.mjs" */

/**
 * @typedef {object} Feature
 * @property {string} name as listed in build.json
 * @property {string[]} defines
 * @property {string[]} includeDirs
 * @property {string[]} libraries to link with, whether or not a symbol of them is used
 */

/**
 * @param {Pick<Libtorch, "cuda" | "libraryDir">} libtorch
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Feature[]}
 */
export function detectFeatures(libtorch, env = process.env) {
  return [...cudaFeatures(libtorch, env), ...glooFeature(libtorch)];
}

/**
 * @param {Pick<Libtorch, "cuda" | "libraryDir">} libtorch
 * @param {NodeJS.ProcessEnv} env
 * @returns {Feature[]}
 */
function cudaFeatures(libtorch, env) {
  if (!libtorch.cuda) return [];
  // libtorch's CUDA library registers its operators when it is loaded, so linking is enough to use it. CUDA's own
  // headers are only needed for memory figures and for the driver's reason when no device answers.
  const headers = cudaHeaders(libtorch.libraryDir, env);
  const linked = { name: "cuda", defines: [], includeDirs: [], libraries: ["torch_cuda", "c10_cuda"] };
  const compiled = {
    name: "cuda-headers",
    defines: ["PINMEM_WITH_CUDA"],
    includeDirs: headers ? [headers] : [],
    libraries: [],
  };
  return headers ? [linked, compiled] : [linked];
}

/**
 * Process groups: their headers come with every libtorch, their code only where it was built with Gloo.
 *
 * @param {Pick<Libtorch, "libraryDir">} libtorch
 * @returns {Feature[]}
 */
function glooFeature({ libraryDir }) {
  const library = process.platform === "darwin" ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
  if (!contains(join(libraryDir, library), "N4c10d16ProcessGroupGlooC")) return [];
  return [{ name: "gloo", defines: ["PINMEM_WITH_GLOO"], includeDirs: [], libraries: [] }];
}

/**
 * Whether a large file contains a short text. Names of functions stand near the beginning of a library.
 *
 * @param {string} path
 * @param {string} text
 */
function contains(path, text) {
  const piece = Buffer.allocUnsafe(2 ** 24);
  /** @type {number} */
  let file;
  try {
    file = openSync(path, "r");
  } catch {
    return false;
  }
  try {
    for (let at = 0; ; at += piece.length - text.length) {
      const size = readSync(file, piece, 0, piece.length, at);
      if (piece.subarray(0, size).includes(text)) return true;
      if (size < piece.length) return false;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * @param {string} libraryDir of libtorch; pip installs CUDA's own packages beside it
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} the folder with cuda_runtime_api.h
 */
export function cudaHeaders(libraryDir, env) {
  const sitePackages = dirname(dirname(libraryDir));
  const nvcc = onPath("nvcc", env);
  const toolkits = [
    env.CUDA_HOME,
    env.CUDA_PATH,
    nvcc && dirname(dirname(nvcc)),
    "/usr/local/cuda",
    "/opt/cuda",
  ];
  const folders = [
    ...toolkits.filter((path) => !!path).map((path) => join(String(path), "include")),
    ...["cuda_runtime", "cu13", "cu12"].map((name) => join(sitePackages, "nvidia", name, "include")),
    ...(env.CPATH ?? "").split(delimiter).filter((path) => path !== ""),
    ...(env.CONDA_PREFIX ? [join(env.CONDA_PREFIX, "targets/x86_64-linux/include")] : []),
  ];
  return folders.find((folder) => isFile(join(folder, "cuda_runtime_api.h")));
}
