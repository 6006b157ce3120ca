// A command that several processes can share: connects with the others that were started with this one, tells them of what goes
// wrong here, and leaves together with them.

import type { World } from "../processes/world.js";

/** Runs `body` in the world of this process. @throws what it throws, after the others were told */
export async function inWorld<T>(body: (world: World) => Promise<T>): Promise<T> {
  const { openWorld } = await import("../processes/open-world.js");
  const world = await openWorld();
  try {
    return await body(world);
  } catch (error) {
    await world.fail(error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    await world.close();
  }
}
