// The browser of `npm run test:browser`. It is large, so that only continuous integration installs it along the way; elsewhere
// those tests say how to get it, and are left out.

import { existsSync, readFileSync } from "node:fs";

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [release] what /etc/os-release says: Ubuntu's package of this name is another one
 * @param {boolean} [isThere] whether there is a Chromium
 * @returns {string[]} packages of Debian
 */
export function browserPackages(
  env = process.env,
  release = readRelease(),
  isThere = env.CHROMIUM !== undefined || existsSync("/usr/bin/chromium"),
) {
  return env.CI === "true" && !isThere && /^ID=debian$/m.test(release) ? ["chromium"] : [];
}

const readRelease = () => (existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "");
