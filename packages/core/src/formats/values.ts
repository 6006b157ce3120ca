// Tensors by name as one body of a request or an answer: what a page and the server that computes for it say to each other. A length (four
// bytes, little-endian), so much JSON that names and describes them, then their bytes, each at a multiple of eight.

/** Numbers, and their shape. */
export interface PackedValue {
  readonly data: Float32Array | Uint8Array | BigInt64Array;
  readonly shape: readonly number[];
}

interface Described {
  readonly name: string;
  readonly type: keyof typeof types;
  readonly shape: readonly number[];
}

const types = { float32: Float32Array, uint8: Uint8Array, int64: BigInt64Array } as const;
const aligned = (at: number): number => Math.ceil(at / 8) * 8;

const typeOf = ({ data }: PackedValue): keyof typeof types =>
  data instanceof Float32Array ? "float32" : data instanceof BigInt64Array ? "int64" : "uint8";

/** @param wanted names of what is wanted back; for a request */
export function packValues(
  values: Readonly<Record<string, PackedValue>>,
  wanted: readonly string[] = [],
): Uint8Array<ArrayBuffer> {
  const named = Object.entries(values);
  const described: Described[] = named.map(([name, value]) => ({
    name,
    type: typeOf(value),
    shape: value.shape,
  }));
  const head = new TextEncoder().encode(JSON.stringify({ wanted, values: described }));
  const start = aligned(4 + head.length);
  const size = named.reduce((at, [, { data }]) => aligned(at) + data.byteLength, start);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  let at = start;
  for (const [, { data }] of named) {
    at = aligned(at);
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** @throws RangeError where it is no such body */
export function unpackValues(body: Uint8Array): {
  readonly wanted: readonly string[];
  readonly values: Readonly<Record<string, PackedValue>>;
} {
  // Typed arrays ask for aligned bytes.
  const bytes = body.byteOffset % 8 === 0 ? body : body.slice();
  const length = bytes.length >= 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : 0;
  const { wanted, values } = headOf(bytes.subarray(4, 4 + length));
  const found: Record<string, PackedValue> = {};
  let at = aligned(4 + length);
  for (const { name, type, shape } of values) {
    const Kind = types[type];
    const count = shape.reduce((product, one) => product * one, 1);
    at = aligned(at);
    const end = at + count * Kind.BYTES_PER_ELEMENT;
    if (!(Number.isSafeInteger(count) && end <= bytes.length)) throw new RangeError(`${name} is not whole`);
    found[name] = { data: new Kind(bytes.buffer as ArrayBuffer, bytes.byteOffset + at, count), shape };
    at = end;
  }
  return { wanted, values: found };
}

function headOf(bytes: Uint8Array): { wanted: string[]; values: Described[] } {
  try {
    const head = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const { wanted, values } = head as { wanted: string[]; values: Described[] };
    const isNames = Array.isArray(wanted) && wanted.every((name) => typeof name === "string");
    const isValues = values.every(
      ({ name, type, shape }) =>
        typeof name === "string" &&
        Object.hasOwn(types, type) &&
        shape.every((one) => Number.isInteger(one) && one >= 0),
    );
    if (isNames && isValues) return { wanted, values };
  } catch {
    // Said below.
  }
  throw new RangeError("this is no body of tensors");
}
