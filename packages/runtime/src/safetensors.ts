// One float32 tensor out of a safetensors file: eight bytes of length, a header in JSON, the data.

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** @throws Error where the file has no such tensor, or one of another type or shape */
export function readTensor(bytes: Uint8Array, name: string, shape: readonly number[]): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : -1;
  if (length < 0 || 8 + length > bytes.length) throw new Error("it is no safetensors file");
  const entry = entryOf(bytes.subarray(8, 8 + length), name);
  const [begin, end] = entry.data_offsets;
  const count = shape.reduce((product, size) => product * size, 1);
  if (
    entry.dtype !== "F32" ||
    entry.shape.join() !== shape.join() ||
    !Number.isSafeInteger(begin) ||
    begin < 0 ||
    end - begin !== 4 * count ||
    8 + length + end > bytes.length
  ) {
    throw new Error(`${name} is ${entry.dtype} [${entry.shape}], not F32 [${shape}]`);
  }
  const at = bytes.byteOffset + 8 + length + begin;
  const values = new Float32Array(bytes.buffer.slice(at, at + 4 * count) as ArrayBuffer);
  if (!values.every(Number.isFinite)) throw new Error(`${name} holds numbers that are not finite`);
  return values;
}

function entryOf(header: Uint8Array, name: string): Entry {
  const entries = JSON.parse(new TextDecoder().decode(header)) as Record<string, Entry | null> | null;
  const entry = entries && Object.hasOwn(entries, name) ? entries[name] : null;
  if (Array.isArray(entry?.shape) && Array.isArray(entry.data_offsets)) return entry;
  throw new Error(`it has no tensor ${name}`);
}
