// Where work can be stopped between two of its pieces. Signals are served by the event loop, which neither a step nor an
// `await` of what is there already leaves.

import { setImmediate } from "node:timers/promises";

/** Lets the event loop serve what waits. @throws the signal's reason where it asks for an end */
export async function heed(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}
