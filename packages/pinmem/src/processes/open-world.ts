// The world of this process, as whoever started it says: alone, or one of several.

import { distributed } from "@pinmem/torch";
import { placeFromVariables } from "./launchers.js";
import { alone, GroupWorld, type World } from "./world.js";

/** Seconds after which processes that do not answer are an error, unless the variable PINMEM_TIMEOUT says otherwise. */
export const DEFAULT_TIMEOUT = 60;

/**
 * Connects with the others that were started together with this process; alone where there are none.
 * @throws Error where variables are missing, or the others do not come
 */
export async function openWorld(variables: NodeJS.ProcessEnv = process.env): Promise<World> {
  const place = placeFromVariables(variables);
  if (!place || place.size === 1) return alone;
  const { rank, size, localRank, localSize, masterAddress, masterPort, name } = place;
  const group = await distributed.initProcessGroup({
    rank,
    worldSize: size,
    masterAddress,
    masterPort,
    name,
    timeout: 1000 * secondsOf(variables.PINMEM_TIMEOUT),
  });
  return new GroupWorld(group, { localRank, localSize: localSize ?? localRank + 1 });
}

function secondsOf(text: string | undefined): number {
  if (text === undefined || text === "") return DEFAULT_TIMEOUT;
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1) return seconds;
  throw new Error(`PINMEM_TIMEOUT is "${text}", but must be a whole number of seconds`);
}
