// The addon of npm's package in place of one that is compiled: where a checkout is to run without a compiler, or is set up in
// seconds. It is that of the version that the checkout says it has; where its C++ sources have changed since, compile.
//
// npm installs the package into a folder of its own below build/, so that `npm ci` does not remove it, and the addon is copied
// there beside it, where it finds its libtorch (in node_modules/@pinmem).

import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { addonPath, writeBuild, writeDefault } from "./builds.mjs";
import { SetupError } from "./errors.mjs";
import { writeJson } from "./files.mjs";
import { packageVersion, platformPackage } from "./locate.mjs";
import { misfit, platformName, thisMachine } from "./platform.mjs";
import { lastLines, run } from "./run.mjs";

/** @import { Build, Reporter } from "./index.mjs" */

const id = "prebuilt";

/**
 * @param {string} packageDir
 * @param {{ report: Reporter, registry?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<Build>}
 * @throws {SetupError} where there is no such package, or it cannot run here
 */
export async function ensurePrebuilt(packageDir, { report, registry, env = process.env }) {
  const machine = thisMachine();
  const name = `@pinmem/torch-${platformName(machine)}`;
  const version = packageVersion(packageDir);
  const folder = join(packageDir, "build", id);
  mkdirSync(folder, { recursive: true });
  // A root of its own, so that npm does not take the workspace for it.
  writeJson(join(folder, "package.json"), { private: true });
  const words = [
    "npm",
    "install",
    `${name}@${version}`,
    "--prefix",
    folder,
    "--no-save",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
  ];
  await report.step("addon", `npm install ${name}@${version}`, async () => {
    const { code, output } = await run(
      [...words, ...(registry === undefined ? [] : ["--registry", registry])],
      {
        cwd: folder,
        env,
      },
    );
    if (code === 0) return;
    const reason = /404|notarget|No matching version/i.test(output)
      ? "npm's registry has none"
      : lastLines(output, 8);
    throw new SetupError(
      `${name}@${version} cannot be installed: ${reason}. Leave --prebuilt out: then the addon is compiled`,
    );
  });
  const found = platformPackage(folder, machine);
  if (found?.build === undefined || found.libtorch === null)
    throw new SetupError(`internal: ${name} is not complete in ${folder}`);
  const problem = misfit(machine, found.glibc);
  if (problem !== null) throw new SetupError(`${name} cannot run here: ${problem}`);
  for (const file of readdirSync(found.folder).filter((one) => /\.node$|\.so/.test(one)))
    cpSync(join(found.folder, file), join(folder, file));
  const build = {
    .../** @type {Build} */ (/** @type {unknown} */ (found.build)),
    id,
    prebuilt: true,
    packageVersion: version,
  };
  writeBuild(packageDir, build);
  writeDefault(packageDir, { id, chosen: "user", context: "" });
  report.line("libtorch", `${build.libtorch.version}, prebuilt: ${addonPath(packageDir, id)}`);
  return build;
}
