// How many threads pay: the physical cores that this process may use. Two hardware threads of one core share its
// vector units, so a second one rarely helps; a container's quota can be lower than what the machine shows.

import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
};

/** "0-2,5" -> {0, 1, 2, 5} */
export function parseCpuList(list: string): Set<number> {
  const cpus = new Set<number>();
  for (const range of list.split(",").filter(Boolean)) {
    const [first, last = first] = range.split("-").map(Number);
    if (first === undefined || last === undefined || Number.isNaN(first) || Number.isNaN(last)) continue;
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return cpus;
}

/** "max 100000" -> Infinity, "150000 100000" -> 1.5 */
export function parseQuota(cpuMax: string): number {
  const [quota, period] = cpuMax.split(/\s+/);
  return quota === "max" || !quota || !period ? Number.POSITIVE_INFINITY : Number(quota) / Number(period);
}

function coresOnLinux(): number | undefined {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(read("/proc/self/status") ?? "")?.[1];
  if (!allowed) return undefined;
  const cpus = parseCpuList(allowed);
  const cores = new Set<string>();
  for (const entry of readdirSync("/sys/devices/system/cpu")) {
    const cpu = /^cpu(\d+)$/.exec(entry)?.[1];
    if (cpu === undefined || !cpus.has(Number(cpu))) continue;
    const topology = `/sys/devices/system/cpu/${entry}/topology`;
    const core = read(`${topology}/core_id`);
    if (core !== undefined) cores.add(`${read(`${topology}/physical_package_id`)}:${core}`);
  }
  return cores.size || undefined;
}

/** Physical cores available to this process, at least one. */
export function physicalCores(): number {
  let cores: number | undefined;
  try {
    cores = coresOnLinux();
  } catch {
    // No /sys here: fall back to what Node knows.
  }
  const quota = parseQuota(read("/sys/fs/cgroup/cpu.max") ?? "max");
  return Math.max(1, Math.floor(Math.min(cores ?? availableParallelism(), availableParallelism(), quota)));
}
