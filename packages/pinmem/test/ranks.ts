// Several ranks in the process of a test: what they wait for one another with runs on threads of their own.

import { distributed } from "@pinmem/torch";
import { freePort } from "../src/processes/free-port.js";
import { GroupWorld, type World } from "../src/processes/world.js";

/** Runs `body` as each of `size` ranks at once; the results by rank. */
export async function asRanks<T>(
  size: number,
  body: (world: World) => Promise<T>,
  { timeout = 20_000 }: { timeout?: number } = {},
): Promise<T[]> {
  const masterPort = await freePort();
  const worlds = await Promise.all(
    Array.from({ length: size }, async (_, rank) => {
      // Who finds no store tries again a second later.
      if (rank > 0) await new Promise((resolve) => setTimeout(resolve, 30));
      return new GroupWorld(
        await distributed.initProcessGroup({ rank, worldSize: size, masterPort, timeout }),
      );
    }),
  );
  try {
    const settled = await Promise.allSettled(
      worlds.map((world) =>
        body(world).catch(async (error: Error) => {
          await world.fail(error.message);
          throw error;
        }),
      ),
    );
    const failed = settled.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
    return settled.map((one) => (one as PromiseFulfilledResult<T>).value);
  } finally {
    await Promise.all(worlds.map((world) => world.close()));
  }
}
