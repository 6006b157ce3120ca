// Tensors from JavaScript values. The other constructors (zeros, arange, …) are generated.

import { type Device, describeValue, wrap } from "./dispatch.js";
import { type DType, dtypes, type TypedArray } from "./dtype.js";
import { TorchError } from "./errors.js";
import { native } from "./native.js";
import { type NestedArray, Tensor } from "./tensor.js";

export interface TensorOptions {
  /** Default: float32 for numbers, bool for booleans, int64 for bigints; typed arrays keep theirs. */
  dtype?: DType;
  device?: Device;
  requiresGrad?: boolean;
}

export interface FromTypedArrayOptions extends TensorOptions {
  /**
   * Default true. With false the tensor works on the array's own memory (also a SharedArrayBuffer's), which must not be
   * resized or transferred while the tensor lives.
   */
  copy?: boolean;
}

const arrayTypes: readonly [new () => ArrayBufferView, DType][] = [
  [Float32Array, "float32"],
  [Float64Array, "float64"],
  [Uint8Array, "uint8"],
  [Uint8ClampedArray, "uint8"],
  [Int8Array, "int8"],
  [Int16Array, "int16"],
  [Int32Array, "int32"],
  [BigInt64Array, "int64"],
];

const dtypeOfArray = (array: ArrayBufferView): DType | undefined =>
  arrayTypes.find(([constructor]) => array instanceof constructor)?.[1];

function finish(made: Tensor, { dtype, device = "cpu", requiresGrad = false }: TensorOptions): Tensor {
  let result = made;
  if ((dtype && dtype !== made.dtype) || device !== "cpu") {
    result = made.to({ device, ...(dtype && { dtype }) });
    made.dispose();
  }
  return requiresGrad ? result.requiresGrad_() : result;
}

/**
 * A tensor with the elements of a typed array in row-major order. Without `dtype` the array's own type is meant; a
 * Uint16Array needs `dtype: "float16"` or `"bfloat16"` (bit patterns), a Uint8Array may be `"bool"`.
 */
export function fromTypedArray(
  data: TypedArray | Uint8ClampedArray,
  shape: readonly number[] = [data.length],
  { dtype, device, requiresGrad, copy = true }: FromTypedArrayOptions = {},
): Tensor {
  const own = dtypeOfArray(data);
  const stored = dtype && data instanceof dtypes[dtype].array ? dtype : own;
  if (!stored) {
    throw new TorchError(`a ${data.constructor.name} needs a dtype of its item size, such as "float16"`, {
      operator: "fromTypedArray",
      argument: "dtype",
    });
  }
  let handle: number;
  try {
    handle = native.fromBuffer(data, shape, stored, copy);
  } catch (error) {
    const { message, argument } = error as Error & { argument?: string };
    throw new TorchError(message, {
      operator: "fromTypedArray",
      argument,
      received: `  data: ${data.constructor.name}(${data.length})\n  shape: ${describeValue(shape)}`,
    });
  }
  return finish(wrap<Tensor>(handle), {
    ...(dtype && { dtype }),
    ...(device && { device }),
    ...(requiresGrad !== undefined && { requiresGrad }),
  });
}

function shapeOf(data: NestedArray): number[] {
  const shape: number[] = [];
  for (let level: NestedArray | undefined = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  return shape;
}

function flatten(data: NestedArray, shape: readonly number[], depth: number, out: (number | boolean | bigint)[]): void {
  const size = shape[depth];
  if (!Array.isArray(data)) {
    if (size !== undefined || !["number", "boolean", "bigint"].includes(typeof data)) ragged(shape, depth, data);
    out.push(data as number);
    return;
  }
  if (data.length !== size) ragged(shape, depth, data);
  for (const element of data) flatten(element, shape, depth + 1, out);
}

function ragged(shape: readonly number[], depth: number, found: unknown): never {
  const expected = shape[depth] === undefined ? "a number" : `an array of ${shape[depth]}`;
  throw new TorchError(`argument 'data' must be regular: expected ${expected} at depth ${depth}, got ${describeValue(found)}`, {
    operator: "tensor",
    argument: "data",
  });
}

function inferDType(values: readonly (number | boolean | bigint)[]): DType {
  if (values.length && values.every((value) => typeof value === "boolean")) return "bool";
  if (values.length && values.every((value) => typeof value === "bigint")) return "int64";
  return "float32";
}

/** A tensor of nested arrays, a single number or a typed array: `tensor([[1, 2], [3, 4]])` has shape [2, 2]. */
export function tensor(data: NestedArray | TypedArray, options: TensorOptions = {}): Tensor {
  if (ArrayBuffer.isView(data)) return fromTypedArray(data as TypedArray, [(data as TypedArray).length], options);
  const shape = shapeOf(data as NestedArray);
  const values: (number | boolean | bigint)[] = [];
  flatten(data as NestedArray, shape, 0, values);
  const dtype = options.dtype ?? inferDType(values);
  const isInt64 = dtype === "int64";
  const flat = isInt64
    ? BigInt64Array.from(values, (value) => toBigInt(value))
    : dtype === "float32"
      ? Float32Array.from(values, Number)
      : Float64Array.from(values, Number);
  return fromTypedArray(flat, shape, { ...options, dtype });
}

function toBigInt(value: number | boolean | bigint): bigint {
  if (typeof value === "number" && !Number.isInteger(value)) {
    throw new TorchError(`argument 'data' must hold integers for int64, got ${value}`, { operator: "tensor", argument: "data" });
  }
  return BigInt(value);
}

/** A tensor with one element and no dimensions. */
export const scalarTensor = (value: number | boolean | bigint, options: TensorOptions = {}): Tensor => tensor(value, options);
