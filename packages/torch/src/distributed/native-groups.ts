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

/** For the words that libtorch itself has where nobody answers: it counts in whole seconds. */
const MORE_MS = 2000;
const questions = ["groupStore", "storeSet", "storeGet", "storeHas", "storeAdd"] as const;

/**
 * The same functions, with patience: who hosts the store may hang, and another program that listens at its port never answers.
 * @param timeout milliseconds
 */
export function withPatience(groups: NativeGroups, timeout: number): NativeGroups {
  const patient = Object.create(groups) as NativeGroups;
  for (const name of questions) {
    const ask = groups[name] as (...values: unknown[]) => Promise<unknown>;
    Object.defineProperty(patient, name, {
      value: (...values: unknown[]) =>
        withinTime(ask(...values), name === "groupStore" ? timeout + MORE_MS : timeout),
    });
  }
  return patient;
}

async function withinTime<T>(answer: Promise<T>, timeout: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new Error(
          `the store, which rank 0 hosts, did not answer within ${timeout / 1000} s: rank 0 hangs or is cut off, or another program listens at its port`,
        ),
      );
    }, timeout);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
    answer.catch(() => {});
  }
}
