// A new version, everywhere that one stands: manifests and what they say of one another, the lock file, CITATION.cff, and the
// changelog, whose unreleased part becomes that of the version.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../../packages/torch/setup/errors.mjs";
import { workspacePackages } from "./manifests.mjs";

/**
 * @param {string} root of the workspace
 * @param {string} version
 * @param {string} date such as "2026-01-31"
 * @returns {string[]} the files that were changed
 * @throws {SetupError} before anything is changed
 */
export function setVersion(root, version, date) {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    throw new SetupError(`${version} is no version such as 1.2.3`);
  const read = (/** @type {string} */ name) => readFileSync(join(root, name), "utf8");
  const before = String(JSON.parse(read("package.json")).version);
  if (before === version) throw new SetupError(`${version} is the version already`);
  const changelog = read("CHANGELOG.md");
  if (!/^## Unreleased$/m.test(changelog)) throw new SetupError("CHANGELOG.md has no part ## Unreleased");
  /** @type {Record<string, string>} */
  const files = {
    "CHANGELOG.md": changelog.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} (${date})`),
  };
  const manifests = ["package.json", ...workspacePackages.map((name) => `packages/${name}/package.json`)];
  for (const name of manifests) files[name] = inManifest(read(name), before, version);
  files["package-lock.json"] = inLock(read("package-lock.json"), before, version);
  files["CITATION.cff"] = read("CITATION.cff")
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace(/^date-released: .*$/m, `date-released: ${date}`);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return Object.keys(files);
}

/**
 * @param {string} text
 * @param {string} before
 * @param {string} version
 */
function inManifest(text, before, version) {
  const own = new RegExp(`("version"|"@pinmem/[\\w-]+"|"pinmem"): "${before.replaceAll(".", "\\.")}"`, "g");
  return text.replace(own, `$1: "${version}"`);
}

/**
 * Of the lock file the entries of this workspace alone: others may have the same version by chance.
 *
 * @param {string} text
 * @param {string} before
 * @param {string} version
 */
function inLock(text, before, version) {
  const lock = /** @type {{ version: string, packages: Record<string, Record<string, unknown>> }} */ (
    JSON.parse(text)
  );
  lock.version = version;
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path !== "" && !path.startsWith("packages/")) continue;
    if (entry.version === before) entry.version = version;
    for (const kind of ["dependencies", "devDependencies"]) {
      const dependencies = /** @type {Record<string, string>} */ (entry[kind] ?? {});
      for (const name of Object.keys(dependencies)) {
        if (/^(@pinmem\/|pinmem$)/.test(name) && dependencies[name] === before) dependencies[name] = version;
      }
    }
  }
  return `${JSON.stringify(lock, null, 2)}\n`;
}
