// Compiling the TypeScript of this workspace, and knowing without asking the compiler that nothing has changed since.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../packages/torch/setup/errors.mjs";
import { fingerprint, isFile, readJson, writeJson } from "../packages/torch/setup/files.mjs";
import { run } from "../packages/torch/setup/run.mjs";

/** @import { Reporter } from "../packages/torch/setup/index.mjs" */

const ignored = new Set(["node_modules", "dist", "build", "test", "results"]);

/** @param {string} root */
const stampPath = (root) => join(root, "node_modules/.cache/pinmem/typescript.json");

/**
 * @param {string} root of the workspace
 * @returns {boolean} whether the compiled files belong to the present sources
 */
export function typescriptCompiled(root) {
  const { sources, outputs } = readJson(stampPath(root)) ?? {};
  return (
    sources === fingerprint(sourceFiles(root)) &&
    Array.isArray(outputs) &&
    outputs.every((path) => isFile(join(root, String(path))))
  );
}

/**
 * @param {string} root
 * @param {Reporter} report
 */
export async function compileTypescript(root, report) {
  // Taken before compiling: what changes meanwhile is compiled again next time.
  const sources = fingerprint(sourceFiles(root));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  await report.step("typescript", "tsc -b", async () => {
    const { code, output } = await run([process.execPath, tsc, "-b"], { cwd: root });
    if (code !== 0) throw new SetupError(`the TypeScript sources do not compile:\n${output.trimEnd()}`);
  });
  await report.step("studio", "its page", () => buildStudioPage(root));
  writeJson(stampPath(root), { sources, outputs: projectOutputs(root) });
}

/**
 * The page of `pinmem studio`, from what tsc has compiled.
 *
 * @param {string} root
 */
export async function buildStudioPage(root) {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const { code, output } = await run([process.execPath, vite, "build", "--config", "app/vite.config.ts"], {
    cwd: join(root, "packages/studio"),
  });
  if (code !== 0) throw new SetupError(`the page of the studio cannot be built:\n${output.trimEnd()}`);
}

/**
 * All that tsc and Vite read of ours: sources and configurations.
 *
 * @param {string} root
 * @returns {string[]}
 */
function sourceFiles(root) {
  const configuration = ["tsconfig.json", "tsconfig.base.json", "package-lock.json"].map((name) =>
    join(root, name),
  );
  return [
    ...configuration,
    ...walk(join(root, "packages")),
    ...walk(join(root, "golden")),
    ...walk(join(root, "bench")),
  ];
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function walk(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return ignored.has(entry.name) ? [] : walk(path);
      return /(?<!\.test)\.(tsx?|mjs|css|html)$|^(tsconfig|package)\.json$/.test(entry.name) ? [path] : [];
    });
}

/**
 * One file for each project that tsc writes last: where it is gone, somebody removed what was compiled.
 *
 * @param {string} root
 * @returns {string[]} relative to the root
 */
function projectOutputs(root) {
  const references = /** @type {{ path: string }[]} */ (
    readJson(join(root, "tsconfig.json"))?.references ?? []
  );
  const compiled = references.map(({ path }) => {
    const options = /** @type {{ tsBuildInfoFile?: string }} */ (
      readJson(join(root, path, "tsconfig.json"))?.compilerOptions ?? {}
    );
    return join(path, options.tsBuildInfoFile ?? "tsconfig.tsbuildinfo");
  });
  return [...compiled, "packages/studio/dist/app/index.html"];
}
