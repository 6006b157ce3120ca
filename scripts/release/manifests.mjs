// What the packages of npm say of themselves: those of this workspace, to which the packages for platforms are added when they
// are packed, and the packages for platforms, which exist only as packed. Pure.
//
// The platforms' are optional dependencies: npm installs the one that fits by os, cpu and libc, and goes on where there is none.
// No package has a script that runs when it is installed, since newer npm, pnpm and Bun do not run those.

import { prebuiltPlatforms } from "../../packages/torch/setup/platform.mjs";

/** @typedef {{ name: string, version: string, [field: string]: unknown }} Manifest */

/** Published once for each libtorch, not with every release. */
export const libtorchVersion = "2.13.0";

/** The most that npm's registry takes, with a margin: it refused 230 MB. */
export const largestTarball = 180e6;

/** In the order in which they are published: what depends on another comes after it. */
export const workspacePackages = /** @type {const} */ ([
  "core",
  "streets",
  "torch",
  "studio",
  "pinmem",
  "runtime",
]);

/**
 * Where the sources of a package are, as the release's workflow tells: npm takes no provenance of a package that does not name the
 * repository in which it was built. Elsewhere nothing is named.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ repository?: { type: string, url: string } }}
 */
export function repositoryOf({ GITHUB_SERVER_URL, GITHUB_REPOSITORY }) {
  if (!GITHUB_SERVER_URL || !GITHUB_REPOSITORY) return {};
  return { repository: { type: "git", url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` } };
}

/**
 * A manifest as it is published: @pinmem/torch asks for the packages of platforms.
 *
 * @param {Manifest} manifest
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Manifest}
 */
export function published(manifest, env = process.env) {
  const { devDependencies, scripts, ...own } = manifest;
  const rest = { ...own, ...repositoryOf(env) };
  if (manifest.name !== "@pinmem/torch") return rest;
  const optionalDependencies = Object.fromEntries(
    prebuiltPlatforms.map((platform) => [`@pinmem/torch-${platform}`, manifest.version]),
  );
  return { ...rest, optionalDependencies };
}

/**
 * @param {string} platform such as "linux-x64"
 * @param {string} version
 * @returns {Manifest}
 */
export function addonManifest(platform, version) {
  return {
    name: `@pinmem/torch-${platform}`,
    version,
    description: `The addon of @pinmem/torch for ${platform}; npm installs it by itself`,
    license: "MIT",
    ...repositoryOf(process.env),
    ...machine(platform),
    dependencies: { [`@pinmem/libtorch-${platform}`]: libtorchVersion },
    preferUnplugged: true,
  };
}

/**
 * @param {string} platform
 * @returns {Manifest}
 */
export function libtorchManifest(platform) {
  return {
    name: `@pinmem/libtorch-${platform}`,
    version: libtorchVersion,
    description: `The libraries of libtorch ${libtorchVersion} for ${platform}, as PyTorch publishes them`,
    license: "SEE LICENSE IN LICENSE",
    ...repositoryOf(process.env),
    ...machine(platform),
    preferUnplugged: true,
  };
}

/** @param {string} platform */
function machine(platform) {
  const [os = "", cpu = ""] = platform.split("-");
  return { os: [os], cpu: [cpu], ...(os === "linux" && { libc: ["glibc"] }) };
}

/**
 * The file that `npm pack` writes.
 *
 * @param {{ name: string, version: string }} manifest
 */
export const tarballName = ({ name, version }) =>
  `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`;
