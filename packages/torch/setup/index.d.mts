// Types of set-up's public door, written by hand so that TypeScript needs nothing compiled to know them; the modules
// behind the door take their shared types from here, and index.test.ts holds both to each other.

/** A libtorch that the addon can be built against. */
export interface Libtorch {
  /** Real path of the unpacked archive, of Python's site-packages/torch, or of a prefix such as /usr. */
  root: string;
  /** Such as "2.13.0+cpu". */
  version: string;
  /** What led to it. */
  source: "LIBTORCH" | "python" | "system" | "wheel" | "package";
  /** Value of _GLIBCXX_USE_CXX11_ABI that it was built with. */
  abi: 0 | 1;
  /** It has a CUDA library. */
  cuda: boolean;
  libraryDir: string;
  includeDirs: string[];
  /** Other real paths that lead to the same library, such as Debian's dist-packages/torch. */
  aliases: string[];
  /** Changes when the library's files do, for instance after an upgrade in place. */
  identity: string;
}

/** Why a folder will not do. */
export interface Unusable {
  problem: "absent" | "no headers" | "too old";
  /** A clause that names what was looked for or found. */
  reason: string;
}

/** What build.json beside an addon says. */
export interface Build {
  id: string;
  libtorch: Libtorch;
  /** Of sources, flags and Node's headers. */
  sourceHash: string;
  /** Parts of libtorch that not every one has; see features.mjs. */
  features: string[];
  compiler: string;
  compilerVersion: string;
  flags: string[];
  /** It was not compiled here, so that sources and flags say nothing about it. */
  prebuilt?: boolean;
  /** Of a prebuilt one: the version of the package that it belongs to. */
  packageVersion?: string;
  /** ISO 8601. */
  createdAt: string;
}

/** What default.json says: the build that is used where LIBTORCH is not set. */
export interface DefaultBuild {
  id: string;
  /** By whom it was chosen. */
  chosen: "user" | "search";
  /** Which Python was active then. */
  context: string;
}

export interface FindOptions {
  /** The user's choice; default: the variable LIBTORCH. */
  libtorch?: string | undefined;
  env?: NodeJS.ProcessEnv;
  /** The system's places, best first. */
  prefixes?: string[];
  /** Folder of the active Python's torch. */
  python?: () => Promise<string | undefined>;
}

export interface Found {
  libtorch: Libtorch | undefined;
  /** What was found but will not do. */
  passedOver: (Unusable & { path: string })[];
}

export interface AddonOptions {
  /** Folder of this package. */
  packageDir: string;
  /** Where the builds' folder lies; default: in the folder of this package. */
  home?: string;
  /** The user's choice; default: the variable LIBTORCH. */
  libtorch?: string | undefined;
  env?: NodeJS.ProcessEnv;
}

export interface EnsureOptions extends AddonOptions {
  /** Choose the default again, also where the user had named it. */
  search?: boolean;
  /** False: never install anything, only say what is missing. */
  install?: boolean;
  /** Packages of Debian and Ubuntu to install after what is missing; set-up goes on where they cannot be. */
  also?: readonly string[];
  /** Asked before something is installed; default: on the terminal, where there is one. */
  confirm?: (question: string) => Promise<boolean>;
  report?: Reporter;
}

/** Where set-up says what it does. */
export interface Reporter {
  note: (line: string) => void;
  /** A fact that took no time. */
  line: (name: string, text: string) => void;
  /** Work that takes time: said when it starts, and how long it took. */
  step: <T>(name: string, text: string, work: (progress: (text: string) => void) => Promise<T>) => Promise<T>;
}

export interface ProcessIdentity {
  pid: number;
  host: string;
  /** When it started, as its system counts; null where the system does not tell. */
  started?: string | null;
}

/** This process, as locks name their owners. */
export function thisProcess(): ProcessIdentity;

/** Whether a process still runs; one of another machine counts as running. */
export function isRunning(identity: ProcessIdentity): boolean;

export interface LockOwner extends ProcessIdentity {
  token: string;
}

export interface LockOptions {
  /** Called once when another holds the lock. */
  onWait?: (owner: LockOwner | undefined) => void;
  /** Milliseconds to wait for it. */
  timeout?: number;
  /** Milliseconds between looks. */
  poll?: number;
  /** Ends the wait, not the work. */
  signal?: AbortSignal | undefined;
}

/** Something on this machine is missing or does not fit; the message says what, where and how to mend it. */
export class SetupError extends Error {}

/**
 * Finds the libtorch to build against: the user's choice, then the active Python's, then the system's.
 *
 * @throws {SetupError} when the user's choice will not do
 */
export function findLibtorch(options?: FindOptions): Promise<Found>;

/** The build that programs will load, where it is there and up to date. Takes milliseconds. */
export function currentAddon(options: AddonOptions): Build | undefined;

/**
 * Makes sure that the addon is there and up to date; installs what is missing where it may.
 *
 * @throws {SetupError}
 */
export function ensureAddon(options: EnsureOptions): Promise<Build>;

/** The build for a libtorch named by its path, up to date or not. */
export function buildFor(home: string, libtorch: string): Build | undefined;

export function readBuild(home: string, id: string): Build | undefined;
export function readDefault(home: string): DefaultBuild | undefined;
export function addonPath(home: string, id: string): string;

/**
 * Runs `work` while no other process holds the lock `path`.
 *
 * @throws {SetupError} when another one holds it for longer than `timeout`
 */
export function withLock<T>(path: string, work: () => Promise<T>, options?: LockOptions): Promise<T>;

/** Writes to `stream` (default: standard output); on a terminal a running step counts its seconds. */
export function createReporter(stream?: {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}): Reporter;

/** "0.08 s", "12.3 s" or "2 min 5 s". */
export function duration(milliseconds: number): string;

/** This machine, as far as it decides which prebuilt package fits. */
export interface Machine {
  /** As Node names it: "linux". */
  platform: string;
  /** As Node names it: "x64". */
  arch: string;
  /** What Node.js was built for; null: neither, as on macOS. */
  libc: "glibc" | "musl" | null;
  /** Its version, such as "2.36". */
  glibc: string | null;
}

export function thisMachine(): Machine;

/** Why a prebuilt addon that needs this glibc cannot run; null where it can, or nobody can tell. */
export function misfit(machine: Machine, needed: string | null): string | null;

/** "linux-x64". */
export function platformName(machine: { platform: string; arch: string }): string;

/** Kinds of machines that there are packages for. */
export const prebuiltPlatforms: readonly ["linux-x64", "linux-arm64", "darwin-arm64"];

/** A package of npm with the addon for one kind of machine, whatever its state. */
export interface PlatformPackage {
  name: string;
  folder: string;
  version: string;
  /** What its build.json says; undefined where it has none. */
  build: Record<string, unknown> | undefined;
  /** The oldest glibc that its addon runs on. */
  glibc: string | null;
  /** Name of the package with its libtorch. */
  library: string;
  /** Null where that is not installed. */
  libtorch: LibtorchPackage | null;
  /** The version of that package which it asks for. */
  libtorchVersion: string;
}

export interface LibtorchPackage {
  name: string;
  folder: string;
  /** Whether it lies where the addon looks for it. */
  beside: boolean;
}

export interface LocateOptions {
  /** Folder of @pinmem/torch. */
  packageDir: string;
  env?: NodeJS.ProcessEnv;
  /** Default: this one. */
  machine?: Machine;
}

/** The addon that this process is to load. */
export interface Located {
  /** A checkout's build, one in the cache, or a package of npm. */
  kind: "local" | "cache" | "package";
  build: Build;
  path: string;
  /** Of the kind "package" alone. */
  libtorchPackage: LibtorchPackage | null;
}

/** Which addon this process is to load, without loading it; or what is wrong, and how to mend it. */
export function locateAddon(options: LocateOptions): Located | { problem: string };

/** The package for a kind of machine that npm installed beside this one; undefined where there is none. */
export function platformPackage(
  packageDir: string,
  machine?: { platform: string; arch: string },
): PlatformPackage | undefined;

/** Whether a folder of @pinmem/torch is that of a checkout. */
export function isCheckout(packageDir: string): boolean;

export function packageVersion(packageDir: string): string;

/** The folder in which pinmem keeps what it can fetch or build again: PINMEM_CACHE, else in the system's for caches. */
export function cacheFolder(env?: Readonly<Record<string, string | undefined>>, platform?: string): string;

/** Where the cache keeps addons for one version of @pinmem/torch: a folder with a `build` like that of a checkout. */
export function cachedAddons(version: string, env?: Readonly<Record<string, string | undefined>>): string;

/** Where the cache keeps libtorchs, one folder each. */
export function cachedLibtorchs(env?: Readonly<Record<string, string | undefined>>): string;

/** Whether there is a libtorch in a folder that addons can be built against. */
export function inspectLibtorch(path: string, source: Libtorch["source"]): Libtorch | Unusable;

export function writeBuild(home: string, build: Build): void;
export function writeDefault(home: string, value: DefaultBuild): void;
