// The builds of the addon, one folder for each libtorch: build/ID/torch.node with build/ID/build.json, and
// build/default.json, which says which of them is used when LIBTORCH is not set. The loader of @pinmem/torch reads
// the same files.

import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { hashOf, isFile, readJson, writeJson } from "./files.mjs";

/** @import { Build, DefaultBuild } from "./index.mjs" */

/** @param {string} packageDir */
export const buildsDir = (packageDir) => join(packageDir, "build");

/**
 * @param {string} packageDir
 * @param {string} id
 */
export const addonPath = (packageDir, id) => join(buildsDir(packageDir), id, "torch.node");

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
 * @param {string} packageDir
 * @param {string} id
 * @returns {Build | undefined} undefined where there is no complete build of that name
 */
export function readBuild(packageDir, id) {
  const build = /** @type {Partial<Build> | undefined} */ (
    readJson(join(buildsDir(packageDir), id, "build.json"))
  );
  if (
    build?.id !== id ||
    typeof build.libtorch?.root !== "string" ||
    !Array.isArray(build.libtorch.includeDirs)
  )
    return;
  return isFile(addonPath(packageDir, id)) ? /** @type {Build} */ (build) : undefined;
}

/**
 * @param {string} packageDir
 * @returns {Build[]}
 */
export function listBuilds(packageDir) {
  try {
    const names = readdirSync(buildsDir(packageDir)).sort();
    return names.map((id) => readBuild(packageDir, id)).filter((build) => build !== undefined);
  } catch {
    return [];
  }
}

/**
 * @param {string} packageDir
 * @param {Build} build
 */
export function writeBuild(packageDir, build) {
  writeJson(join(buildsDir(packageDir), build.id, "build.json"), build);
}

/**
 * @param {string} packageDir
 * @returns {DefaultBuild | undefined}
 */
export function readDefault(packageDir) {
  const { id, chosen, context } = readJson(join(buildsDir(packageDir), "default.json")) ?? {};
  if (typeof id !== "string") return undefined;
  return {
    id,
    chosen: chosen === "user" ? "user" : "search",
    context: typeof context === "string" ? context : "",
  };
}

/**
 * @param {string} packageDir
 * @param {DefaultBuild} value
 */
export function writeDefault(packageDir, value) {
  writeJson(join(buildsDir(packageDir), "default.json"), value);
}
