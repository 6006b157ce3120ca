// Loads the addon that setup/locate.mjs finds, prepares the process for it, and types its functions.
//
// OpenMP reads its waiting policy when the library loads. Active waiting makes two busy processes on the same cores
// many times slower, so passive waiting is set before, unless the user chose otherwise.

import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { isCheckout, locateAddon } from "../setup/locate.mjs";
import { requireAddressSpace } from "./address-space.js";
import { chooseBlasKernels } from "./blas-kernels.js";
import { physicalCores } from "./cores.js";
import { LibtorchNotFoundError } from "./errors.js";
import { tellWarning } from "./warnings.js";

/** Process groups, where libtorch has Gloo; `group` is what `groupCreate` gave. */
export interface NativeGroups {
  groupCreate(): unknown;
  groupStore(
    group: unknown,
    host: string,
    port: number,
    isServer: boolean,
    prefix: string,
    milliseconds: number,
  ): Promise<number>;
  storeSet(group: unknown, key: string, text: string): Promise<void>;
  storeGet(group: unknown, key: string): Promise<string>;
  storeHas(group: unknown, key: string): Promise<number>;
  storeAdd(group: unknown, key: string, amount: number): Promise<number>;
  storeKeepAdding(group: unknown, key: string, milliseconds: number, times: number): void;
  groupConnect(
    group: unknown,
    rank: number,
    size: number,
    address: string,
    milliseconds: number,
  ): Promise<void>;
  allReduce(group: unknown, tensor: number, operation: string): Promise<void>;
  broadcast(group: unknown, tensor: number, root: number): Promise<void>;
  allGather(group: unknown, tensor: number, outputs: number[]): Promise<void>;
  allToAll(group: unknown, tensor: number, output: number): Promise<void>;
  groupDisconnect(group: unknown): Promise<void>;
  groupDestroy(group: unknown): Promise<void>;
  groupAbandon(group: unknown): void;
}

/** Tensors are integers here; `undefined` means the default of an argument. */
export interface Native extends Partial<NativeGroups> {
  resolve(name: string, overload: string): number;
  schema(operator: number): NativeSchema;
  call(operator: number, ...values: unknown[]): unknown;
  operators(): string[];
  startProfile(): void;
  stopProfile(): ProfileEntry[];

  fromBuffer(data: ArrayBufferView, shape: readonly number[], dtype: string, copy: boolean): number;
  copyTo(tensor: number, target: ArrayBufferView): void;
  view(tensor: number): ArrayBuffer;
  item(tensor: number): number | boolean | bigint;
  describe(tensor: number): void;
  scratch(): ArrayBuffer;
  listBuffer(): ArrayBuffer;
  release(tensor: number): void;
  releaseMany(count: number): void;
  releaseList(): ArrayBuffer;
  share(tensor: number): number;
  isSame(tensor: number, other: number): boolean;
  liveTensors(): number;
  liveBytes(): number;

  setRequiresGrad(tensor: number, wanted: boolean): void;
  gradient(tensor: number): number | null;
  setGradient(tensor: number, value: number | null): void;
  setData(tensor: number, value: number): void;
  retainGrad(tensor: number): void;
  registerHook(tensor: number, hook: (gradient: number) => number | undefined): void;
  backward(
    outputs: number[],
    seeds: (number | null)[],
    retain: boolean,
    create: boolean,
    inputs: number[],
  ): void;
  grad(
    outputs: number[],
    inputs: number[],
    seeds: (number | null)[],
    retain: boolean,
    create: boolean,
    allowUnused: boolean,
  ): (number | null)[];
  version(tensor: number): number;

  setGradEnabled(on: boolean): boolean;
  gradEnabled(): boolean;
  enterInference(): void;
  leaveInference(): void;
  enterAutocast(device: string, enabled: boolean, dtype: string): [boolean, number];
  leaveAutocast(device: string, enabled: boolean, dtypeCode: number): void;

  manualSeed(seed: number | bigint): void;
  randomState(device: string): number;
  setRandomState(device: string, state: number): void;

  buildInfo(): NativeBuildInfo;
  threads(): number;
  setThreads(count: number): void;
  cudaDevices(): number;
  cudaReason(): string;
  synchronize(device: string): void;
  cudaMemory(device: string): [number, number, number, number] | null;
  backendSwitch(name: string): boolean;
  setBackendSwitch(name: string, on: boolean): void;
  tuneAllocator(threshold: number, largeBlocks: number): boolean;
  trimMemory(): void;
  onWarning?(callback: (message: string) => void): void;
}

export interface NativeSchema {
  readonly text: string;
  readonly arguments: readonly NativeArgument[];
  readonly returns: readonly { readonly type: string; readonly name: string; readonly alias: number }[];
}

export interface NativeArgument {
  readonly name: string;
  readonly type: string;
  readonly kind: number;
  readonly optional: boolean;
  readonly fixedLength: number;
  readonly keywordOnly: boolean;
  readonly written: boolean;
  readonly default: string | undefined;
}

export interface NativeBuildInfo {
  readonly compiledFor: string;
  readonly showConfig: string;
  readonly parallelInfo: string;
  /** OpenBLAS's name for its kernels; null where BLAS is another, undefined from an addon of an earlier version. */
  readonly blasKernels?: string | null;
  readonly threads: number;
  readonly cudaCompiled: boolean;
}

export interface ProfileEntry {
  /** Name such as `aten::conv2d`, or `ConvolutionBackward0` for a step of a backward pass. */
  readonly operator: string;
  readonly calls: number;
  /** Including the operators that it called. */
  readonly nanoseconds: number;
  /** Without the operators that it called: these add up to the time of all. */
  readonly selfNanoseconds: number;
  /** Bytes of the tensors that it returned. */
  readonly bytes: number;
}

/** The addon and what was written beside it. */
export interface AddonBuild {
  readonly kind: "local" | "cache" | "package";
  readonly path: string;
  readonly libtorch: { readonly root: string; readonly version: string; readonly abi: number };
}

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const setup = isCheckout(packageFolder) ? "npm run setup" : "npx pinmem setup";
const remedy = `Run \`${setup}\` (it finds libtorch and builds the addon) and \`npx pinmem doctor\` to see what was found.`;

function findBuild(): AddonBuild {
  const located = locateAddon({ packageDir: packageFolder });
  if ("problem" in located) throw new LibtorchNotFoundError(located.problem);
  const { kind, path, build } = located;
  return { kind, path, libtorch: build.libtorch };
}

function load(build: AddonBuild): Native {
  process.env.OMP_WAIT_POLICY ??= "passive";
  chooseBlasKernels();
  // Debian 13's libtorch drags in UCX, which patches the C library's memory functions while other threads of Node run
  // them: 3 of 100 processes crashed at the start, and none of 150 without it. Only networks of MPI need it.
  process.env.UCX_MEM_EVENTS ??= "n";
  let addon: Native;
  try {
    requireAddressSpace();
    addon = createRequire(import.meta.url)(build.path) as Native;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const cure = /failed to map segment|cannot allocate memory|address space/i.test(reason)
      ? "There is too little memory or address space for it: raise the limit (ulimit -v)."
      : build.kind === "package"
        ? "Its package may be damaged, or a library of this system too old: run `npm install` again, or `npx pinmem setup`."
        : `The library may have been removed or replaced since. ${remedy}`;
    throw new LibtorchNotFoundError(
      `the addon for libtorch ${build.libtorch.version} (${build.libtorch.root}) does not load: ${reason}. ${cure}`,
    );
  }
  const { compiledFor, showConfig } = addon.buildInfo();
  const found = /TORCH_VERSION=([\d.]+)/.exec(showConfig)?.[1];
  if (found && found !== compiledFor) {
    throw new LibtorchNotFoundError(
      `the addon was built for libtorch ${compiledFor}, but ${found} was loaded. ${remedy}`,
    );
  }
  addon.onWarning?.(tellWarning); // an addon of an earlier version has none
  // Freed activations stay in the process instead of being returned to the system and mapped again every step, the large
  // ones as blocks of their own, so that the heap does not fragment (native/allocator.cpp).
  // PINMEM_ALLOCATOR=system leaves the allocator alone: for another one by LD_PRELOAD, or to compare.
  if (process.env.PINMEM_ALLOCATOR !== "system") addon.tuneAllocator(HEAP_THRESHOLD, LARGE_BLOCKS);
  if (!process.env.OMP_NUM_THREADS) addon.setThreads(physicalCores());
  return addon;
}

const HEAP_THRESHOLD = 1 << 30;
const LARGE_BLOCKS = 1 << 17;

export const build: AddonBuild = findBuild();
export const native: Native = load(build);
