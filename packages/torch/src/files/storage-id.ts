// How a pickle refers to a storage: a persistent id ("storage", class, key, location, length) and, in the old
// format only, the part of the storage that is meant. The location (`cuda:0`) is ignored: files know no devices.

import { type DType, dtypes } from "../dtype.js";
import type { PickleMachine } from "./pickle-machine.js";
import type { PickleValue } from "./pickle-values.js";
import { StorageType } from "./storage.js";

export interface StorageId {
  readonly key: string;
  readonly dtype: DType;
  /** Elements. */
  readonly length: number;
  readonly part?: { readonly offset: number; readonly length: number };
}

export function readStorageId(id: readonly PickleValue[], machine: PickleMachine): StorageId {
  const [kind, type, key, , length, part = null] = id;
  if (kind === "module") {
    throw machine.fail(
      "the file holds a whole module with its source code",
      "Load it in Python and save only data: torch.save(model.state_dict(), path).",
    );
  }
  if (kind !== "storage") throw machine.unexpected(kind, "the kind of a persistent id", '"storage"');
  if (!(type instanceof StorageType)) throw machine.unexpected(type, "a storage's class", "a storage class");
  const storage = {
    key: machine.text(key, "a storage's key"),
    dtype: type.dtype,
    length: readLength(length, type.dtype, machine),
  };
  if (part === null) return storage;
  const [, offset, partLength] = machine.list(part, "the part of a storage");
  const start = machine.integer(offset, "the offset of a storage's part");
  const size = readLength(partLength, type.dtype, machine);
  if (start < 0 || start + size > storage.length) {
    throw machine.fail(`${size} elements at ${start} are no part of a storage of ${storage.length}`);
  }
  return { ...storage, part: { offset: start, length: size } };
}

function readLength(value: PickleValue | undefined, dtype: DType, machine: PickleMachine): number {
  const length = machine.integer(value, "a storage's length");
  const fits = length >= 0 && length * dtypes[dtype].itemSize <= machine.cursor.input.size * 2;
  if (!fits) throw machine.fail(`a storage of ${length} elements of ${dtype} is more than the file can hold`);
  return length;
}
