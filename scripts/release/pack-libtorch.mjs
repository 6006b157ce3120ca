// The package with libtorch itself: the libraries of PyTorch's wheel as they are, byte for byte. They are not stripped: the
// package is hardly smaller for it, and the licenses of what is linked into them (Intel's of MKL) allow copies, not changes.

import { cpSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeJson } from "../../packages/torch/setup/files.mjs";
import { libtorchManifest } from "./manifests.mjs";
import { npmPack } from "./npm-pack.mjs";

/**
 * @param {{ platform: string, libtorch: string, wheel: { file: string, sha256: string }, destination: string, work: string }} options
 *   `libtorch`: the unpacked wheel
 */
export async function packLibtorch({ platform, libtorch, wheel, destination, work }) {
  const stage = join(work, `libtorch-${platform}`);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(join(stage, "lib"), { recursive: true });
  for (const name of readdirSync(join(libtorch, "lib"))) {
    linkSync(join(libtorch, "lib", name), join(stage, "lib", name));
  }
  cpSync(join(libtorch, "licenses"), join(stage, "licenses"), { recursive: true });
  cpSync(join(libtorch, "licenses/LICENSE"), join(stage, "LICENSE"));
  writeFileSync(join(stage, "README.md"), readme(platform, wheel));
  const manifest = libtorchManifest(platform);
  writeJson(join(stage, "package.json"), manifest);
  return npmPack(stage, destination);
}

/**
 * @param {string} platform
 * @param {{ file: string, sha256: string }} wheel
 */
function readme(platform, { file, sha256 }) {
  const { name, version } = libtorchManifest(platform);
  return `# ${name}

The shared libraries of libtorch ${version}, the engine of PyTorch, for ${platform}. \`@pinmem/torch\` installs this package by itself.

The files in \`lib\` are those of PyTorch's own wheel, unchanged:

    ${file}
    SHA-256 ${sha256}

Licenses: PyTorch's in \`LICENSE\`, those of the libraries that are linked into it in \`licenses/third_party\`.${
    platform === "linux-x64"
      ? `
\`libtorch_cpu.so\` contains Intel oneMKL, Copyright Intel Corporation, under the Intel Simplified Software License
(https://www.intel.com/content/www/us/en/developer/articles/license/onemkl-license-faq.html), and libgomp of GCC (GPL 3 with
the GCC Runtime Library Exception) lies beside it.`
      : ""
  }
`;
}
