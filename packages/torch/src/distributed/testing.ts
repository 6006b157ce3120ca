// Several ranks in one process, for tests: their work runs on threads of their own, so they can wait for one another.

import { createServer } from "node:net";
import { initProcessGroup, type ProcessGroupOptions } from "./init.js";
import type { ProcessGroup } from "./process-group.js";

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

/** Groups of `size` ranks, all in this process; `body` runs for each at once, and they are destroyed after it. */
export async function withRanks<T>(
  size: number,
  body: (group: ProcessGroup) => Promise<T>,
  options: Partial<ProcessGroupOptions> = {},
): Promise<T[]> {
  const masterPort = await freePort();
  const groups = await Promise.all(
    Array.from({ length: size }, async (_, rank) => {
      // Who finds no store tries again a second later.
      if (rank > 0) await new Promise((resolve) => setTimeout(resolve, 30));
      return initProcessGroup({ rank, worldSize: size, masterPort, timeout: 5000, ...options });
    }),
  );
  try {
    const settled = await Promise.allSettled(groups.map((group) => body(group)));
    const failed = settled.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
    return settled.map((one) => (one as PromiseFulfilledResult<T>).value);
  } finally {
    await Promise.all(groups.map((group) => group.destroy()));
  }
}
