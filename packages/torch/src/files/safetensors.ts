// Reading safetensors: eight bytes of header length, a JSON header, then the tensors one after the other.
// The whole layout is checked when the file is opened: every tensor has the size that its dtype and shape say, the
// first begins at 0, each where the one before ends, and the last at the end of the file. Tensors are read when
// asked for, so a file of many gigabytes costs the memory of its header.
// Source: the format's README and safetensors/src/tensor.rs of huggingface/safetensors.

import { type DType, dtypes } from "../dtype.js";
import { Cursor } from "./cursor.js";
import { quote } from "./errors.js";
import { explainStart, kindOfStart, readStart } from "./file-kind.js";
import { type Input, openInput } from "./input.js";
import { byteCount, invalidElement, type RawTensor, StoredTensor } from "./raw-tensor.js";
import { type HeaderTensor, parseHeader, type SafetensorsHeader } from "./safetensors-header.js";
import { MOST_DIMENSIONS } from "./strided.js";

/**
 * What the shortest entry of a header (52 bytes) takes in memory, by what is charged for it, so that a header of any number of
 * small tensors can be read.
 */
const OBJECTS_PER_HEADER_BYTE = 16;

/** The format's own limit. */
export const LARGEST_HEADER = 100_000_000;

export interface SafetensorsFile extends Disposable {
  /** By name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Afterwards no tensor of this file can be read any more. */
  close(): void;
}

export interface SafetensorsContent {
  readonly tensors: Map<string, RawTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

const byFormatName = new Map(
  (Object.keys(dtypes) as DType[]).map((dtype) => [dtypes[dtype].safetensors, dtype]),
);

/**
 * Opens a safetensors file, given its path or its bytes.
 *
 * @throws TensorFileError if the file is missing, damaged, hostile, or has a dtype that libtorch tensors of this
 * package do not have.
 */
export function openSafetensors(file: string | Uint8Array): SafetensorsFile {
  const input = openInput(file);
  try {
    const close = () => input.close();
    return { ...loadSafetensors(input), close, [Symbol.dispose]: close };
  } catch (error) {
    input.close();
    throw error;
  }
}

/** Reads a whole safetensors file into memory. See `openSafetensors`. */
export function readSafetensors(file: string | Uint8Array): SafetensorsContent {
  using opened = openSafetensors(file);
  const tensors = new Map<string, RawTensor>();
  for (const [name, tensor] of opened.tensors) tensors.set(name, tensor.read());
  return { tensors, metadata: opened.metadata };
}

/** The content of an open file; its tensors read from it later. */
export function loadSafetensors(input: Input): Pick<SafetensorsFile, "tensors" | "metadata"> {
  requireSafetensors(input);
  const prefix = new Cursor(input, "header length");
  const headerSize = prefix.uint64();
  prefix.release();
  const dataStart = 8 + headerSize;
  if (headerSize > LARGEST_HEADER || dataStart > input.size) {
    throw input.fail(
      "header length",
      `the header of ${headerSize} bytes is longer than the format or the file allows`,
    );
  }
  input.budget.allowObjects(OBJECTS_PER_HEADER_BYTE * headerSize);
  const cursor = new Cursor(input, "header", { start: 8, end: dataStart });
  const { tensors, metadata } = parseHeader(cursor);
  cursor.release();
  return { tensors: locateTensors(input, tensors, dataStart), metadata };
}

/** Of a file that is something else and says so, unlike a damaged one. */
function requireSafetensors(input: Input): void {
  const start = readStart(input);
  const found = explainStart(start);
  if (found) throw input.fail("start of the file", ...found);
  if (kindOfStart(start) === "pth") {
    throw input.fail("start of the file", "this looks like a checkpoint of PyTorch", "Read it as one.");
  }
}

function locateTensors(
  input: Input,
  header: SafetensorsHeader["tensors"],
  dataStart: number,
): Map<string, StoredTensor> {
  const inOrder = [...header].sort(
    ([, a], [, b]) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1],
  );
  const end = inOrder.reduce((most, [, { offsets }]) => Math.max(most, offsets[1]), 0);
  const fail = (taken: number) =>
    input.fail("end of the file", `the tensors take ${taken} bytes, the file has ${input.size - dataStart}`);
  if (dataStart + end > input.size) throw fail(end); // Before a tensor beyond the end is taken for one too large.
  const tensors = new Map<string, StoredTensor>();
  let position = 0;
  for (const [name, tensor] of inOrder) {
    const [begin, end] = tensor.offsets;
    const where = `tensor ${quote(name)}`;
    if (begin !== position)
      throw input.fail(where, `begins at ${begin} and should at ${position}: a gap or an overlap`);
    tensors.set(name, storedTensor(input, where, tensor, dataStart));
    position = end;
  }
  if (dataStart + position < input.size) throw fail(position);
  return tensors;
}

function storedTensor(input: Input, where: string, tensor: HeaderTensor, dataStart: number): StoredTensor {
  const dtype = byFormatName.get(tensor.dtype);
  if (!dtype) {
    throw input.fail(
      where,
      `has the dtype ${quote(tensor.dtype)}, which is not supported`,
      `Convert it first; supported are ${[...byFormatName.keys()].join(", ")}.`,
    );
  }
  const { shape } = tensor;
  if (shape.length > MOST_DIMENSIONS)
    throw input.fail(where, `has ${shape.length} dimensions, at most ${MOST_DIMENSIONS} can be`);
  const [begin, end] = tensor.offsets;
  const size = byteCount(dtype, shape);
  if (size !== end - begin) {
    throw input.fail(
      where,
      `${tensor.dtype} of shape [${shape.slice(0, 64)}] does not take ${end - begin} bytes`,
    );
  }
  input.budget.reserve(size, where);
  return new StoredTensor(dtype, shape, () => {
    const data = input.budget.take(size, where);
    input.readInto(data, dataStart + begin);
    const invalid = invalidElement(dtype, data);
    if (invalid !== undefined) throw input.fail(where, `holds the byte ${invalid} as a bool`);
    return data;
  });
}
