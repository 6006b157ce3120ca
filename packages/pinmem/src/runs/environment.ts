// The machine a run uses: is the device there, and a note of versions and hardware at each start.

import { availableParallelism, cpus, totalmem } from "node:os";
import { buildInfo, cudaDeviceCount, type Device, getNumThreads, setNumThreads } from "@pinmem/torch";
import { writeWhole } from "../files/atomic-write.js";
import { readJsonFile } from "../files/json-file.js";

/** @throws Error saying why the device cannot be used, and which can */
export function requireDevice(device: string): asserts device is Device {
  if (device === "cpu") return;
  const named = /^cuda(?::(\d+))?$/.exec(device);
  if (!named) throw new Error(`device is "${device}"; it may be "cpu", "cuda" or such as "cuda:1"`);
  const index = Number(named[1] ?? 0);
  const count = cudaDeviceCount();
  if (index < count) return;
  const reason =
    count > 0
      ? `there are ${count} CUDA devices, counted from 0`
      : `no CUDA device can be used (${buildInfo().cuda.reason ?? "none was found"})`;
  throw new Error(`device is "${device}", but ${reason}; use "cpu", or see what npx pinmem doctor says`);
}

/** Sets the threads of an operator on the CPU, and warns where there are more than cores, which then hinder one another. */
export function useThreads(count: number): void {
  setNumThreads(count);
  const cores = availableParallelism();
  if (count > cores) {
    console.warn(
      `threads is ${count}, but this process has ${cores} ${cores === 1 ? "core" : "cores"}: more threads than cores make everything ` +
        `slower, often many times; take ${cores} or fewer`,
    );
  }
}

/** Versions and hardware of this process. */
export function describeEnvironment(device: string) {
  const { libtorch, cpuCapability } = buildInfo();
  return {
    node: process.version,
    libtorch,
    device,
    threads: getNumThreads(),
    cpu: `${cpus()[0]?.model.trim() ?? "unknown"}, ${cpus().length} cores, ${cpuCapability}`,
    system: `${process.platform} ${process.arch}`,
  };
}

/** Adds a start to the list in `file`. */
export async function recordEnvironment(file: string, device: string): Promise<void> {
  const start = {
    date: new Date().toISOString(),
    ...describeEnvironment(device),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
  await writeWhole(file, `${JSON.stringify([...startsIn(file), start], null, 2)}\n`);
}

function startsIn(file: string): unknown[] {
  try {
    const starts = readJsonFile(file);
    return Array.isArray(starts) ? starts : [];
  } catch {
    return []; // There is none yet, or somebody changed it; it is for people only.
  }
}
