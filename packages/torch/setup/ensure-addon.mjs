// The whole of set-up for this package: decides which libtorch is wanted, provides what the machine lacks, builds the
// addon where that is needed. currentAddon is the same question without any work, for the case that all is well.
//
// Which libtorch: what LIBTORCH or --libtorch names is built beside the default and does not replace it. The default
// follows the search (active Python, then system) and is chosen again when another Python becomes active; a default
// that the user named, because there was none yet, stays until it is searched for explicitly.

import { buildAddon, isCurrent } from "./build-addon.mjs";
import { buildId, listBuilds, readBuild, readDefault, writeBuild, writeDefault } from "./builds.mjs";
import { findCompiler } from "./compiler.mjs";
import { confirmOnTerminal } from "./confirm.mjs";
import { SetupError } from "./errors.mjs";
import { realPath } from "./files.mjs";
import { chosenLibtorch, findLibtorch } from "./find-libtorch.mjs";
import { inspectLibtorch } from "./libtorch-folder.mjs";
import { packageVersion } from "./locate.mjs";
import { pythonContext } from "./python.mjs";
import { createReporter } from "./report.mjs";
import { describeSystem, systemBlas } from "./system.mjs";
import { provide } from "./system-packages.mjs";

/** @import { Need } from "./install-advice.mjs" */
/** @import { AddonOptions, Build, EnsureOptions, Libtorch, Reporter } from "./index.mjs" */

/**
 * @param {AddonOptions} options
 * @returns {Build | undefined} the build that programs will load, where it is there and up to date
 */
export function currentAddon({ packageDir, home = packageDir, env = process.env, libtorch = env.LIBTORCH }) {
  const fallback = readDefault(home);
  if (fallback === undefined) return undefined;
  const build = libtorch ? buildFor(home, libtorch) : readBuild(home, fallback.id);
  if (build === undefined) return undefined;
  const stays = libtorch || fallback.chosen === "user" || fallback.context === pythonContext(env);
  const isUsable = build.prebuilt ? fitsPackage(packageDir, build) : isCurrent(packageDir, build, env);
  return stays && isUsable ? build : undefined;
}

/**
 * Whether a prebuilt addon is that of the version that the package has.
 *
 * @param {string} packageDir
 * @param {Build} build
 */
export const fitsPackage = (packageDir, build) => build.packageVersion === packageVersion(packageDir);

/**
 * @param {string} home
 * @param {string} libtorch
 */
export function buildFor(home, libtorch) {
  const path = realPath(libtorch) ?? "";
  return listBuilds(home).find(({ libtorch: { root, aliases } }) => root === path || aliases.includes(path));
}

/**
 * Makes sure that the addon is there and up to date.
 *
 * @param {EnsureOptions} options
 * @returns {Promise<Build>}
 * @throws {SetupError} naming what is missing or failed and how to mend it
 */
export async function ensureAddon({
  packageDir,
  home = packageDir,
  env = process.env,
  libtorch: named = env.LIBTORCH,
  search = false,
  install = true,
  also = [],
  confirm = confirmOnTerminal,
  report = createReporter(),
}) {
  if (process.platform === "win32") {
    throw new SetupError(
      "Windows is not supported yet. Use the Windows Subsystem for Linux (WSL) with Debian or Ubuntu.",
    );
  }
  // What was asked for by --prebuilt stays until something else is.
  const chosen = named || search ? undefined : readBuild(home, readDefault(home)?.id ?? "");
  if (chosen?.prebuilt && fitsPackage(packageDir, chosen)) return chosen;
  if (chosen?.prebuilt) {
    throw new SetupError(
      `the prebuilt addon is that of version ${chosen.packageVersion ?? "0.1.0"}, and this is ${packageVersion(packageDir)}: npm run setup -- --prebuilt takes the new one, npm run setup -- --search compiles`,
    );
  }
  const want = () => wantedLibtorch({ home, env, named, search, report });
  let libtorch = await want();
  let build = libtorch && upToDate(packageDir, home, libtorch, env);
  if (build === undefined) {
    const needs = await missing(home, libtorch, env);
    if (needs.length > 0) {
      await provide(needs, { system: await describeSystem(env), install, also, confirm, report });
      libtorch ??= await want();
    }
    const compiler = await findCompiler(env);
    if (libtorch === undefined || compiler === undefined) {
      throw new SetupError(
        "internal: what was installed is not found. Run npm run setup again, and report this.",
      );
    }
    report.line("libtorch", `${libtorch.version} in ${libtorch.root}${libtorch.cuda ? ", with CUDA" : ""}`);
    build = await buildAddon(packageDir, libtorch, { home, compiler, report, env });
  }
  const fallback = readDefault(home);
  if (!named || fallback === undefined || readBuild(home, fallback.id) === undefined) {
    const stays = fallback?.chosen === "user" && fallback.id === build.id && !search;
    const chosen = named || stays ? "user" : "search";
    writeDefault(home, { id: build.id, chosen, context: pythonContext(env) });
  }
  return build;
}

/**
 * @param {{ home: string, env: NodeJS.ProcessEnv, named: string | undefined, search: boolean, report: Reporter }} options
 * @returns {Promise<Libtorch | undefined>}
 */
async function wantedLibtorch({ home, env, named, search, report }) {
  if (named) return chosenLibtorch(named);
  const current = readDefault(home);
  const kept = readBuild(home, current?.id ?? "")?.libtorch;
  const still = kept && inspectLibtorch(kept.root, kept.source);
  const usable = still && "root" in still ? still : undefined;
  if (usable && current?.chosen === "user" && !search) return usable;
  const { libtorch, passedOver } = await findLibtorch({ env, libtorch: undefined });
  for (const { path, reason } of passedOver) report.note(`passed over ${path}: ${reason}`);
  return libtorch ?? usable;
}

/**
 * @param {string} packageDir
 * @param {string} home
 * @param {Libtorch} libtorch
 * @param {NodeJS.ProcessEnv} env
 * @returns {Build | undefined}
 */
function upToDate(packageDir, home, libtorch, env) {
  const build = readBuild(home, buildId(libtorch.root));
  if (build === undefined || !isCurrent(packageDir, build, env)) return undefined;
  const aliases = [...new Set([...build.libtorch.aliases, ...libtorch.aliases])];
  if (aliases.length === build.libtorch.aliases.length) return build;
  const extended = { ...build, libtorch: { ...build.libtorch, aliases } };
  writeBuild(home, extended);
  return extended;
}

/**
 * @param {string} home
 * @param {Libtorch | undefined} libtorch
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Need[]>}
 */
async function missing(home, libtorch, env) {
  // Other libtorchs bring a BLAS of their own. A slow one is named once, not at every change of a source.
  const system = libtorch === undefined || (libtorch.root === "/usr" && !readBuild(home, buildId("/usr")));
  const blas = system && process.platform === "linux" && !systemBlas()?.optimized;
  return [
    ...(libtorch === undefined ? /** @type {const} */ (["libtorch"]) : []),
    ...((await findCompiler(env)) === undefined ? /** @type {const} */ (["compiler"]) : []),
    ...(blas ? /** @type {const} */ (["blas"]) : []),
  ];
}
