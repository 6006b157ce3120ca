// The builds of the addon, one folder for each libtorch: build/ID/torch.node with build/ID/build.json, and
// build/default.json, which says which of them is used when LIBTORCH is not set. The `home` of a build folder is that of
// this package in a checkout, and one in the cache for an installed package (cache-folder.mjs).

import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { hashOf, isFile, readJson, writeJson } from "./files.mjs";

/** @import { Build, DefaultBuild } from "./index.mjs" */

/** @param {string} home */
export const buildsDir = (home) => join(home, "build");

/**
 * @param {string} home
 * @param {string} id
 */
export const addonPath = (home, id) => join(buildsDir(home), id, "torch.node");

/**
 * A name for the build against one libtorch on one kind of machine. An upgrade of libtorch in place keeps it.
 *
 * @param {string} root
 */
export function buildId(root) {
  const label = basename(root).replace(/[^\w.-]/g, "") || "root";
  return `${process.platform}-${process.arch}-${label}-${hashOf([root]).slice(0, 8)}`;
}

/**
 * @param {string} home
 * @param {string} id
 * @returns {Build | undefined} undefined where there is no complete build of that name
 */
export function readBuild(home, id) {
  const build = /** @type {Partial<Build> | undefined} */ (readJson(join(buildsDir(home), id, "build.json")));
  if (
    build?.id !== id ||
    typeof build.libtorch?.root !== "string" ||
    !Array.isArray(build.libtorch.includeDirs)
  )
    return;
  return isFile(addonPath(home, id)) ? /** @type {Build} */ (build) : undefined;
}

/**
 * @param {string} home
 * @returns {Build[]}
 */
export function listBuilds(home) {
  try {
    const names = readdirSync(buildsDir(home)).sort();
    return names.map((id) => readBuild(home, id)).filter((build) => build !== undefined);
  } catch {
    return [];
  }
}

/**
 * @param {string} home
 * @param {Build} build
 */
export function writeBuild(home, build) {
  writeJson(join(buildsDir(home), build.id, "build.json"), build);
}

/**
 * @param {string} home
 * @returns {DefaultBuild | undefined}
 */
export function readDefault(home) {
  const { id, chosen, context } = readJson(join(buildsDir(home), "default.json")) ?? {};
  if (typeof id !== "string") return undefined;
  return {
    id,
    chosen: chosen === "user" ? "user" : "search",
    context: typeof context === "string" ? context : "",
  };
}

/**
 * @param {string} home
 * @param {DefaultBuild} value
 */
export function writeDefault(home, value) {
  writeJson(join(buildsDir(home), "default.json"), value);
}
