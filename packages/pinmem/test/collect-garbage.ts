// Frees the tensors that nobody can reach any more now, and not while a test counts those that are alive.

import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { liveTensors } from "@pinmem/torch";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** @param expected how many tensors are alive where there is nothing to free; unknown without it */
export async function collectGarbage(expected?: number): Promise<void> {
  for (let turn = 0; turn < 2 && liveTensors() !== expected; turn++) {
    collect();
    await setImmediate(); // Finalizers run.
  }
}
