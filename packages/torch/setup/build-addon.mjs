// Builds the addon against one libtorch, or says that the build there is still right. The new addon takes the old
// one's place only after it has been loaded once, so a build that cannot work is an error here and not in a program.

import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { buildFlags } from "./build-flags.mjs";
import { addonPath, buildId, buildsDir, readBuild, writeBuild } from "./builds.mjs";
import { compileAll, jobLimit, link, objectPath, pruneObjects } from "./compile.mjs";
import { requireStandard } from "./compiler.mjs";
import { SetupError } from "./errors.mjs";
import { detectFeatures } from "./features.mjs";
import { hashOf, isFile, temporaryName } from "./files.mjs";
import { identityOf } from "./libtorch-folder.mjs";
import { lastLines, run } from "./run.mjs";

/** @import { BuildFlags } from "./build-flags.mjs" */
/** @import { Compiler } from "./compiler.mjs" */
/** @import { Build, Libtorch, Reporter } from "./index.mjs" */

/** Milliseconds; seconds are usual, even from a cold disk. */
const loadingTime = 180_000;

/**
 * @typedef {object} Plan
 * @property {{ path: string, content: Buffer }[]} sources
 * @property {string} shared hash of what all sources are compiled with: headers and flags
 * @property {string} sourceHash
 * @property {string[]} features
 * @property {BuildFlags} flags
 * @property {string} nodeHeaders
 */

/**
 * Whether a build is what the present sources would give against the library as it is now.
 *
 * @param {string} packageDir
 * @param {Build} build
 * @param {NodeJS.ProcessEnv} [env]
 */
export function isCurrent(packageDir, { libtorch, sourceHash }, env = process.env) {
  const identity = identityOf(libtorch.libraryDir, libtorch.includeDirs[0] ?? "");
  return identity === libtorch.identity && planAddon(packageDir, libtorch, env).sourceHash === sourceHash;
}

/**
 * @param {string} packageDir
 * @param {Libtorch} libtorch
 * @param {{ compiler: Compiler, report: Reporter, home?: string, rpath?: string[], env?: NodeJS.ProcessEnv }} options
 *   `home`: where its `build` folder lies; `rpath`: where the addon looks for libtorch, default: where that lies
 * @returns {Promise<Build>}
 * @throws {SetupError} when it does not compile, link or load
 */
export async function buildAddon(
  packageDir,
  libtorch,
  { compiler, report, home = packageDir, rpath, env = process.env },
) {
  const plan = planAddon(packageDir, libtorch, env, rpath);
  const { command, kind, version } = compiler;
  requireStandard(compiler, plan.flags.standard);
  const id = buildId(libtorch.root);
  const objectDir = join(buildsDir(home), id, "objects");
  const sources = plan.sources.map(({ path, content }) => ({
    path,
    key: hashOf([content, plan.shared, command.join(" "), version, libtorch.identity]),
  }));
  const objects = sources.map((source) => objectPath(objectDir, source));
  const missing = objects.filter((object) => !isFile(object)).length;
  if (missing > 0) {
    const jobs = Math.min(jobLimit(), missing);
    const files = missing === sources.length ? `${missing} files` : `${missing} of ${sources.length} files`;
    const what = `compiling ${files} with ${kind} ${version}${jobs > 1 ? `, ${jobs} at a time` : ""}`;
    const declarations = join(packageDir, "native", "declarations");
    const flags = [...plan.flags.compile, "-isystem", declarations, "-isystem", plan.nodeHeaders];
    await report.step("addon", what, (progress) =>
      compileAll(sources, { compiler: command, flags, objectDir, jobs, progress }),
    );
  }
  const target = addonPath(home, id);
  await report.step("addon", "linking and loading it", async () => {
    const temporary = temporaryName(target);
    try {
      await link(objects, { compiler: command, flags: plan.flags.link, target: temporary });
      await load(temporary, libtorch);
      renameSync(temporary, target);
    } finally {
      rmSync(temporary, { force: true });
    }
  });
  pruneObjects(objectDir, objects);
  const aliases = [...new Set([...(readBuild(home, id)?.libtorch.aliases ?? []), ...libtorch.aliases])];
  const build = {
    id,
    libtorch: { ...libtorch, aliases },
    sourceHash: plan.sourceHash,
    features: plan.features,
    compiler: command.join(" "),
    compilerVersion: `${kind} ${version}`,
    flags: plan.flags.compile,
    createdAt: new Date().toISOString(),
  };
  writeBuild(home, build);
  return build;
}

/**
 * @param {string} packageDir
 * @param {Libtorch} libtorch
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} [rpath]
 * @returns {Plan}
 */
function planAddon(packageDir, libtorch, env, rpath) {
  const folder = join(packageDir, "native");
  const files = readdirSync(folder, { encoding: "utf8", recursive: true })
    .sort()
    .map((name) => ({ name, path: join(folder, name) }));
  const read = (/** @type {string} */ extension) =>
    files
      .filter(({ name }) => name.endsWith(extension))
      .map((file) => ({ ...file, content: readFileSync(file.path) }));
  const sources = read(".cpp");
  if (sources.length === 0) throw new SetupError(`internal: there are no C++ sources in ${folder}`);
  const features = detectFeatures(libtorch, env);
  const flags = buildFlags(libtorch, features, { env, ...(rpath && { rpath }) });
  const { include, version } = nodeHeaders(packageDir);
  // Names without folders: a moved checkout keeps its build.
  const shared = hashOf([
    ...read(".h").flatMap(({ name, content }) => [name, content]),
    ...flags.compile,
    version,
  ]);
  return {
    sources,
    shared,
    sourceHash: hashOf([shared, ...flags.link, ...sources.flatMap(({ name, content }) => [name, content])]),
    features: features.map(({ name }) => name),
    flags,
    nodeHeaders: include,
  };
}

/**
 * Node's C headers, from npm: node-gyp would download them, which closed networks do not allow.
 *
 * @param {string} packageDir
 */
export function nodeHeaders(packageDir) {
  try {
    const manifest = createRequire(join(packageDir, "package.json")).resolve("node-api-headers/package.json");
    const { version } = /** @type {{ version: string }} */ (JSON.parse(readFileSync(manifest, "utf8")));
    return { include: join(dirname(manifest), "include"), version };
  } catch {
    throw new SetupError("the npm package node-api-headers is not installed. Run npm ci, then this again.");
  }
}

/**
 * @param {string} addon
 * @param {Libtorch} libtorch
 */
async function load(addon, { version, root }) {
  // Node resolves functions when they are first called; here all of them at once, so that none is found missing later.
  // The process ends itself without the library's and Node's farewells, which prove nothing here; an error's stack, longer in
  // newer versions of Node, would hide its message.
  const script =
    "try { process.dlopen({ exports: {} }, process.argv[1], os.constants.dlopen.RTLD_NOW);" +
    'fs.writeSync(1, "loaded") } catch ({ message }) { fs.writeSync(2, message) }' +
    'process.kill(process.pid, "SIGKILL")';
  const command = [process.execPath, "-e", script, addon];
  const { stdout, output } = await run(command, {
    env: { NODE_OPTIONS: "", UCX_MEM_EVENTS: "n" },
    timeout: loadingTime,
  });
  if (stdout.endsWith("loaded")) return;
  const words = output.trim() ? `:\n${lastLines(output, 12)}` : ` within ${loadingTime / 1000} s.`;
  throw new SetupError(
    `the addon was built against libtorch ${version} in ${root}, but does not load${words}\n` +
      "If a library is missing there, libtorch is not completely installed; with an undefined symbol, compiler and " +
      "libtorch do not fit each other (try another compiler with CXX=...).",
  );
}
