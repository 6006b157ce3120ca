// The command `npm run pack`: every package as a tarball in release/, those of this workspace and those of the platform that it
// runs on. What is published is what lies there.

import "./node-version.mjs";
import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createReporter, SetupError } from "../packages/torch/setup/index.mjs";
import { isOlder } from "../packages/torch/setup/libtorch-version.mjs";
import { platformName } from "../packages/torch/setup/platform.mjs";
import { prepareSources, root } from "./prepare.mjs";
import { libtorchManifest, libtorchVersion, tarballName } from "./release/manifests.mjs";
import { packAddon } from "./release/pack-addon.mjs";
import { packLibtorch } from "./release/pack-libtorch.mjs";
import { packWorkspace } from "./release/pack-workspace.mjs";
import { readManifest } from "./release/registry.mjs";

const help = `Packs every package into release/, as npm gets them.

Usage: npm run pack -- [options]

  --from FILE   PyTorch's wheel of libtorch ${libtorchVersion} for this platform, where it lies on this machine;
                otherwise it is downloaded. Either way it must have the SHA-256 that is known here
  --mirror URL  a folder on the web with the wheel, in place of PyTorch's own
  --only NAME   "workspace" (without the packages for this platform) or "platform" (these alone)
  --glibc N.M   fail where the addon needs a newer glibc than this
  --mkl FOLDER  where the license of Intel's oneMKL lies, which is in libtorch for linux-x64 (pip install --no-deps
                --target FOLDER mkl==2024.2.0); no other license is missing in PyTorch's wheel and here
  --trial       go on where a license is missing: that package is marked private, and npm does not publish it
  --help        show this

The package with libtorch is packed once: remove it from release/ to pack it again.

Exit codes: 0 done; 1 something is missing or failed; 2 wrong usage.`;

const options = /** @type {const} */ ({
  from: { type: "string" },
  mirror: { type: "string" },
  only: { type: "string" },
  glibc: { type: "string" },
  mkl: { type: "string" },
  trial: { type: "boolean" },
  help: { type: "boolean", short: "h" },
});

try {
  const { values } = parseArgs({ args: process.argv.slice(2), options });
  if (values.only !== undefined && !["workspace", "platform"].includes(values.only)) {
    throw Object.assign(new Error(`--only is "workspace" or "platform", not "${values.only}".`), {
      code: "ERR_PARSE_ARGS_VALUE",
    });
  }
  if (values.help) console.log(help);
  else {
    await prepareSources();
    await pack(values);
  }
} catch (error) {
  const { code = "", message, name } = /** @type {NodeJS.ErrnoException} */ (error);
  if (
    !code.startsWith("ERR_PARSE_ARGS") &&
    !["SetupError", "PullError", "WriteError", "ZipError"].includes(name)
  )
    throw error;
  const inFlags =
    name === "PullError" ? (await import("../packages/pinmem/dist/cli/in-flags.js")).inFlags : String;
  console.error(`pack: ${inFlags(message)}`);
  process.exitCode = code.startsWith("ERR_PARSE_ARGS") ? 2 : 1;
}

/**
 * @param {{ from?: string | undefined, mirror?: string | undefined, only?: string | undefined, glibc?: string | undefined, mkl?: string | undefined, trial?: boolean | undefined }} values
 */
async function pack({ from, mirror, only, glibc, mkl, trial = false }) {
  const report = createReporter();
  const destination = join(root, "release");
  const work = join(destination, ".work");
  mkdirSync(work, { recursive: true });
  const said = (/** @type {{ file: string, bytes: number }} */ { file, bytes }) =>
    report.line("packed", `${relative(root, file)}, ${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`);
  if (only !== "workspace") {
    const platform = platformName(process);
    const { buildFor } = await import("../packages/pinmem/dist/libtorch/wheels.js");
    const { fetchLibtorch } = await import("../packages/pinmem/dist/libtorch/fetch-libtorch.js");
    const build = buildFor(platform);
    const wheel = build?.wheels[0];
    if (build === undefined || wheel === undefined)
      throw new Error(`internal: there is no wheel for ${platform}`);
    const folder = join(work, `libtorch-${build.version}`);
    const here = process.env.INIT_CWD ?? process.cwd();
    if (!existsSync(folder)) {
      await report.step("libtorch", `${wheel.file}`, (progress) =>
        fetchLibtorch(build, folder, {
          ...(from === undefined ? { mirror } : { from: resolve(here, from) }),
          onProgress: (what, done, total) => progress(`${what} ${Math.floor((100 * done) / total)} %`),
        }),
      );
    }
    const tarball = join(destination, tarballName(libtorchManifest(platform)));
    if (existsSync(tarball) && (trial || !(await readManifest(tarball)).private)) {
      said({ file: tarball, bytes: statSync(tarball).size });
    } else {
      const mklFolder = mkl === undefined ? undefined : resolve(here, mkl);
      const packed = await report.step("pack", "libtorch", () =>
        packLibtorch({ platform, libtorch: folder, wheel, destination, work, mkl: mklFolder, trial }),
      );
      said(packed);
      for (const one of packed.missing) report.note(`not to be published: ${one}`);
    }
    const addon = await packAddon({ root, platform, libtorch: folder, destination, work, report });
    said(addon);
    if (glibc !== undefined && addon.glibc !== null && isOlder(glibc, addon.glibc)) {
      throw new SetupError(
        `the addon needs glibc ${addon.glibc}, newer than ${glibc}: build it on an older system, such as manylinux_2_28`,
      );
    }
    if (addon.glibc) report.line("glibc", `${addon.glibc} is the oldest that the addon runs on`);
  }
  if (only !== "platform") {
    const stage = join(work, "workspace");
    rmSync(stage, { recursive: true, force: true });
    const packed = await report.step("pack", "the packages of this workspace", () =>
      packWorkspace(root, destination, stage),
    );
    for (const one of packed) said(one);
  }
}
