// Tensors as files know them: an element type, a shape and bytes. No libtorch here; the tensor class wraps these.

import { type DType, dtypes } from "../dtype.js";

/** A dense tensor: elements in row-major order, little-endian, in a buffer of exactly their size. */
export interface RawTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** When it comes from a file, it owns its whole buffer, so any typed array can view it from byte 0. */
  readonly data: Uint8Array;
}

/**
 * A tensor that lies in an open file. Nothing is read until `read`; two places of a file that hold the same view
 * of the same storage (tied weights) give the same object.
 */
export class StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly #load: () => Uint8Array;

  constructor(dtype: DType, shape: readonly number[], load: () => Uint8Array) {
    this.dtype = dtype;
    this.shape = shape;
    this.#load = load;
  }

  /** Reads the elements into a new buffer each time. Throws `TensorFileError` where the file is damaged or closed. */
  read(): RawTensor {
    return { dtype: this.dtype, shape: this.shape, data: this.#load() };
  }
}

/** Elements of a tensor of this shape; undefined for a negative, fractional or impossibly large one. */
export function elementCount(shape: readonly number[]): number | undefined {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return undefined;
  if (shape.includes(0)) return 0;
  const count = shape.reduce((product, size) => product * size, 1);
  return Number.isSafeInteger(count) ? count : undefined;
}

/** Bytes of a dense tensor; undefined where `elementCount` is, or where they pass 2^53. */
export function byteCount(dtype: DType, shape: readonly number[]): number | undefined {
  const bytes = (elementCount(shape) ?? Number.NaN) * dtypes[dtype].itemSize;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** A byte that is no element: libtorch's behavior is undefined for a bool other than 0 and 1. */
export function invalidElement(dtype: DType, data: Uint8Array): number | undefined {
  if (dtype !== "bool") return undefined;
  for (const byte of data) if (byte > 1) return byte;
  return undefined;
}
