// Which operators take the time. Costs nothing while it is off.

import { synchronous } from "./autograd.js";
import { native, type ProfileEntry } from "./native.js";

/**
 * Runs `body` and reports calls, nanoseconds and bytes of results per operator, longest first. Times are wall-clock and
 * inclusive: an operator that calls others contains them; kernels of a CUDA device run on after the call.
 */
export function profile<T>(body: () => T): { result: T; entries: ProfileEntry[] } {
  native.profile(true);
  let result: T;
  try {
    result = synchronous("profile", body());
  } catch (error) {
    native.profile(false);
    throw error;
  }
  const entries = native.profile(false).sort((a, b) => b.nanoseconds - a.nanoseconds);
  return { result, entries };
}

export type { ProfileEntry };
