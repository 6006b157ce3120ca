// The npm packages of this workspace: are they what package-lock.json says, and `npm ci` where they are not.

import { join } from "node:path";
import { SetupError } from "../packages/torch/setup/errors.mjs";
import { isFile, readJson, readText } from "../packages/torch/setup/files.mjs";
import { lastLines, run } from "../packages/torch/setup/run.mjs";

/** @import { Reporter } from "../packages/torch/setup/index.mjs" */

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {boolean} [link]
 * @property {Record<string, string>} [bin]
 */

/** @typedef {Record<string, LockedPackage>} Locked */

/**
 * @param {string} root of the workspace
 * @returns {boolean} whether every package is installed in the locked version
 */
export function packagesInstalled(root) {
  const wanted = lockedPackages(join(root, "package-lock.json"));
  const installed = lockedPackages(join(root, "node_modules/.package-lock.json"));
  if (wanted === undefined || installed === undefined || !packagesMatch(wanted, installed)) return false;
  // Commands of our own packages, which npm links only when it installs.
  const own = Object.entries(wanted).filter(([path]) => !path.includes("node_modules/"));
  const commands = own.flatMap(([, { bin }]) => Object.keys(bin ?? {}));
  return commands.every((name) => isFile(join(root, "node_modules/.bin", name)));
}

/**
 * @param {Locked} wanted packages of package-lock.json
 * @param {Locked} installed packages of npm's record of what it installed
 */
export function packagesMatch(wanted, installed) {
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/")) return true;
    const found = installed[path];
    // Optional ones are those of other systems.
    if (found === undefined) return entry.optional === true;
    return (
      found.version === entry.version && found.integrity === entry.integrity && found.link === entry.link
    );
  });
}

/**
 * @param {string} root
 * @param {Reporter} report
 */
export async function installPackages(root, report) {
  const npm = process.env.npm_execpath?.endsWith("npm-cli.js")
    ? [process.execPath, process.env.npm_execpath]
    : ["npm"];
  await report.step("packages", "npm ci", async () => {
    const { code, output } = await run([...npm, "ci", "--include=dev", "--no-audit", "--no-fund"], {
      cwd: root,
      // Its script would fetch libraries for CUDA. Newer npm do not run it (package.json, allowScripts).
      env: { ONNXRUNTIME_NODE_INSTALL: "skip" },
    });
    if (code === 127)
      throw new SetupError("there is no npm on the PATH. Install it with Node.js, then run this again.");
    if (code !== 0) throw new SetupError(`npm ci failed (exit code ${code}):\n${npmError(output)}`);
  });
}

/**
 * npm's reason, without the usage and the place of a log that it puts behind it.
 *
 * @param {string} output
 */
function npmError(output) {
  const lines = output.split("\n").filter((line) => /^npm (error|ERR!)/.test(line));
  const end = lines.findIndex((line) => /Clean install a project|A complete log of this run/.test(line));
  return (lines.length > 0 ? lines.slice(0, end < 0 ? 20 : Math.min(end, 20)) : [lastLines(output, 20)]).join(
    "\n",
  );
}

/**
 * @param {string} path
 * @returns {Locked | undefined}
 */
function lockedPackages(path) {
  if (readText(path) === undefined) return undefined;
  const packages = readJson(path)?.packages;
  return typeof packages === "object" && packages !== null ? /** @type {Locked} */ (packages) : undefined;
}
