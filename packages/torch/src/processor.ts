// What the processor can do, as Linux tells it.

import { readFileSync } from "node:fs";

/** The text of /proc/cpuinfo; empty where there is none. */
export function readCpuInfo(): string {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return "";
  }
}

/** Names of the first processor's abilities. */
export const processorFlags = (cpuInfo: string): ReadonlySet<string> =>
  new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuInfo)?.[1]?.split(" "));

/** Instructions that multiply in bfloat16, the fastest first: Intel's tiles, AVX-512, Arm's own. */
const ofBfloat16 = ["amx_bf16", "avx512_bf16", "bf16"] as const;

/** Without them bfloat16 is emulated, and slower than single precision. @returns null where there are none */
export function bfloat16Instructions(cpuInfo: string): (typeof ofBfloat16)[number] | null {
  const flags = processorFlags(cpuInfo);
  return ofBfloat16.find((name) => flags.has(name)) ?? null;
}
