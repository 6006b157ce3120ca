// Tensors from JavaScript values. The other constructors (zeros, arange, …) are generated.

import { type DType, dtypes, isDType, type TypedArray } from "./dtype.js";
import { TorchError, withContext } from "./errors.js";
import { native } from "./native.js";
import { readOptions } from "./options.js";
import type { NestedArray, Tensor } from "./tensor.js";
import { madeBy } from "./unscoped.js";
import { type Device, describeValue } from "./values.js";
import { wrap } from "./wrap.js";

export interface TensorOptions {
  /** Default: float32 for numbers, bool for booleans, int64 for bigints; typed arrays keep theirs. */
  dtype?: DType;
  device?: Device;
  requiresGrad?: boolean;
}

export interface FromTypedArrayOptions extends TensorOptions {
  /**
   * Default true. With false the tensor works on the array's own memory (also a SharedArrayBuffer's), which must not be
   * resized or transferred while the tensor lives. Another dtype or device always means a copy.
   */
  copy?: boolean;
}

type Defaults<Options> = { [Name in keyof Options]-?: Options[Name] | undefined };

const tensorDefaults: Defaults<TensorOptions> & { device: Device; requiresGrad: boolean } = {
  dtype: undefined,
  device: "cpu",
  requiresGrad: false,
};
const typedArrayDefaults = { ...tensorDefaults, copy: true };

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

function checkDType(dtype: DType, operator: string): DType {
  if (isDType(dtype)) return dtype;
  throw new TorchError(
    `argument 'dtype' must be one of ${Object.keys(dtypes).join(", ")}, got ${describeValue(dtype)}`,
    {
      operator,
      argument: "dtype",
    },
  );
}

/**
 * A tensor with the elements of a typed array in row-major order. Without `dtype` the array's own type is meant; a
 * Uint16Array needs `dtype: "float16"` or `"bfloat16"` (bit patterns), a Uint8Array may be `"bool"`.
 */
export function fromTypedArray(
  data: TypedArray | Uint8ClampedArray,
  shape?: readonly number[],
  options?: FromTypedArrayOptions,
): Tensor;
export function fromTypedArray(
  data: TypedArray | Uint8ClampedArray,
  shape?: readonly number[],
  ...rest: unknown[]
): Tensor {
  const { dtype, device, requiresGrad, copy } = readOptions("fromTypedArray", rest, typedArrayDefaults);
  const stored = storedDType(data, dtype);
  const target = dtype ?? stored;
  const converts = target !== stored || device !== "cpu";
  const sizes = shape ?? [data.length];
  const handle = withContext(
    "fromTypedArray",
    // What is converted anyway needs no copy before.
    () => native.fromBuffer(data, sizes, stored, copy && !converts),
    () => `  data: ${data.constructor.name}(${data.length})\n  shape: ${describeValue(sizes)}`,
  );
  madeBy("tensor");
  const result = converts ? convert(wrap(handle), target, device) : wrap<Tensor>(handle);
  return requiresGrad ? result.requiresGrad_() : result;
}

function convert(stored: Tensor, dtype: DType, device: Device): Tensor {
  try {
    return stored.to({ dtype, device });
  } finally {
    stored.dispose();
  }
}

/** The dtype as which the array's bits are read: the wanted one where they are that, its own otherwise. */
function storedDType(data: ArrayBufferView, wanted: DType | undefined): DType {
  const refuse = (argument: string, message: string) =>
    new TorchError(message, { operator: "fromTypedArray", argument });
  if (!ArrayBuffer.isView(data))
    throw refuse("data", `argument 'data' must be a typed array, got ${describeValue(data)}`);
  if (wanted !== undefined) checkDType(wanted, "fromTypedArray");
  // Bytes become booleans by a conversion only, since a boolean's byte must be 0 or 1.
  if (wanted && wanted !== "bool" && data instanceof dtypes[wanted].array) return wanted;
  const own = arrayTypes.find(([type]) => data instanceof type)?.[1];
  if (own) return own;
  throw refuse(
    "dtype",
    `a ${data.constructor.name} needs a dtype that it holds the bits of, such as "float16" for a Uint16Array`,
  );
}

type Value = number | boolean | bigint;

const MAX_DIMENSIONS = 64;

function shapeOf(data: NestedArray): number[] {
  const shape: number[] = [];
  for (let level: NestedArray | undefined = data; Array.isArray(level); level = level[0]) {
    if (shape.length === MAX_DIMENSIONS) {
      throw new TorchError(`argument 'data' is nested deeper than ${MAX_DIMENSIONS} dimensions`, {
        operator: "tensor",
        argument: "data",
      });
    }
    shape.push(level.length);
  }
  return shape;
}

function flatten(data: NestedArray, shape: readonly number[], depth: number, out: Value[]): void {
  const size = shape[depth];
  if (!Array.isArray(data)) {
    if (size !== undefined || !["number", "boolean", "bigint"].includes(typeof data))
      ragged(shape, depth, data);
    out.push(data as number);
    return;
  }
  if (data.length !== size) ragged(shape, depth, data);
  for (const element of data) flatten(element, shape, depth + 1, out);
}

function ragged(shape: readonly number[], depth: number, found: unknown): never {
  const expected = shape[depth] === undefined ? "a number" : `an array of ${shape[depth]}`;
  throw new TorchError(
    `argument 'data' must be regular: expected ${expected} at depth ${depth}, got ${describeValue(found)}`,
    {
      operator: "tensor",
      argument: "data",
    },
  );
}

function inferDType(values: readonly Value[]): DType {
  if (values.length && values.every((value) => typeof value === "boolean")) return "bool";
  if (values.length && values.every((value) => typeof value === "bigint")) return "int64";
  return "float32";
}

/** An integer that the dtype can hold; anything else is a mistake, not to be rounded or wrapped around. */
function integer(value: Value, dtype: DType): bigint {
  const exact = typeof value !== "number" || Number.isInteger(value) ? BigInt(value) : undefined;
  const wrapAround = dtype === "uint8" ? BigInt.asUintN : BigInt.asIntN;
  if (exact !== undefined && wrapAround(8 * dtypes[dtype].itemSize, exact) === exact) return exact;
  throw new TorchError(`argument 'data' holds ${value}, which ${dtype} cannot represent`, {
    operator: "tensor",
    argument: "data",
  });
}

/** Values as elements of a dtype; as float64 where JavaScript has no such array. */
function pack(values: readonly Value[], dtype: DType): TypedArray {
  switch (dtype) {
    case "float32":
      return Float32Array.from(values, Number);
    case "float64":
    case "float16":
    case "bfloat16":
      return Float64Array.from(values, Number);
    case "bool":
      return Uint8Array.from(values, (value) => Number(Boolean(value)));
    case "int64":
      return BigInt64Array.from(values, (value) => integer(value, dtype));
    default: {
      const packed = new dtypes[dtype].array(values.length);
      packed.set(values.map((value) => Number(integer(value, dtype))));
      return packed;
    }
  }
}

/** A tensor of nested arrays, a single number or a typed array: `tensor([[1, 2], [3, 4]])` has shape [2, 2]. */
export function tensor(data: NestedArray | TypedArray, options?: TensorOptions): Tensor;
export function tensor(data: NestedArray | TypedArray, ...rest: unknown[]): Tensor {
  const options = readOptions("tensor", rest, tensorDefaults);
  if (ArrayBuffer.isView(data))
    return fromTypedArray(data as TypedArray, [(data as TypedArray).length], options as TensorOptions);
  const shape = shapeOf(data as NestedArray);
  const values: Value[] = [];
  flatten(data as NestedArray, shape, 0, values);
  const dtype = checkDType(options.dtype ?? inferDType(values), "tensor");
  return fromTypedArray(pack(values, dtype), shape, { ...options, dtype });
}

/** A tensor with one element and no dimensions. */
export const scalarTensor = (value: Value, options?: TensorOptions): Tensor => tensor(value, options);
