// Which operators take the time. Costs nothing while it is off.

import { synchronous } from "./autograd.js";
import { withContext } from "./errors.js";
import { native, type ProfileEntry } from "./native.js";

/**
 * Runs `body` and reports calls, time and bytes of results for each operator, backward passes included, the one with the
 * most time of its own first. Times are wall-clock; kernels of a CUDA device run on after the call. Profiles do not nest.
 */
export function profile<T>(body: () => T): { result: T; entries: ProfileEntry[] } {
  withContext("profile", () => native.startProfile());
  let entries: ProfileEntry[] = [];
  let result: T;
  try {
    result = synchronous("profile", body());
  } finally {
    entries = native.stopProfile().sort((a, b) => b.selfNanoseconds - a.selfNanoseconds);
  }
  return { result, entries };
}

export type { ProfileEntry };
