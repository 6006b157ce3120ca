// OpenBLAS chooses its kernels by the model number of the processor. To a release that is older than the processor the number
// means nothing, and it takes those for any 64-bit processor, which use neither AVX2 nor AVX-512: on an Emerald Rapids, Debian 12's
// 0.3.21 multiplies matrices at a seventh of the speed. What a processor can do is known without its name.
// Source: OpenBLAS, driver/others/dynamic.c (OPENBLAS_CORETYPE).

import { processorFlags, readCpuInfo } from "./processor.js";

const AVX512 = ["avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl"];
const AVX2 = ["avx2", "fma"];

/**
 * OpenBLAS's name for the kernels that suit an Intel processor; undefined for others, and where its own choice is as good.
 * @param cpuInfo what Linux says in /proc/cpuinfo
 */
export function suitableKernels(cpuInfo: string): "SkylakeX" | "Haswell" | undefined {
  if (!/^vendor_id\s*:\s*GenuineIntel/m.test(cpuInfo)) return undefined;
  const flags = processorFlags(cpuInfo);
  const has = (needed: readonly string[]) => needed.every((flag) => flags.has(flag));
  if (has(AVX512)) return "SkylakeX";
  return has(AVX2) ? "Haswell" : undefined;
}

/** To be called before OpenBLAS loads, which reads the choice then. What the user chose stays. */
export function chooseBlasKernels(env: NodeJS.ProcessEnv = process.env): void {
  if (env.OPENBLAS_CORETYPE !== undefined || process.arch !== "x64") return;
  const kernels = suitableKernels(readCpuInfo());
  if (kernels) env.OPENBLAS_CORETYPE = kernels;
}
