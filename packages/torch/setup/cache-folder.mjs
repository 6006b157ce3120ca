// The folder of the user's in which pinmem keeps what it can fetch or build again: PINMEM_CACHE, else the system's place
// for caches. What set-up builds for an installed package lies there too, since node_modules may be read-only and is
// emptied at every install.

import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @param {string} [platform]
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.PINMEM_CACHE) return resolve(env.PINMEM_CACHE);
  const home = env.HOME || homedir();
  if (platform === "darwin") return join(home, "Library/Caches/pinmem");
  if (platform === "win32") return join(env.LOCALAPPDATA || join(home, "AppData/Local"), "pinmem/Cache");
  return join(env.XDG_CACHE_HOME || join(home, ".cache"), "pinmem");
}

/**
 * Where the cache keeps addons for one version of @pinmem/torch: a folder with a `build` like that of a checkout.
 *
 * @param {string} version of @pinmem/torch
 * @param {Readonly<Record<string, string | undefined>>} [env]
 */
export const cachedAddons = (version, env = process.env) => join(cacheFolder(env), "torch", version);

/**
 * Where the cache keeps libtorchs, one folder each.
 *
 * @param {Readonly<Record<string, string | undefined>>} [env]
 */
export const cachedLibtorchs = (env = process.env) => join(cacheFolder(env), "libtorch");
