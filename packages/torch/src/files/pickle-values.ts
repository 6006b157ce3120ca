// What an unpickler of plain data can hold: JavaScript's values, stored tensors, and inert stand-ins for the few
// Python objects that describe tensors. None of them can do anything; calling one is looking it up in our list.

import type { StoredTensor } from "./raw-tensor.js";

/** Keys of dictionaries and members of sets. Python's tuples as keys have no counterpart and are refused. */
export type PthKey = null | boolean | number | bigint | string;

/**
 * The content of a checkpoint, with `T` for its tensors. Dictionaries of every kind become `Map` (in order, and
 * safe with keys such as `__proto__`), lists and tuples become arrays, bytes become `Uint8Array`, integers beyond
 * 2^53 become `bigint`, numpy scalars become numbers, `torch.float32` and devices become strings. Parameters are
 * tensors like any other; what Python attached to tensors and dictionaries as attributes is left out.
 */
export type PthValue<T> = PthKey | Uint8Array | T | PthValue<T>[] | Map<PthKey, PthValue<T>> | Set<PthKey>;

/** The attributes of a Python object that is only a bag of them: `argparse.Namespace`, `types.SimpleNamespace`. */
export class Namespace<V> extends Map<PthKey, V> {}

/** Something that only the unpickler may hold, and no result may contain. */
export abstract class Inert {
  abstract readonly name: string;
}

export type PickleValue =
  | PthKey
  | Uint8Array
  | StoredTensor
  | Inert
  | PickleValue[]
  | Map<PthKey, PickleValue>
  | Set<PthKey>;

export const isKey = (value: PickleValue): value is PthKey => value === null || typeof value !== "object";

/** A short name for messages. */
export function describe(value: PickleValue): string {
  if (value === null) return "None";
  if (value instanceof Inert) return value.name;
  if (Array.isArray(value)) return "a list or tuple";
  if (value instanceof Map) return "a dictionary";
  if (value instanceof Set) return "a set";
  if (value instanceof Uint8Array) return "bytes";
  if (typeof value === "bigint") return "an integer beyond 2^53";
  return typeof value === "object" ? "a tensor" : `a ${typeof value}`;
}
