// The checkpoint format since PyTorch 1.6: a zip archive with `NAME/data.pkl`, the pickled structure, and one
// entry `NAME/data/KEY` for every storage, which tensors in the pickle refer to by its key.
// Source: torch/serialization.py (_save, _load) and caffe2/serialize/inline_container.cc.

import { dtypes } from "../dtype.js";
import { Cursor } from "./cursor.js";
import { quote } from "./errors.js";
import type { Input } from "./input.js";
import type { PickleMachine } from "./pickle-machine.js";
import type { PickleValue } from "./pickle-values.js";
import { Storage } from "./storage.js";
import { readStorageId, type StorageId } from "./storage-id.js";
import { unpickle } from "./unpickle.js";
import { ZipArchive } from "./zip.js";

export function loadZip(input: Input): PickleValue {
  const archive = new ZipArchive(input);
  const root = findRoot(input, archive);
  refuseBigEndian(input, archive, root);
  const pickle = archive.open(`${root}/data.pkl`);
  if (!pickle) throw notACheckpoint(input);
  const storages = new Map<string, Storage>();
  const cursor = new Cursor(input, "data.pkl", { bytes: pickle });
  const value = unpickle(cursor, (id, machine) => {
    const storageId = readStorageId(id, machine);
    const storage = storages.get(storageId.key) ?? openStorage(archive, root, storageId, machine);
    storages.set(storageId.key, storage);
    if (storage.dtype === storageId.dtype && storage.length === storageId.length) return storage;
    throw machine.fail(`${storage.where} is described in two different ways`);
  });
  cursor.release();
  return value;
}

function openStorage(archive: ZipArchive, root: string, id: StorageId, machine: PickleMachine): Storage {
  const { key, dtype, length } = id;
  const where = `storage ${quote(key)}`;
  const bytes = key.length < 100 ? archive.open(`${root}/data/${key}`) : undefined;
  if (!bytes) throw machine.fail(`${where} is not in the archive`);
  if (length * dtypes[dtype].itemSize > bytes.size) {
    throw machine.fail(`${where} should have ${length} elements of ${dtype}, and has ${bytes.size} bytes`);
  }
  return new Storage(machine.cursor.input, { dtype, length, where, locate: () => bytes });
}

/** The folder that holds everything, named after the file that was saved. */
function findRoot(input: Input, archive: ZipArchive): string {
  for (const name of archive.names) {
    const root = name.slice(0, name.indexOf("/"));
    if (archive.has(`${root}/constants.pkl`) || name.startsWith(`${root}/code/`)) {
      throw input.fail(
        "zip directory",
        "this is a TorchScript archive, which holds a program",
        "Save its weights: torch.save(torch.jit.load(path).state_dict(), other).",
      );
    }
    if (archive.has(`${root}/data.pkl`)) return root;
  }
  throw notACheckpoint(input);
}

function refuseBigEndian(input: Input, archive: ZipArchive, root: string): void {
  const entry = archive.open(`${root}/byteorder`);
  if (!entry) return;
  const cursor = new Cursor(input, "byteorder", { bytes: entry });
  const order = cursor.text(Math.min(entry.size, 20)).trim();
  cursor.release();
  if (order === "little") return;
  throw input.fail(
    "byteorder",
    `the byte order is ${quote(order)}, only "little" is supported`,
    "Save the file again on a little-endian machine.",
  );
}

const notACheckpoint = (input: Input) =>
  input.fail(
    "zip directory",
    "this zip archive was not written by torch.save: it has no data.pkl",
    "Give the path of a checkpoint.",
  );
