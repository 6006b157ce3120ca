// What a piece of work takes at its peak, on Linux: for scripts that measure one case in a process of its own.

import { readFileSync, writeFileSync } from "node:fs";

/** Bytes of resident memory, beyond what was resident before. @param {() => unknown} work */
export async function bytesAtPeak(work) {
  const before = kilobytes("VmRSS");
  writeFileSync("/proc/self/clear_refs", "5");
  await work();
  return (kilobytes("VmHWM") - before) * 1024;
}

/** @param {string} field */
const kilobytes = (field) =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
