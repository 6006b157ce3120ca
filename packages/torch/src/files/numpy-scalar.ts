// numpy's scalars (`numpy.float64(0.5)`): checkpoints hold them as scores, because metrics are computed in numpy.
// A scalar is pickled as a dtype and its bytes. Arrays and structured types are left out.

import { Inert } from "./pickle-values.js";

/** A scalar dtype as numpy spells it without byte order, e.g. `f8`, `i4`, `b1`. */
export class NumpyDtype extends Inert {
  readonly code: string;
  bigEndian: boolean;

  constructor(code: string, bigEndian: boolean) {
    super();
    this.code = code;
    this.bigEndian = bigEndian;
  }

  get name(): string {
    return `numpy.dtype("${this.code}")`;
  }
}

const readers: Record<string, (view: DataView, little: boolean) => number | bigint | boolean> = {
  b1: (view) => view.getUint8(0) !== 0,
  i1: (view) => view.getInt8(0),
  u1: (view) => view.getUint8(0),
  i2: (view, little) => view.getInt16(0, little),
  u2: (view, little) => view.getUint16(0, little),
  i4: (view, little) => view.getInt32(0, little),
  u4: (view, little) => view.getUint32(0, little),
  i8: (view, little) => view.getBigInt64(0, little),
  u8: (view, little) => view.getBigUint64(0, little),
  f2: (view, little) => halfToNumber(view.getUint16(0, little)),
  f4: (view, little) => view.getFloat32(0, little),
  f8: (view, little) => view.getFloat64(0, little),
};

export const isScalarCode = (code: string): boolean => Object.hasOwn(readers, code);

/** The value of a scalar; undefined if `bytes` is not of the dtype's size. 64-bit integers are numbers where exact. */
export function readScalar(dtype: NumpyDtype, bytes: Uint8Array): number | bigint | boolean | undefined {
  if (bytes.length !== Number(dtype.code.slice(1))) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = readers[dtype.code]?.(view, !dtype.bigEndian);
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
