// The package with libtorch itself: the libraries of PyTorch's wheel as they are, byte for byte, with the licenses of all that is in
// them (licenses.mjs). They are not stripped: the package is hardly smaller for it, and Intel's license of MKL allows copies, not
// changes.

import { cpSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../../packages/torch/setup/errors.mjs";
import { writeJson } from "../../packages/torch/setup/files.mjs";
import { addLicenses, missingLicenses, partsOf } from "./licenses.mjs";
import { libtorchManifest } from "./manifests.mjs";
import { npmPack } from "./npm-pack.mjs";

/** @import { Part } from "./licenses.mjs" */

/**
 * @param {object} options
 * @param {string} options.platform
 * @param {string} options.libtorch the unpacked wheel
 * @param {{ file: string, sha256: string }} options.wheel
 * @param {string} options.destination
 * @param {string} options.work
 * @param {string | undefined} options.mkl a folder with the licenses of Intel's oneMKL
 * @param {boolean} options.trial also without a license; such a package is private, which npm does not publish
 * @returns {Promise<{ file: string, bytes: number, missing: string[] }>}
 * @throws {SetupError} where a license is missing
 */
export async function packLibtorch({ platform, libtorch, wheel, destination, work, mkl, trial }) {
  const stage = join(work, `libtorch-${platform}`);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(join(stage, "lib"), { recursive: true });
  for (const name of readdirSync(join(libtorch, "lib"))) {
    linkSync(join(libtorch, "lib", name), join(stage, "lib", name));
  }
  cpSync(join(libtorch, "licenses"), join(stage, "licenses"), { recursive: true });
  const licenses = join(stage, "licenses");
  addLicenses(join(stage, "lib"), licenses, mkl);
  cpSync(join(licenses, "LICENSE"), join(stage, "LICENSE"));
  const missing = missingLicenses(join(stage, "lib"), licenses);
  if (missing.length > 0 && !trial) {
    throw new SetupError(
      `libtorch may not be packed:\n${missing.map((one) => `  ${one}\n`).join("")}oneMKL's come with oneMKL 2024.2: ` +
        "pip install --no-deps --target FOLDER mkl==2024.2.0, then --mkl FOLDER. Others belong into scripts/release/licenses/. " +
        "To try the packages without publishing them: --trial",
    );
  }
  writeFileSync(join(stage, "README.md"), readme(platform, wheel, partsOf(join(stage, "lib")).found));
  const manifest = libtorchManifest(platform);
  writeJson(join(stage, "package.json"), missing.length > 0 ? { ...manifest, private: true } : manifest);
  return { ...(await npmPack(stage, destination)), missing };
}

/**
 * @param {string} platform
 * @param {{ file: string, sha256: string }} wheel
 * @param {readonly Part[]} parts
 */
function readme(platform, { file, sha256 }, parts) {
  const { name, version } = libtorchManifest(platform);
  return `# ${name}

The shared libraries of libtorch ${version}, the engine of PyTorch, for ${platform}. \`@pinmem/torch\` installs this package by itself.

The files in \`lib\` are those of PyTorch's own wheel, unchanged:

    ${file}
    SHA-256 ${sha256}

PyTorch and what is linked into it or lies beside it, with their licenses:

| part | license |
| --- | --- |
${parts.map((part) => `| ${part.name} | ${part.licenses.map((path) => `[${path}](licenses/${path})`).join(", ")} |`).join("\n")}
`;
}
