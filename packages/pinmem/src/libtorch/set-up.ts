// What `pinmem setup` does for an installed package: makes the addon of @pinmem/torch in the cache, where the package that npm
// installs for the platform does not do or another libtorch is wanted. With a compiler it is built, against a libtorch of this
// machine or PyTorch's own build; without one the addon of npm's package is taken, with the libtorch that it was built for.
//
// The cache holds a folder for each libtorch, and addons by the version of @pinmem/torch, so that a newer one finds none of an
// older one's. Nothing outside the cache is written.

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  addonPath,
  type Build,
  cachedAddons,
  cachedLibtorchs,
  cacheFolder,
  ensureAddon,
  findLibtorch,
  inspectLibtorch,
  isCheckout,
  type Libtorch,
  locateAddon,
  misfit,
  type PlatformPackage,
  packageVersion,
  platformName,
  platformPackage,
  type Reporter,
  SetupError,
  thisMachine,
  withLock,
  writeBuild,
  writeDefault,
} from "@pinmem/torch/setup";
import { findCompiler, hashOf, lastLines, run } from "@pinmem/torch/setup/tools";
import { cudaBuildFor } from "./cuda-wheels.js";
import { fetchLibtorch } from "./fetch-libtorch.js";
import { buildFor, type LibtorchBuild, libtorchVersion } from "./wheels.js";

export interface SetUpOptions {
  /** A libtorch of this machine: an unpacked archive, Python's site-packages/torch, or a prefix such as /usr. */
  readonly libtorch?: string | undefined;
  /** Take a libtorch with CUDA: the active Python's, else PyTorch's own build. */
  readonly cuda?: boolean;
  /** PyTorch's wheel, where it lies on this machine, or a folder with all that are needed. */
  readonly from?: string | undefined;
  /** A folder on the web with all wheels. */
  readonly mirror?: string | undefined;
  readonly report: Reporter;
  readonly signal?: AbortSignal | undefined;
  readonly env?: NodeJS.ProcessEnv;
  /** Folder of @pinmem/torch. */
  readonly packageDir?: string;
  /** Default: PyTorch's for this machine, with CUDA or without. */
  readonly official?: LibtorchBuild | undefined;
}

export interface SetUpResult {
  readonly kind: "cache" | "package";
  readonly libtorch: string;
  readonly path: string;
  /** False where what was there works. */
  readonly made: boolean;
}

/**
 * Sees to it that @pinmem/torch finds an addon that loads.
 * @throws SetupError naming what is missing and the next step; PullError, WriteError, the signal's reason
 */
export async function setUp(given: SetUpOptions): Promise<SetUpResult> {
  const { env = process.env, report, packageDir = torchFolder(), signal } = given;
  const asked = given.libtorch ?? given.from ?? (given.cuda === true ? "cuda" : undefined);
  // Programs load the addon for the libtorch that LIBTORCH names, whatever is the default.
  const options = asked === undefined && env.LIBTORCH ? { ...given, libtorch: env.LIBTORCH } : given;
  if (isCheckout(packageDir)) throw new SetupError("this is a checkout: run `npm run setup` in it");
  if (process.platform === "win32")
    throw new SetupError("Windows is not supported: use the Windows Subsystem for Linux (WSL)");
  const home = cachedAddons(packageVersion(packageDir), env);
  const work = async (): Promise<SetUpResult> => {
    if (asked === undefined) {
      const there = await whatWorks(packageDir, env, report);
      if (there) return there;
    }
    const compiler = await findCompiler(env);
    // Before anything is downloaded.
    if (!compiler && options.libtorch === undefined) officialBuild(options);
    const prebuilt = compiler ? null : requirePrebuilt(packageDir);
    const libtorch = await chooseLibtorch(options, env, compiler !== undefined);
    const build = prebuilt
      ? usePrebuilt(prebuilt, home, libtorch)
      : await ensureAddon({ packageDir, home, libtorch: libtorch.root, env, install: false, report });
    writeDefault(home, { id: build.id, chosen: "user", context: "" });
    const path = addonPath(home, build.id);
    const problem = await loading(packageDir, { ...env, LIBTORCH: build.libtorch.root });
    if (problem === null && env.LIBTORCH && options.libtorch !== env.LIBTORCH)
      report.note(
        `LIBTORCH is ${env.LIBTORCH}, which programs take in place of this one: unset it, or set it up too`,
      );
    if (problem !== null) throw new SetupError(`the addon in ${path} does not load: ${problem}`);
    return { kind: "cache", libtorch: build.libtorch.version, path, made: true };
  };
  return withLock(join(cacheFolder(env), ".setup.lock"), work, {
    onWait: () => report.note("another set-up is at work; waiting for it"),
    signal,
  });
}

const torchFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve("@pinmem/torch/package.json"));

/** What the loader finds, where that loads. */
async function whatWorks(
  packageDir: string,
  env: NodeJS.ProcessEnv,
  report: Reporter,
): Promise<SetUpResult | null> {
  const located = locateAddon({ packageDir, env });
  if ("problem" in located) {
    report.note(located.problem);
    return null;
  }
  const problem = await loading(packageDir, env);
  if (problem !== null) {
    report.note(problem);
    return null;
  }
  const { kind, path, build } = located;
  return {
    kind: kind === "package" ? "package" : "cache",
    libtorch: build.libtorch.version,
    path,
    made: false,
  };
}

/** Why @pinmem/torch does not load, in a process of its own; null where it does. */
async function loading(packageDir: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const script =
    'import(require("node:url").pathToFileURL(process.argv[1])).catch(({ message }) => { console.error(message); process.exit(1) })';
  const entry = join(packageDir, "dist/index.js");
  const { code, output } = await run([process.execPath, "-e", script, entry], {
    env: { ...env, NODE_OPTIONS: "" },
    timeout: 180_000,
  });
  return code === 0 ? null : lastLines(output, 5);
}

/** The libtorch to use, in the cache after this where it is PyTorch's own build. */
async function chooseLibtorch(
  options: SetUpOptions,
  env: NodeJS.ProcessEnv,
  canBuild: boolean,
): Promise<Libtorch> {
  const { libtorch: named, from, cuda = false, report } = options;
  if (named !== undefined) {
    const { libtorch } = await findLibtorch({ env, libtorch: named });
    if (libtorch) return libtorch;
  }
  if (canBuild && from === undefined) {
    const { libtorch, passedOver } = await findLibtorch({ env: { ...env, LIBTORCH: "" } });
    if (libtorch && (!cuda || libtorch.cuda)) return libtorch;
    if (libtorch) report.note(`passed over ${libtorch.root}: it is built without CUDA`);
    for (const { path, reason } of passedOver) report.note(`passed over ${path}: ${reason}`);
  }
  return officialLibtorch(options, env);
}

/** The build of PyTorch's to be fetched. @throws SetupError where there is none for this machine */
function officialBuild({ cuda = false, official }: SetUpOptions): LibtorchBuild {
  const platform = platformName(process);
  const problem = misfit(thisMachine(), null);
  if (problem !== null) throw new SetupError(`PyTorch's libtorch cannot run here: ${problem}`);
  const build = official ?? (cuda ? cudaBuildFor(platform) : buildFor(platform));
  if (build) return build;
  throw new SetupError(
    cuda
      ? `no libtorch with CUDA is known here for ${platform}. With a C++ compiler, install PyTorch's, then run this again in that ` +
          `environment:\n  python3 -m venv .venv && . .venv/bin/activate && pip install torch==${libtorchVersion}\n` +
          "or name an unpacked one with `libtorch`."
      : `PyTorch has no build of libtorch for ${platform}: name one of this machine with \`libtorch\``,
  );
}

/** PyTorch's own build, from the cache or fetched into it. */
async function officialLibtorch(options: SetUpOptions, env: NodeJS.ProcessEnv): Promise<Libtorch> {
  const { from, mirror, report, signal } = options;
  const platform = platformName(process);
  const build = officialBuild(options);
  const folder = join(cachedLibtorchs(env), `${build.version}-${platform}`);
  const several = build.wheels.length > 1;
  if (!existsSync(folder)) {
    const what = several ? `${build.version}, ${build.wheels.length} files` : String(build.wheels[0]?.file);
    await report.step("libtorch", what, (progress) =>
      fetchLibtorch(build, folder, {
        ...{ from, mirror, signal, env },
        onProgress: (step, done, total) =>
          progress(`${step} ${(done / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB`),
      }),
    );
  }
  const libtorch = inspectLibtorch(several ? join(folder, "torch") : folder, "wheel");
  if ("root" in libtorch) return libtorch;
  throw new SetupError(`${folder} is not complete (${libtorch.reason}). Remove it, then run this again`);
}

/** Without a compiler: npm's package with the addon, where it runs on this machine. */
function requirePrebuilt(packageDir: string): PlatformPackage {
  const machine = thisMachine();
  const platform = platformName(machine);
  const found = platformPackage(packageDir);
  if (found?.build === undefined || found.version !== packageVersion(packageDir)) {
    throw new SetupError(
      `there is neither a C++ compiler nor the package @pinmem/torch-${platform}, which has the addon. Install g++ (or name a ` +
        `compiler with CXX), or run \`npm install @pinmem/torch-${platform}@${packageVersion(packageDir)}\`; then run this again`,
    );
  }
  const problem = misfit(machine, found.glibc);
  if (problem !== null) {
    throw new SetupError(
      `there is no C++ compiler, and ${found.name} cannot run here: ${problem}. Install g++ (or name a compiler with CXX), then ` +
        "run this again",
    );
  }
  return found;
}

/** The addon of npm's package beside the libtorch that it was built for. */
function usePrebuilt(found: PlatformPackage, home: string, libtorch: Libtorch): Build {
  const platform = platformName(process);
  if (libtorch.version.split("+")[0] !== found.libtorchVersion) {
    throw new SetupError(
      `without a C++ compiler, libtorch has to be ${found.libtorchVersion}, for which the addon in ${found.name} was built; ` +
        `${libtorch.root} has ${libtorch.version}. Install g++ (or name a compiler with CXX), then run this again`,
    );
  }
  const id = `${platform}-prebuilt-${hashOf([libtorch.root]).slice(0, 8)}`;
  const folder = dirname(addonPath(home, id));
  rmSync(folder, { recursive: true, force: true });
  const beside = join(folder, "node_modules/@pinmem");
  mkdirSync(beside, { recursive: true });
  symlinkSync(libtorch.root, join(beside, `libtorch-${platform}`));
  for (const name of readdirSync(found.folder).filter((one) => /\.node$|\.so/.test(one))) {
    cpSync(join(found.folder, name), join(folder, name));
  }
  const build = { ...(found.build as unknown as Build), id, libtorch, prebuilt: true };
  writeBuild(home, build);
  return build;
}
