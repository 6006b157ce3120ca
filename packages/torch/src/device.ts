// The machine as libtorch sees it: threads, CUDA devices and their memory, and what the library was built with.

import { withContext } from "./errors.js";
import { build, native } from "./native.js";
import { bfloat16Instructions, readCpuInfo } from "./processor.js";

export interface CudaMemory {
  /** Bytes in live tensors. */
  readonly allocated: number;
  readonly peakAllocated: number;
  /** Bytes the caching allocator holds. */
  readonly reserved: number;
  readonly peakReserved: number;
}

export interface BuildInfo {
  /** Version of libtorch. */
  readonly libtorch: string;
  /** Root folder of the library: what `LIBTORCH` would be. */
  readonly libraryPath: string;
  readonly abi: number;
  /** How libtorch was built, as `torch.__config__.show()`. */
  readonly showConfig: string;
  /** Threads and their backend, as `torch.__config__.parallel_info()`. */
  readonly parallelInfo: string;
  /** Instruction set in use, such as "AVX2". */
  readonly cpuCapability: string;
  /** The processor's instructions for bfloat16, such as "avx512_bf16"; null where there are none. */
  readonly bfloat16: string | null;
  readonly threads: number;
  /** Which of its kernels OpenBLAS uses, such as "SkylakeX"; null where BLAS is another library. */
  readonly blasKernels: string | null;
  readonly cuda: { compiled: boolean; available: boolean; deviceCount: number; reason: string | null };
  /** Process-group backends that libtorch was built with. */
  readonly distributed: readonly string[];
}

/** Threads that an operator may use. The default is the number of physical cores available. */
export const getNumThreads = (): number => native.threads();

/**
 * Sets the threads of one operator on the CPU, for the whole process.
 * @throws TorchError where the count is not positive
 */
export const setNumThreads = (count: number): void =>
  withContext("setNumThreads", () => native.setThreads(count));

/** How many CUDA devices this process can use; 0 where libtorch has no CUDA. */
export const cudaDeviceCount = (): number => native.cudaDevices();

/** Whether there is a CUDA device that this process can use. */
export const isCudaAvailable = (): boolean => cudaDeviceCount() > 0;

/** Waits until a CUDA device has done what was asked of it. */
export const cudaSynchronize = (index = 0): void =>
  withContext("cudaSynchronize", () => native.synchronize(`cuda:${index}`));

/** Memory figures of a CUDA device; null without CUDA. */
export function cudaMemory(index = 0): CudaMemory | null {
  const figures = withContext("cudaMemory", () => native.cudaMemory(`cuda:${index}`));
  if (!figures) return null;
  const [allocated, peakAllocated, reserved, peakReserved] = figures;
  return { allocated, peakAllocated, reserved, peakReserved };
}

const flag = (config: string, name: string): boolean => new RegExp(`USE_${name}=(ON|1)`).test(config);

/** What libtorch is in use, what it was built with, and what it can do on this machine. */
export function buildInfo(): BuildInfo {
  const { showConfig, parallelInfo, threads, blasKernels = null } = native.buildInfo();
  const deviceCount = cudaDeviceCount();
  return {
    libtorch: build.libtorch.version,
    libraryPath: build.libtorch.root,
    abi: build.libtorch.abi,
    showConfig,
    parallelInfo,
    cpuCapability: /CPU capability usage: (\S+)/.exec(showConfig)?.[1] ?? "unknown",
    bfloat16: bfloat16Instructions(readCpuInfo()),
    threads,
    blasKernels,
    cuda: {
      compiled: flag(showConfig, "CUDA"),
      available: deviceCount > 0,
      deviceCount,
      reason: deviceCount > 0 ? null : native.cudaReason(),
    },
    distributed: ["GLOO", "NCCL", "MPI"]
      .filter((name) => flag(showConfig, name))
      .map((name) => name.toLowerCase()),
  };
}
