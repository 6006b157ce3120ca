// The addon's functions for process groups, where libtorch has them.

import { TorchError } from "../errors.js";
import { type NativeGroups, native } from "../native.js";

/** Whether this libtorch can connect processes. */
export const isAvailable = (): boolean => native.groupCreate !== undefined;

/** @throws TorchError where this libtorch has no Gloo */
export function nativeGroups(operator: string): NativeGroups {
  if (isAvailable()) return native as NativeGroups;
  throw new TorchError(
    "the libtorch in use was built without Gloo, which connects processes. Use another one (Debian's and those of pip have it)",
    { operator },
  );
}
