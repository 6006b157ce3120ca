// The command `npm run pack`: every package as a tarball in release/, those of this workspace and those of the platform that it
// runs on. What is published is what lies there.

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

const help = `Packs every package into release/, as npm gets them.

Usage: npm run pack -- [options]

  --from FILE   PyTorch's wheel of libtorch ${libtorchVersion} for this platform, where it lies on this machine;
                otherwise it is downloaded. Either way it must have the SHA-256 that is known here
  --only NAME   "workspace" (without the packages for this platform) or "platform" (these alone)
  --glibc N.M   fail where the addon needs a newer glibc than this
  --help        show this

The package with libtorch is packed once: remove it from release/ to pack it again.

Exit codes: 0 done; 1 something is missing or failed; 2 wrong usage.`;

const options = /** @type {const} */ ({
  from: { type: "string" },
  only: { type: "string" },
  glibc: { type: "string" },
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
  console.error(`pack: ${message}`);
  process.exitCode = code.startsWith("ERR_PARSE_ARGS") ? 2 : 1;
}

/** @param {{ from?: string | undefined, only?: string | undefined, glibc?: string | undefined }} values */
async function pack({ from, only, glibc }) {
  const report = createReporter();
  const destination = join(root, "release");
  const work = join(destination, ".work");
  mkdirSync(work, { recursive: true });
  const said = (/** @type {{ file: string, bytes: number }} */ { file, bytes }) =>
    report.line("packed", `${relative(root, file)}, ${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`);
  if (only !== "workspace") {
    const platform = platformName(process);
    const { wheelFor } = await import("../packages/pinmem/dist/libtorch/wheels.js");
    const { fetchLibtorch } = await import("../packages/pinmem/dist/libtorch/fetch-libtorch.js");
    const wheel = wheelFor(platform);
    if (wheel === undefined) throw new Error(`internal: there is no wheel for ${platform}`);
    const folder = join(work, `libtorch-${wheel.version}`);
    if (!existsSync(folder)) {
      const here = process.env.INIT_CWD ?? process.cwd();
      await report.step("libtorch", `${wheel.file}`, (progress) =>
        fetchLibtorch(wheel, folder, {
          ...(from !== undefined && { from: resolve(here, from) }),
          onProgress: (what, done, total) => progress(`${what} ${Math.floor((100 * done) / total)} %`),
        }),
      );
    }
    const tarball = join(destination, tarballName(libtorchManifest(platform)));
    if (existsSync(tarball)) said({ file: tarball, bytes: statSync(tarball).size });
    else {
      said(
        await report.step("pack", "libtorch", () =>
          packLibtorch({ platform, libtorch: folder, wheel, destination, work }),
        ),
      );
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
