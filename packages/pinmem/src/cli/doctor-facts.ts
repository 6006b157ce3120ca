// What `pinmem doctor` knows: gathered here, shown in doctor.ts. Facts of the running library come from @pinmem/torch;
// where that cannot be loaded, set-up's search says what there is, and the reason becomes a problem with its remedy.

import { existsSync, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { BuildInfo } from "@pinmem/torch";
import {
  cachedAddons,
  currentAddon,
  findLibtorch,
  isCheckout,
  type Libtorch,
  type Located,
  locateAddon,
  packageVersion,
} from "@pinmem/torch/setup";
import { lacksFonts } from "../images/fonts.js";
import { jpegTurboVersion } from "../images/jpeg.js";
import { type Blas, describeBlas, isForAnyProcessor } from "./blas.js";

export interface DoctorFacts {
  /** Whether the library and the addon work; then the exit code is 0. */
  readonly healthy: boolean;
  /** What keeps it from working, or slows it, each with the way to mend it. */
  readonly problems: readonly string[];
  readonly node: { readonly version: string; readonly platform: string; readonly arch: string };
  readonly libtorch: Libtorch | null;
  /** Null where libtorch could not be loaded. */
  readonly runtime: Runtime | null;
  readonly addon: Addon | null;
  /** What decodes JPEG files. */
  readonly jpeg: { readonly library: "libjpeg-turbo" | "libvips"; readonly version: string | null };
}

export interface Runtime {
  readonly version: string;
  /** The libraries of libtorch that this process loaded, by their real paths. */
  readonly libraries: readonly string[];
  readonly blas: Blas | null;
  readonly cpuCapability: string;
  /** The processor's instructions for bfloat16; null where there are none. */
  readonly bfloat16: string | null;
  readonly threads: number;
  readonly cuda: BuildInfo["cuda"];
  /** Version of the machine's NVIDIA driver; null where there is none. */
  readonly nvidiaDriver: string | null;
  readonly processGroups: { readonly libtorch: readonly string[]; readonly addon: readonly string[] };
}

export interface Addon {
  /** A checkout's own, one that `pinmem setup` made in the cache, or that of a package of npm. */
  readonly kind: Located["kind"];
  readonly path: string;
  readonly builtAt: string;
  readonly compiler: string;
  readonly features: readonly string[];
  /** Whether it is what the present sources would give. */
  readonly upToDate: boolean;
}

export async function gatherFacts(env: NodeJS.ProcessEnv = process.env): Promise<DoctorFacts> {
  const problems: string[] = [];
  const packageDir = dirname(createRequire(import.meta.url).resolve("@pinmem/torch/package.json"));
  const setup = isCheckout(packageDir) ? "npm run setup" : "npx pinmem setup";
  const located = locateAddon({ packageDir, env });
  const isThere = "build" in located;
  const addon = isThere ? describeAddon(packageDir, located, env) : null;
  if (addon && !addon.upToDate)
    problems.push(`the addon is older than its sources, its libtorch or the active Python: ${setup}`);

  let libtorch: Libtorch | null = isThere ? located.build.libtorch : null;
  if (!isThere && isCheckout(packageDir)) libtorch = await search(env, problems);
  // Where a package is installed, what the loader found says more than what else lies on the machine.
  else if (!isThere) problems.push(located.problem);
  const runtime = libtorch && (await load(setup, problems));
  if (runtime && isThere) problems.push(...strangers(runtime.libraries, located.build.libtorch));
  if (runtime?.blas?.optimized === false) {
    problems.push(
      "the reference BLAS makes matrix products about ten times slower: apt-get install libopenblas0-openmp",
    );
  }
  if (
    runtime?.blas?.kernels &&
    isForAnyProcessor(runtime.blas.kernels) &&
    runtime.cpuCapability !== "DEFAULT"
  ) {
    problems.push(
      `OpenBLAS does not know this processor and uses kernels for any (${runtime.blas.kernels}), several times slower: set OPENBLAS_CORETYPE, to Haswell for AVX2 or SkylakeX for AVX-512`,
    );
  }
  const turbo = jpegTurboVersion();
  // npm has no decoder for macOS.
  if (runtime && turbo === null && (isCheckout(packageDir) || process.platform !== "darwin")) {
    problems.push(
      isCheckout(packageDir)
        ? `JPEG files are decoded by libvips, more slowly: ${process.platform === "darwin" ? "brew install jpeg-turbo" : "install libjpeg-turbo's headers (Debian: apt-get install libjpeg-dev)"}, ${setup}`
        : "JPEG files are decoded by libvips, more slowly: the decoder is in the package that npm installs for this platform",
    );
  }
  if (runtime && lacksFonts(env)) {
    problems.push(
      "this system has no fonts: legends in pictures have boxes in place of letters. Install some, such as Debian's fonts-dejavu-core",
    );
  }
  const { version, platform, arch } = process;
  return {
    healthy: runtime !== null,
    problems,
    node: { version, platform, arch },
    libtorch,
    runtime,
    addon,
    jpeg: { library: turbo === null ? "libvips" : "libjpeg-turbo", version: turbo },
  };
}

function describeAddon(packageDir: string, { kind, build, path }: Located, env: NodeJS.ProcessEnv): Addon {
  return {
    kind,
    path,
    builtAt: build.createdAt,
    compiler: build.compilerVersion,
    features: build.features,
    upToDate: kind === "package" || isCurrent(),
  };

  function isCurrent(): boolean {
    const home = kind === "cache" ? cachedAddons(packageVersion(packageDir), env) : packageDir;
    try {
      return currentAddon({ packageDir, home, env })?.id === build.id;
    } catch {
      return false; // For instance when the C headers of Node are not installed.
    }
  }
}

/** What was loaded from elsewhere than it should have been, or twice. */
function strangers(libraries: readonly string[], { libraryDir, root }: Libtorch): string[] {
  const homes = [libraryDir, root]
    .filter((path) => path && existsSync(path))
    .map((path) => realpathSync(path));
  const others = libraries.filter((path) => !homes.some((home) => path.startsWith(home)));
  return others.map(
    (path) =>
      `${path} was loaded too, which belongs to another libtorch than ${root}: look at LD_PRELOAD and LD_LIBRARY_PATH`,
  );
}

/** In a checkout: what there is to build against. */
async function search(env: NodeJS.ProcessEnv, problems: string[]): Promise<Libtorch | null> {
  try {
    const { libtorch, passedOver } = await findLibtorch({ env });
    for (const { path, reason } of passedOver) problems.push(`${path} cannot be used: ${reason}`);
    if (!libtorch) problems.push(`no libtorch was found: npm run setup installs one, or says how`);
    return libtorch ?? null;
  } catch (error) {
    problems.push((error as Error).message);
    return null;
  }
}

async function load(setup: string, problems: string[]): Promise<Runtime | null> {
  try {
    const { buildInfo, distributed } = await import("@pinmem/torch");
    return await describeRuntime(buildInfo(), distributed.isAvailable());
  } catch (error) {
    const { name, message } = error as Error;
    // The package's own error for this case says what to do; any other means that its parts do not fit together.
    problems.push(
      name === "LibtorchNotFoundError" ? message : `@pinmem/torch does not load: ${message}. Run ${setup}`,
    );
    return null;
  }
}

async function describeRuntime(info: BuildInfo, connects: boolean): Promise<Runtime> {
  const libraries = loadedLibraries();
  // libtorch lists Gloo among its build settings only in later versions; a shared one shows in the process.
  const gloo = libraries.some((path) => /libgloo\.so/.test(path)) ? ["gloo"] : [];
  return {
    version: info.libtorch,
    libraries: libraries.filter((path) => /\/lib(torch|c10)[\w]*\.(so|dylib)/.test(path)),
    blas: describeBlas(info.showConfig, libraries, info.blasKernels),
    cpuCapability: info.cpuCapability,
    bfloat16: info.bfloat16,
    threads: info.threads,
    cuda: info.cuda,
    nvidiaDriver: await nvidiaDriver(),
    processGroups: {
      libtorch: [...new Set([...gloo, ...info.distributed])],
      addon: connects ? ["gloo"] : [],
    },
  };
}

/** Real paths of the shared libraries in this process. */
function loadedLibraries(): readonly string[] {
  const report = process.report.getReport() as unknown as { sharedObjects?: string[] };
  return (report.sharedObjects ?? []).map((path) => (existsSync(path) ? realpathSync(path) : path));
}

async function nvidiaDriver(): Promise<string | null> {
  const path = "/proc/driver/nvidia/version";
  if (!existsSync(path)) return null;
  return /Module\s+(\d[\d.]*)/.exec(await readFile(path, "utf8"))?.[1] ?? "of unknown version";
}
