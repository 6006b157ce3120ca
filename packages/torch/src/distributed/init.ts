// How processes find one another: all go to the store that one of them offers at an address they all know, say who they are, and
// then connect each with each other.
//
// Before anything is connected they see whether all have come, whether two claim one rank, and whether they are of one kind.

import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { build } from "../native.js";
import { DistributedError, inWords } from "./errors.js";
import { findDifferences } from "./facts.js";
import { nativeGroups, withPatience } from "./native-groups.js";
import { ProcessGroup } from "./process-group.js";

export interface ProcessGroupOptions {
  /** Of this process, 0 to `worldSize` - 1. */
  readonly rank: number;
  readonly worldSize: number;
  /** Where the store is: a name or address of the machine of rank 0. Default this machine. */
  readonly masterAddress?: string;
  /** 1 to 65535. */
  readonly masterPort: number;
  /** Whether this process offers the store. Default: rank 0 does. A launcher may offer it. */
  readonly hostsStore?: boolean;
  /** Tells this group from others in the same store, such as those of earlier starts. */
  readonly name?: string;
  /** Milliseconds after which processes that have not come, or do not answer, are an error. Default 60,000. */
  readonly timeout?: number;
}

const LOOK_MS = 20;

/**
 * Connects this process with `worldSize` - 1 others, which all call this.
 * @throws DistributedError where not all come, two have one rank, the address is not reachable or the port is taken;
 *   DisagreementError where they have different versions of libtorch or different ideas of how many they are
 */
export async function initProcessGroup({
  rank,
  worldSize,
  masterAddress = "127.0.0.1",
  masterPort,
  hostsStore = rank === 0,
  name = "",
  timeout = 60_000,
}: ProcessGroupOptions): Promise<ProcessGroup> {
  check({ rank, worldSize, masterPort, timeout });
  const groups = withPatience(nativeGroups("initProcessGroup"), timeout);
  const handle = groups.groupCreate();
  const context = { operation: "initProcessGroup", rank, worldSize };
  const place = `${masterAddress}:${masterPort}`;
  try {
    // libtorch's sockets know whole seconds only.
    const patience = 1000 * Math.ceil(timeout / 1000);
    await groups.groupStore(handle, masterAddress, masterPort, hostsStore, `pinmem/${name}`, patience);
  } catch (cause) {
    groups.groupAbandon(handle);
    throw new DistributedError(`${place}: ${inWords((cause as Error).message)}`, { ...context, cause });
  }
  try {
    const meeting: Meeting = { groups, handle, rank, worldSize, timeout };
    const all = await meet(meeting, { worldSize, libtorch: build.libtorch.version });
    const difference = findDifferences("the group", all);
    if (difference) throw difference;
    await groups.groupConnect(handle, rank, worldSize, await ownAddress(masterAddress, masterPort), timeout);
    return new ProcessGroup(meeting);
  } catch (cause) {
    groups.groupAbandon(handle);
    if (!(cause instanceof Error) || cause.name === "DisagreementError") throw cause;
    throw new DistributedError(inWords(cause.message), { ...context, cause });
  }
}

type Meeting = ConstructorParameters<typeof ProcessGroup>[0];
type Facts = Record<string, string | number>;

/** What all processes say of themselves, by rank. */
async function meet({ groups, handle, rank, worldSize, timeout }: Meeting, own: Facts): Promise<Facts[]> {
  const refuse = async (problem: string): Promise<never> => {
    await groups.storeSet(handle, "refused", problem);
    throw new Error(problem);
  };
  if ((await groups.storeAdd(handle, `taken/${rank}`, 1)) > 1) {
    await refuse(`two processes have rank ${rank}; each needs its own, from 0 to ${worldSize - 1}`);
  }
  await groups.storeSet(handle, `facts/${rank}`, JSON.stringify(own));
  const found = new Map<number, Facts>();
  const end = performance.now() + timeout;
  for (;;) {
    if ((await groups.storeHas(handle, "refused")) === 1)
      throw new Error(await groups.storeGet(handle, "refused"));
    for (let other = 0; other < worldSize; other++) {
      if (found.has(other) || (await groups.storeHas(handle, `facts/${other}`)) === 0) continue;
      const facts = JSON.parse(await groups.storeGet(handle, `facts/${other}`)) as Facts;
      if (facts.worldSize !== worldSize) {
        await refuse(
          `rank ${rank} was told of ${worldSize} processes, rank ${other} of ${facts.worldSize}; all must have one number`,
        );
      }
      found.set(other, facts);
    }
    if (found.size === worldSize) break;
    if (performance.now() > end) {
      const missing = Array.from({ length: worldSize }, (_, at) => at).filter((other) => !found.has(other));
      throw new Error(
        `only ${found.size} of ${worldSize} processes came within ${timeout / 1000} s; missing: rank ${missing.join(", ")}`,
      );
    }
    await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
  }
  return Array.from({ length: worldSize }, (_, other) => found.get(other) as Facts);
}

/**
 * This machine's address on the way to the store's: the one by which the others reach it. Debian's name for a machine leads to
 * 127.0.1.1, which they would not. "": unknown.
 */
async function ownAddress(host: string, port: number): Promise<string> {
  try {
    const { address, family } = await lookup(host);
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.connect(port, address, resolve); // Sends nothing.
      });
      return socket.address().address;
    } finally {
      socket.close();
    }
  } catch {
    return "";
  }
}

function check(numbers: { rank: number; worldSize: number; masterPort: number; timeout: number }): void {
  const { rank, worldSize, masterPort, timeout } = numbers;
  for (const [name, value, least, most] of [
    ["worldSize", worldSize, 1, 2 ** 20],
    ["rank", rank, 0, worldSize - 1],
    ["masterPort", masterPort, 1, 65_535],
    ["timeout", timeout, 1, 2 ** 31],
  ] as const) {
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    throw new RangeError(
      `initProcessGroup: ${name} is ${value}, but must be an integer from ${least} to ${most}`,
    );
  }
}
