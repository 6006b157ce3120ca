// Which libtorch to build against: LIBTORCH (or --libtorch), then the active Python's torch, then the system's. What
// the user named must be right and is never passed over; what set-up finds by itself is passed over with a reason
// when it will not do.

import { join } from "node:path";
import { SetupError } from "./errors.mjs";
import { realPath } from "./files.mjs";
import { inspectLibtorch, nearbyLibtorch } from "./libtorch-folder.mjs";
import { oldestSupported } from "./libtorch-version.mjs";
import { pythonTorch } from "./python.mjs";

/** @import { FindOptions, Found, Libtorch } from "./index.mjs" */

/**
 * @param {FindOptions} [options]
 * @returns {Promise<Found>}
 * @throws {SetupError} when the user's choice will not do
 */
export async function findLibtorch({
  env = process.env,
  libtorch = env.LIBTORCH,
  prefixes = systemPrefixes(env),
  python = () => pythonTorch(env),
} = {}) {
  if (libtorch) return { libtorch: chosenLibtorch(libtorch), passedOver: [] };
  /** @type {Found} */
  const found = { libtorch: undefined, passedOver: [] };
  const roots = prefixes.map(realPath);
  const pythons = await python();
  for (const path of [...(pythons ? [pythons] : []), ...prefixes]) {
    const result = inspectLibtorch(path, path === pythons ? "python" : "system");
    if ("root" in result) {
      return { ...found, libtorch: roots.includes(result.root) ? { ...result, source: "system" } : result };
    }
    if (result.problem !== "absent") found.passedOver.push({ ...result, path });
  }
  return found;
}

/**
 * @param {string} path what LIBTORCH or --libtorch says
 * @returns {Libtorch}
 * @throws {SetupError}
 */
export function chosenLibtorch(path) {
  const result = inspectLibtorch(path, "LIBTORCH");
  if ("root" in result) return result;
  const near = result.problem === "absent" ? nearbyLibtorch(path) : undefined;
  const advice =
    result.problem === "too old"
      ? `This project needs libtorch ${oldestSupported} or newer.`
      : result.problem === "no headers"
        ? "Install its development files (on Debian and Ubuntu: libtorch-dev), or name another one."
        : near
          ? `Did you mean ${near}?`
          : "It must be an unpacked LibTorch archive, Python's site-packages/torch, or a prefix such as /usr. " +
            "Without LIBTORCH, set-up searches by itself.";
  throw new SetupError(`LIBTORCH ${path} cannot be used: ${result.reason}. ${advice}`);
}

/** @param {NodeJS.ProcessEnv} env */
function systemPrefixes(env) {
  const brew = [
    "/opt/homebrew/opt/pytorch",
    "/usr/local/opt/pytorch",
    "/home/linuxbrew/.linuxbrew/opt/pytorch",
  ];
  const own = [env.CONDA_PREFIX, env.HOMEBREW_PREFIX && join(env.HOMEBREW_PREFIX, "opt/pytorch")];
  return [...own.filter((prefix) => !!prefix).map(String), "/usr", "/usr/local", ...brew];
}
