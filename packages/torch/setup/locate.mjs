// Which addon this process is to load, in this order: the one for the libtorch that LIBTORCH names, the build of a
// checkout, the one that `pinmem setup` made in the cache, the package for this kind of machine that npm installs beside
// @pinmem/torch. Nothing is loaded here: what cannot run on this machine is told by name first. Where there is none, the
// message names what exists for whoever reads it: a checkout has `npm run setup`, an installed package `npx pinmem setup`.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { addonPath, listBuilds, readBuild, readDefault } from "./builds.mjs";
import { cachedAddons } from "./cache-folder.mjs";
import { isFile, isFolder, readJson, realPath } from "./files.mjs";
import { misfit, platformName, prebuiltPlatforms, thisMachine } from "./platform.mjs";

/** @import { Build, Located, LocateOptions, PlatformPackage } from "./index.mjs" */
/** @import { Machine } from "./platform.mjs" */

/**
 * @param {LocateOptions} options
 * @returns {Located | { problem: string }}
 */
export function locateAddon({ packageDir, env = process.env, machine }) {
  const checkout = isCheckout(packageDir);
  const version = packageVersion(packageDir);
  const cache = cachedAddons(version, env);
  if (env.LIBTORCH) {
    const root = realPath(env.LIBTORCH) ?? env.LIBTORCH;
    for (const [kind, home] of /** @type {const} */ ([
      ["local", packageDir],
      ["cache", cache],
    ])) {
      const build = listBuilds(home).find(
        ({ libtorch }) => libtorch.root === root || libtorch.aliases?.includes(root),
      );
      if (build) return { kind, build, path: addonPath(home, build.id), libtorchPackage: null };
    }
    const packaged = platformPackage(packageDir, machine);
    if (packaged?.libtorch && realPath(packaged.libtorch.folder) === root) {
      return fromPackage(packaged, version, machine ?? thisMachine());
    }
    const command = checkout ? "npm run setup -- --libtorch" : "npx pinmem setup --libtorch";
    return {
      problem: `LIBTORCH is ${env.LIBTORCH}, but no addon was built for it. Run \`${command} ${env.LIBTORCH}\`, or unset LIBTORCH.`,
    };
  }
  for (const [kind, home] of /** @type {const} */ ([
    ["local", packageDir],
    ["cache", cache],
  ])) {
    const build = readBuild(home, readDefault(home)?.id ?? "");
    if (build) return { kind, build, path: addonPath(home, build.id), libtorchPackage: null };
  }
  const here = machine ?? thisMachine();
  const found = platformPackage(packageDir, here);
  if (found === undefined)
    return { problem: `the addon has not been built. ${noPackage(checkout, here, version)}` };
  return fromPackage(found, version, here);
}

/**
 * @param {PlatformPackage} found
 * @param {string} version of @pinmem/torch
 * @param {Machine} machine
 * @returns {Located | { problem: string }}
 */
function fromPackage(found, version, machine) {
  const problem = unusable(found, version, machine);
  if (problem !== null) return { problem };
  return {
    kind: "package",
    build: /** @type {Build} */ (/** @type {unknown} */ (found.build)),
    path: join(found.folder, "torch.node"),
    libtorchPackage: found.libtorch,
  };
}

/**
 * The package for this kind of machine beside `packageDir`, whatever its state; undefined where there is none.
 *
 * @param {string} packageDir
 * @param {Pick<Machine, "platform" | "arch">} [machine]
 * @returns {PlatformPackage | undefined}
 */
export function platformPackage(packageDir, machine = { platform: process.platform, arch: process.arch }) {
  const name = `@pinmem/torch-${platformName(machine)}`;
  const folder = resolvePackage(packageDir, name);
  if (folder === undefined) return undefined;
  const manifest = readJson(join(folder, "package.json")) ?? {};
  const build = readJson(join(folder, "build.json"));
  const library = `@pinmem/libtorch-${platformName(machine)}`;
  const libtorch = resolvePackage(folder, library);
  const beside = libtorch !== undefined && besideOf(folder, library) === realPath(libtorch);
  return {
    name,
    folder,
    version: String(manifest.version),
    build: build && {
      ...build,
      libtorch: { .../** @type {object} */ (build.libtorch), root: libtorch ?? "" },
    },
    glibc: typeof build?.glibc === "string" ? build.glibc : null,
    library,
    libtorch: libtorch === undefined ? null : { name: library, folder: libtorch, beside },
    libtorchVersion: String(
      /** @type {Record<string, string> | undefined} */ (manifest.dependencies)?.[library] ?? "",
    ),
  };
}

/**
 * @param {PlatformPackage} found
 * @param {string} version of @pinmem/torch
 * @param {Machine} machine
 * @returns {string | null}
 */
function unusable(
  { name, folder, version: its, build, glibc, library, libtorch, libtorchVersion },
  version,
  machine,
) {
  if (its !== version) {
    return (
      `${name} is ${its}, but @pinmem/torch is ${version}: they have to be of one version. ` +
      `Run \`npm install ${name}@${version}\`, or \`npm update\`.`
    );
  }
  const problem = misfit(machine, glibc);
  if (problem !== null) {
    return (
      `${name} cannot run here: ${problem}. Use a newer system or image (Debian 12, Ubuntu 22.04 or newer), or, with a ` +
      "C++ compiler and a libtorch of this system, run `npx pinmem setup --libtorch PATH`."
    );
  }
  if (build === undefined || !isFile(join(folder, "torch.node"))) {
    return `${name} in ${folder} is not complete. Run \`npm install\` again, or \`npx pinmem setup\`.`;
  }
  if (libtorch === null) {
    return (
      `${library}@${libtorchVersion}, the libtorch of ${name}, is not installed. Run ` +
      `\`npm install ${library}@${libtorchVersion}\`, or \`npx pinmem setup\`.`
    );
  }
  if (!libtorch.beside) {
    return (
      `${library} lies in ${libtorch.folder}, where ${name} does not look for it. With Yarn, set ` +
      "`nodeLinker: node-modules` in .yarnrc.yml and install again; or run `npx pinmem setup`."
    );
  }
  return null;
}

/**
 * @param {boolean} checkout
 * @param {Machine} machine
 * @param {string} version
 */
function noPackage(checkout, machine, version) {
  if (checkout) {
    return "Run `npm run setup` (it finds libtorch and builds the addon) and `npx pinmem doctor` to see what was found.";
  }
  const name = platformName(machine);
  if (!prebuiltPlatforms.some((known) => known === name)) {
    const wsl = machine.platform === "win32" ? " On Windows, use the Windows Subsystem for Linux (WSL)." : "";
    return (
      `There is no prebuilt package for ${name}, only for ${prebuiltPlatforms.join(", ")}.${wsl} With a C++ compiler and a ` +
      "libtorch, run `npx pinmem setup --libtorch PATH`."
    );
  }
  const problem = misfit(machine, null);
  if (problem !== null) {
    return `There is no prebuilt package for it: ${problem}. Use an image with glibc, such as node:22-bookworm-slim.`;
  }
  return (
    `The optional package @pinmem/torch-${name} is not installed. Run \`npm install @pinmem/torch-${name}@${version}\` ` +
    "(was npm told to omit optional packages?), or `npx pinmem setup`."
  );
}

/**
 * Whether a folder of @pinmem/torch is that of a checkout: npm is not given its sources.
 *
 * @param {string} packageDir
 */
export const isCheckout = (packageDir) => isFile(join(packageDir, "tsconfig.json"));

/** @param {string} packageDir */
export const packageVersion = (packageDir) =>
  String(readJson(join(packageDir, "package.json"))?.version ?? "0");

/**
 * @param {string} from a folder
 * @param {string} name
 * @returns {string | undefined} the package's folder
 */
function resolvePackage(from, name) {
  try {
    const manifest = createRequire(join(from, "package.json")).resolve(`${name}/package.json`);
    // Node remembers where it found what has been removed since.
    return isFile(manifest) ? dirname(manifest) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where the addon's own search (its rpath, after links are followed) meets a package; undefined where it does not.
 *
 * @param {string} folder of the addon
 * @param {string} name
 */
function besideOf(folder, name) {
  const from = realPath(folder) ?? folder;
  const [, short = name] = name.split("/");
  const found = [join(from, "..", short), join(from, "node_modules", name)].find((path) =>
    isFolder(join(path, "lib")),
  );
  return found && realPath(found);
}
