// Writing safetensors, atomically and with deterministic bytes: the same tensors and metadata give the same file,
// and it is the very file that the reference implementation writes. Tensors are ordered by dtype, widest
// first, and then by name, which keeps each aligned to its element; the header is padded to eight bytes.
// Source: safetensors/src/tensor.rs of huggingface/safetensors (prepare).

import { type DType, dtypes, isDType } from "../dtype.js";
import { writeAtomically } from "./atomic-write.js";
import { isUnicode, quote, TensorFileError } from "./errors.js";
import { byteCount, type RawTensor } from "./raw-tensor.js";
import { LARGEST_HEADER } from "./safetensors.js";

/** The order of the reference implementation. */
const dtypeOrder: readonly DType[] = [
  "int64",
  "float64",
  "float32",
  "int32",
  "bfloat16",
  "float16",
  "int16",
  "int8",
  "uint8",
  "bool",
];

/**
 * Writes `tensors` to `path`, whole or not at all. `data` is asked of each tensor once, in the order of the file,
 * so a getter keeps only one tensor at a time in memory.
 *
 * @param metadata Text about the file, e.g. `format`.
 * @throws TensorFileError if a tensor's data does not fit its dtype and shape, a name cannot be stored, or the file
 * system refuses (no space left). A file that was there before is then unchanged.
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, RawTensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): void {
  const ordered = [...tensors].sort(inFileOrder);
  const header = encodeHeader(path, ordered, metadata);
  writeAtomically(path, (write) => {
    const length = new DataView(new ArrayBuffer(8));
    length.setBigUint64(0, BigInt(header.length), true);
    write(new Uint8Array(length.buffer));
    write(header);
    for (const [name, tensor] of ordered) write(checkedData(path, name, tensor));
  });
}

type Entry = readonly [name: string, tensor: RawTensor];

const inFileOrder = ([nameA, a]: Entry, [nameB, b]: Entry): number =>
  dtypeOrder.indexOf(a.dtype) - dtypeOrder.indexOf(b.dtype) || byCodePoint(nameA, nameB);

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function encodeHeader(
  path: string,
  ordered: readonly Entry[],
  metadata: ReadonlyMap<string, string>,
): Uint8Array {
  const fields: string[] = [];
  if (metadata.size > 0) {
    const entries = [...metadata].sort(([a], [b]) => byCodePoint(a, b));
    const texts = entries.map(([key, text]) => `${encode(path, key)}:${encode(path, text)}`);
    fields.push(`"__metadata__":{${texts.join(",")}}`);
  }
  let offset = 0;
  for (const [name, tensor] of ordered) {
    const begin = offset;
    offset += sizeOf(path, name, tensor);
    const dtype = dtypes[tensor.dtype].safetensors;
    const info = `{"dtype":"${dtype}","shape":[${tensor.shape}],"data_offsets":[${begin},${offset}]}`;
    fields.push(`${encodeName(path, name)}:${info}`);
  }
  const json = Buffer.from(`{${fields.join(",")}}`);
  const header = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  header.set(json);
  if (header.length <= LARGEST_HEADER) return header;
  throw fail(
    path,
    "header",
    `it would take ${header.length} bytes, the format allows ${LARGEST_HEADER}`,
    "Write fewer tensors, or less metadata.",
  );
}

function encodeName(path: string, name: string): string {
  if (name !== "__metadata__") return encode(path, name);
  throw fail(path, `tensor ${quote(name)}`, "the format uses this name itself", "Rename the tensor.");
}

function encode(path: string, text: string): string {
  if (isUnicode(text)) return JSON.stringify(text);
  throw fail(
    path,
    "header",
    `${quote(text)} has half a character and cannot be stored as UTF-8`,
    "Change the text.",
  );
}

function sizeOf(path: string, name: string, { dtype, shape }: RawTensor): number {
  const size = isDType(dtype) ? byteCount(dtype, shape) : undefined;
  if (size !== undefined) return size;
  throw fail(
    path,
    `tensor ${quote(name)}`,
    `the dtype ${dtype} with shape [${shape}] cannot be stored`,
    `Sizes are whole numbers, not negative; dtypes are ${dtypeOrder.join(", ")}.`,
  );
}

function checkedData(path: string, name: string, tensor: RawTensor): Uint8Array {
  const { data, dtype, shape } = tensor;
  const size = sizeOf(path, name, tensor);
  if (data.byteLength === size) return data;
  throw fail(
    path,
    `tensor ${quote(name)}`,
    `${dtype} of shape [${shape}] takes ${size} bytes, its data has ${data.byteLength}`,
    "Give the dense elements in row-major order.",
  );
}

const fail = (file: string, where: string, problem: string, remedy: string): TensorFileError =>
  new TensorFileError({ file, where, problem, remedy });
