// Where the address space is limited (ulimit -v, as on clusters) and too small, OpenBLAS asks for its buffers for ever
// while it loads, and libtorch's thread pool waits for threads that never started. So what is left is looked at before.

import { readFileSync } from "node:fs";

/** What libtorch maps as it loads (1.1 GiB measured with 1.13), and the stacks and buffers of a few threads, in bytes. */
const NEEDED = 1.5 * 2 ** 30;

/** Bytes that this process may still map: Infinity without a limit, or where the system (other than Linux) does not say. */
export function addressSpaceLeft(): number {
  try {
    const limit = /^Max address space +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    const used = /^VmSize:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return limit && used ? Number(limit) - Number(used) * 1024 : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** @throws Error where libtorch could not load and run in what is left of the address space */
export function requireAddressSpace(left = addressSpaceLeft()): void {
  if (left >= NEEDED) return;
  const mebibytes = (bytes: number) => `${Math.floor(bytes / 2 ** 20)} MiB`;
  throw new Error(`${mebibytes(left)} of address space are left and ${mebibytes(NEEDED)} needed`);
}
