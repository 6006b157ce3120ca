// How the addon is compiled and linked for one libtorch, as lists of arguments. Pure but for reading ATen.h.

import { join } from "node:path";
import { readText } from "./files.mjs";
import { cppStandard } from "./libtorch-version.mjs";

/** @import { Feature } from "./features.mjs" */
/** @import { Libtorch } from "./index.mjs" */

/**
 * @typedef {object} BuildFlags
 * @property {17 | 20} standard
 * @property {string[]} compile without the place of Node's headers, so that a moved checkout keeps its objects
 * @property {string[]} link
 */

/**
 * @param {Pick<Libtorch, "version" | "abi" | "libraryDir" | "includeDirs">} libtorch
 * @param {readonly Feature[]} features
 * @param {{ env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform, rpath?: string[] }} [options] CXXFLAGS and LDFLAGS are
 *   appended; `rpath`: where the addon looks for libtorch when it is loaded
 * @returns {BuildFlags}
 */
export function buildFlags(
  libtorch,
  features,
  { env = process.env, platform = process.platform, rpath = [libtorch.libraryDir] } = {},
) {
  const mac = platform === "darwin";
  const standard = cppStandard(
    libtorch.version,
    readText(join(libtorch.includeDirs[0] ?? "", "ATen/ATen.h")) ?? "",
  );
  const includes = [...libtorch.includeDirs, ...features.flatMap((feature) => feature.includeDirs)];
  const libraries = ["torch", "torch_cpu", "c10", ...features.flatMap((feature) => feature.libraries)];
  return {
    standard,
    compile: [
      ...[`-std=c++${standard}`, "-O2", "-fPIC", "-fvisibility=hidden", "-pthread", "-DNAPI_VERSION=9"],
      ...(mac ? [] : [`-D_GLIBCXX_USE_CXX11_ABI=${libtorch.abi}`]),
      ...features.flatMap((feature) => feature.defines.map((name) => `-D${name}`)),
      ...includes.flatMap(includeFlags),
      ...words(env.CXXFLAGS),
    ],
    link: [
      // Node provides the N-API functions when it loads the addon.
      ...(mac ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"]),
      `-L${libtorch.libraryDir}`,
      // Linkers drop libraries of which no symbol is used, and CUDA registers itself just by being loaded.
      ...(mac ? [] : ["-Wl,--no-as-needed"]),
      ...libraries.map((name) => `-l${name}`),
      ...rpath.map((folder) => `-Wl,-rpath,${folder}`),
      // The classic kind of rpath, which LD_LIBRARY_PATH cannot override: another libtorch would crash the addon.
      ...(mac ? [] : ["-Wl,--disable-new-dtags", "-pthread"]),
      ...words(env.LDFLAGS),
    ],
  };
}

/**
 * System headers, so that warnings in them are not ours. /usr/include is searched anyway, and naming it would put it
 * before the compiler's own headers, which breaks them.
 *
 * @param {string} folder
 */
export function includeFlags(folder) {
  return folder === "/usr/include" ? [] : ["-isystem", folder];
}

/** @param {string | undefined} text */
export function words(text) {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
