// The checkpoint format before PyTorch 1.6, which `_use_new_zipfile_serialization=False` still writes: five
// pickles one after the other (a magic number, the version, the machine, the structure, the keys of its
// storages), then each storage as a 64-bit element count and its bytes, in the order of the keys.
// Source: torch/serialization.py (_legacy_save, _legacy_load).

import { Cursor } from "./cursor.js";
import { quote, type TensorFileError } from "./errors.js";
import { type Bytes, type Input, part } from "./input.js";
import type { PersistentLoad } from "./pickle-machine.js";
import type { PickleValue } from "./pickle-values.js";
import { Storage } from "./storage.js";
import { readStorageId } from "./storage-id.js";
import { unpickle } from "./unpickle.js";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;
const NAME = "legacy format";

export function loadLegacy(input: Input): PickleValue {
  const cursor = new Cursor(input, NAME);
  readPreamble(cursor);
  const storages = new Map<string, Storage>();
  const places = new Map<string, Bytes>();
  const value = unpickle(cursor, storageLoader(input, storages, places));
  placeStorages(cursor, storages, places);
  cursor.release();
  return value;
}

function readPreamble(cursor: Cursor): void {
  if (unpickle(cursor, refusePersistent) !== MAGIC) {
    throw cursor.fail(
      "this is a pickle, but torch.save did not write it",
      "If you trust the file, load it in Python and save its tensors with torch.save.",
    );
  }
  const version = unpickle(cursor, refusePersistent);
  if (version !== VERSION) throw cursor.fail(`the format's version is not ${VERSION}`);
  const machine = unpickle(cursor, refusePersistent);
  if (!(machine instanceof Map) || machine.get("little_endian") !== true) {
    throw cursor.fail(
      "the file comes from a big-endian machine",
      "Save it again on a little-endian machine.",
    );
  }
}

const refusePersistent: PersistentLoad = (_id, machine) => {
  throw machine.fail("a storage is mentioned before the structure begins");
};

const storageLoader =
  (input: Input, storages: Map<string, Storage>, places: Map<string, Bytes>): PersistentLoad =>
  (id, machine) => {
    const { key, dtype, length, part: piece } = readStorageId(id, machine);
    const where = `storage ${quote(key)}`;
    const locate = () => places.get(key) ?? part(input, 0, 0);
    const storage = storages.get(key) ?? new Storage(input, { dtype, length, where, locate });
    storages.set(key, storage);
    if (storage.dtype !== dtype || storage.length !== length) {
      throw machine.fail(`${where} is described in two different ways`);
    }
    return piece ? storage.slice(piece.offset, piece.length) : storage;
  };

function placeStorages(
  cursor: Cursor,
  storages: ReadonlyMap<string, Storage>,
  places: Map<string, Bytes>,
): void {
  const keys = unpickle(cursor, refusePersistent);
  if (!Array.isArray(keys)) throw cursor.fail("the keys of the storages are no list");
  for (const key of keys) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (!storage) throw cursor.fail("there is a storage that no tensor uses, of unknown type");
    if (places.has(key as string)) throw fail(cursor, storage, "is there twice");
    const count = cursor.uint64();
    if (count !== storage.length) throw fail(cursor, storage, `has ${count} elements, not ${storage.length}`);
    const size = count * storage.itemSize;
    if (size > cursor.remaining) throw fail(cursor, storage, "is cut off by the end of the file");
    places.set(key as string, part(cursor.input, cursor.position, size));
    cursor.position += size;
  }
  for (const [key, storage] of storages) {
    if (!places.has(key)) throw fail(cursor, storage, "is missing");
  }
}

const fail = (cursor: Cursor, storage: Storage, problem: string): TensorFileError =>
  cursor.fail(`${storage.where} ${problem}`);
