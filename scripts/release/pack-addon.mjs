// The package with the addon for the platform that this runs on: built against the libtorch of the other package, which it finds
// beside its own, and the decoder for JPEG files with its library.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { buildAddon } from "../../packages/torch/setup/build-addon.mjs";
import { addonPath } from "../../packages/torch/setup/builds.mjs";
import { findCompiler } from "../../packages/torch/setup/compiler.mjs";
import { SetupError } from "../../packages/torch/setup/errors.mjs";
import { readJson, writeJson } from "../../packages/torch/setup/files.mjs";
import { inspectLibtorch } from "../../packages/torch/setup/libtorch-folder.mjs";
import { run } from "../../packages/torch/setup/run.mjs";
import { newestGlibcOf } from "./elf.mjs";
import { addonManifest } from "./manifests.mjs";
import { npmPack } from "./npm-pack.mjs";

/** @import { Reporter } from "../../packages/torch/setup/index.mjs" */

const mac = process.platform === "darwin";

/**
 * @param {{ root: string, platform: string, libtorch: string, destination: string, work: string, report: Reporter }} options
 */
export async function packAddon({ root, platform, libtorch: folder, destination, work, report }) {
  const packageDir = join(root, "packages/torch");
  const libtorch = inspectLibtorch(folder, "wheel");
  if (!("root" in libtorch)) throw new SetupError(`${folder} is no libtorch: ${libtorch.reason}`);
  const compiler = await findCompiler();
  if (compiler === undefined) throw new SetupError("there is no C++ compiler: the addon cannot be built");
  const home = join(work, "addon");
  const library = `libtorch-${platform}`;
  // As npm lays the packages out, so that the addon is tried with its own way to libtorch.
  const sibling = join(home, "build", library);
  mkdirSync(join(home, "build"), { recursive: true });
  rmSync(sibling, { recursive: true, force: true });
  symlinkSync(folder, sibling);
  const origin = mac ? "@loader_path" : "$ORIGIN";
  const rpath = [`${origin}/../${library}/lib`, `${origin}/node_modules/@pinmem/${library}/lib`];
  const LDFLAGS = `${mac ? "-Wl,-x" : "-s"} ${process.env.LDFLAGS ?? ""}`;
  const built = await buildAddon(packageDir, libtorch, {
    home,
    compiler,
    report,
    rpath,
    env: { ...process.env, LDFLAGS },
  });

  const stage = join(work, `torch-${platform}`);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  cpSync(addonPath(home, built.id), join(stage, "torch.node"));
  if (!mac) await addJpeg(root, stage, report);
  const binaries = readdirSync(stage).filter((name) => /\.node$|\.so/.test(name));
  const glibc = mac ? null : newestGlibcOf(binaries.map((name) => join(stage, name)));
  const { sourceHash, features, compilerVersion, createdAt } = built;
  const { version, abi } = libtorch;
  writeJson(join(stage, "build.json"), {
    id: platform,
    glibc,
    libtorch: { version, abi, source: "package", cuda: false, includeDirs: [], aliases: [], identity: "" },
    ...{ sourceHash, features, compilerVersion, createdAt },
  });
  const manifest = addonManifest(platform, String(readJson(join(packageDir, "package.json"))?.version));
  writeJson(join(stage, "package.json"), manifest);
  cpSync(join(root, "LICENSE"), join(stage, "LICENSE"));
  writeFileSync(
    join(stage, "README.md"),
    `# ${manifest.name}\n\nThe compiled part of \`@pinmem/torch\` for ${platform}, which installs this package by itself.${
      glibc ? ` It runs on glibc ${glibc} or newer.` : ""
    }\n`,
  );
  return { ...(await npmPack(stage, destination)), glibc };
}

/** Where distributions keep the license of libjpeg-turbo. */
const jpegLicenses = [
  "/usr/share/doc/libjpeg62-turbo/copyright",
  "/usr/share/doc/libjpeg-turbo8/copyright",
  "/usr/share/licenses/libjpeg-turbo/LICENSE.md",
  "/usr/share/doc/libjpeg-turbo/LICENSE.md",
];

/**
 * Without it, JPEG files are decoded by libvips, more slowly.
 *
 * @param {string} root
 * @param {string} stage
 * @param {Reporter} report
 */
async function addJpeg(root, stage, report) {
  const { buildPortableJpeg } = await import("../../packages/pinmem/setup/jpeg.mjs");
  const target = join(stage, "jpeg.node");
  const problem = await buildPortableJpeg(join(root, "packages/pinmem"), target, { report });
  const license = jpegLicenses.find((path) => existsSync(path));
  const { stdout } = await run(["ldd", target]);
  const [, soname = "", path = ""] = /^\s*(libjpeg\.so\.\d+) => (\S+)/m.exec(stdout) ?? [];
  if (problem !== null || license === undefined || path === "") {
    throw new SetupError(
      `the decoder for JPEG files cannot be packed: ${problem ?? (path ? "no license of libjpeg-turbo was found" : "it is linked to no libjpeg")}`,
    );
  }
  cpSync(realpathSync(path), join(stage, soname));
  cpSync(license, join(stage, `${basename(soname, ".so")}.LICENSE`));
}
