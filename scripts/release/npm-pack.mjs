// `npm pack` of a folder, and what came of it.

import { statSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../../packages/torch/setup/errors.mjs";
import { lastLines, run } from "../../packages/torch/setup/run.mjs";
import { largestTarball } from "./manifests.mjs";

/**
 * @param {string} folder a package
 * @param {string} destination
 * @returns {Promise<{ file: string, bytes: number }>}
 * @throws {SetupError} where npm fails, or the package is larger than a registry takes
 */
export async function npmPack(folder, destination) {
  const command = [
    "npm",
    "pack",
    "--offline",
    "--ignore-scripts",
    "--loglevel=error",
    "--pack-destination",
    destination,
  ];
  const { code, stdout, output } = await run(command, { cwd: folder });
  if (code !== 0)
    throw new SetupError(`npm pack in ${folder} failed (exit code ${code}):\n${lastLines(output, 12)}`);
  const file = join(destination, lastLines(stdout, 1).trim());
  const bytes = statSync(file).size;
  if (bytes > largestTarball) {
    throw new SetupError(
      `${file} has ${(bytes / 1e6).toFixed(0)} MB, more than the ${largestTarball / 1e6} MB that are sure to be taken by npm's registry`,
    );
  }
  return { file, bytes };
}
