// What kind of machine this is, as far as installing is concerned: the distribution, its package manager, and whether
// set-up may use it. Only looks; system-packages decides.

import { join } from "node:path";
import { readText, realPath } from "./files.mjs";
import { triplet } from "./libtorch-folder.mjs";
import { onPath } from "./python.mjs";
import { run } from "./run.mjs";

/**
 * @typedef {object} System
 * @property {NodeJS.Platform} platform
 * @property {string} name as its users call it, such as "Debian GNU/Linux 12 (bookworm)"
 * @property {string[]} family distribution and what it derives from, such as ["ubuntu", "debian"]
 * @property {boolean} apt it has Debian's package manager
 * @property {"root" | "sudo" | "none"} privilege what installing would be done with; sudo only where it asks nothing
 */

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<System>}
 */
export async function describeSystem(env = process.env) {
  const release = parseOsRelease(readText("/etc/os-release") ?? "");
  const mac = process.platform === "darwin";
  const sudo =
    process.getuid?.() !== 0 &&
    onPath("sudo", env) !== undefined &&
    (await run(["sudo", "-n", "true"])).code === 0;
  return {
    platform: process.platform,
    name: mac ? "macOS" : (release.PRETTY_NAME ?? process.platform),
    family: mac
      ? ["macos"]
      : [release.ID, ...(release.ID_LIKE ?? "").split(" ")].filter((word) => !!word).map(String),
    apt: onPath("apt-get", env) !== undefined,
    privilege: process.getuid?.() === 0 ? "root" : sudo ? "sudo" : "none",
  };
}

/**
 * @param {string} text of /etc/os-release
 * @returns {Record<string, string>}
 */
export function parseOsRelease(text) {
  const lines = text.matchAll(/^([A-Z_]+)=(?:"([^"]*)"|(.*))$/gm);
  return Object.fromEntries([...lines].map(([, name = "", quoted, plain]) => [name, quoted ?? plain ?? ""]));
}

/**
 * Which library answers BLAS calls of a system libtorch. Debian's own fallback is correct and ten times slower.
 *
 * @param {string} [prefix]
 * @returns {{ path: string, optimized: boolean } | undefined} undefined where there is none
 */
export function systemBlas(prefix = "/usr") {
  const path = realPath(join(prefix, "lib", triplet, "libblas.so.3"));
  return path === undefined ? undefined : { path, optimized: /openblas|mkl|blis|atlas/i.test(path) };
}
