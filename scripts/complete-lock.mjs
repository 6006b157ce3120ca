// Completes package-lock.json after `npm install`: names the optional packages of other systems that npm left out.
//
// Registries that mirror only a part, and an old fault of npm (it forgets what was not installed), leave a lock file
// without the compiled packages for other processors and systems; `npm ci` then refuses it on every machine. Name and
// version are certain, because their owners pin them; the system follows from the name; a checksum is not known here,
// so npm will not verify one for these.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeJson } from "../packages/torch/setup/files.mjs";

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {boolean} [dev]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * @param {Record<string, LockedPackage>} packages of a package-lock.json
 * @returns {Record<string, object>} the entries it lacks
 */
export function missingOptional(packages) {
  const missing = Object.entries(packages).flatMap(([owner, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !packages[`node_modules/${name}`] && !packages[`${owner}/node_modules/${name}`])
      .map(([name, version]) => [`node_modules/${name}`, placeholder(name, version, entry.dev ?? false)]),
  );
  return Object.fromEntries(missing);
}

/**
 * @param {string} name such as "@rollup/rollup-linux-x64-musl"
 * @param {string} version
 * @param {boolean} dev
 */
function placeholder(name, version, dev) {
  if (!/^\d+\.\d+\.\d+/.test(version))
    throw new Error(`${name}@${version} is not pinned, so it cannot be completed`);
  const words = name.split(/[/-]/);
  const os = [
    "aix",
    "android",
    "darwin",
    "freebsd",
    "linux",
    "netbsd",
    "openbsd",
    "openharmony",
    "sunos",
    "win32",
  ];
  const cpu = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];
  const system = words.find((word) => os.includes(word));
  const processor = words.find((word) => cpu.includes(word));
  if (!system || !processor) throw new Error(`cannot tell the system from the name ${name}`);
  const libc = words.some((word) => word.startsWith("musl"))
    ? ["musl"]
    : words.some((word) => word.startsWith("gnu"))
      ? ["glibc"]
      : undefined;
  return {
    version,
    cpu: [processor],
    ...(dev ? { dev } : {}),
    ...(system === "linux" && libc ? { libc } : {}),
    optional: true,
    os: [system],
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const path = join(import.meta.dirname, "../package-lock.json");
  const lock = /** @type {{ packages: Record<string, LockedPackage> }} */ (
    JSON.parse(readFileSync(path, "utf8"))
  );
  const added = missingOptional(lock.packages);
  const all = Object.entries({ ...lock.packages, ...added });
  const packages = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  if (Object.keys(added).length > 0) writeJson(path, { ...lock, packages });
  console.log(`package-lock.json: ${Object.keys(added).length} optional packages of other systems added`);
}
