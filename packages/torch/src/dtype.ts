// The element types that tensors and tensor files have in common: PyTorch's names for them, their sizes, the
// codes and names that other formats use, and the typed array that holds their bits in JavaScript.
//
// JavaScript has no half-precision arrays: float16 and bfloat16 are held as their 16-bit patterns. Booleans are
// bytes, 0 or 1. Codes are those of c10/core/ScalarType.h and never change between libtorch versions; names are
// those of the safetensors format.

export type DType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "uint8"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "bool";

export interface DTypeArrays {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  uint8: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
}

export type TypedArray = DTypeArrays[DType];

export interface DTypeInfo<D extends DType = DType> {
  /** Bytes per element. */
  readonly itemSize: 1 | 2 | 4 | 8;
  /** ATen's `ScalarType` code. */
  readonly code: number;
  /** Name in a safetensors header. */
  readonly safetensors: string;
  /** Holds the elements, or their bits where JavaScript has no such number. */
  readonly array: TypedArrayConstructor<DTypeArrays[D]>;
}

export interface TypedArrayConstructor<A> {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): A;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): A;
}

/** The element types: bytes of an element, names in files, and the typed array that holds them. */
export const dtypes: { readonly [D in DType]: DTypeInfo<D> } = {
  uint8: { itemSize: 1, code: 0, safetensors: "U8", array: Uint8Array },
  int8: { itemSize: 1, code: 1, safetensors: "I8", array: Int8Array },
  int16: { itemSize: 2, code: 2, safetensors: "I16", array: Int16Array },
  int32: { itemSize: 4, code: 3, safetensors: "I32", array: Int32Array },
  int64: { itemSize: 8, code: 4, safetensors: "I64", array: BigInt64Array },
  float16: { itemSize: 2, code: 5, safetensors: "F16", array: Uint16Array },
  float32: { itemSize: 4, code: 6, safetensors: "F32", array: Float32Array },
  float64: { itemSize: 8, code: 7, safetensors: "F64", array: Float64Array },
  bool: { itemSize: 1, code: 11, safetensors: "BOOL", array: Uint8Array },
  bfloat16: { itemSize: 2, code: 15, safetensors: "BF16", array: Uint16Array },
};

const byCode = new Map((Object.keys(dtypes) as DType[]).map((name) => [dtypes[name].code, name]));

export const isDType = (name: string): name is DType => Object.hasOwn(dtypes, name);

/** The dtype with this ATen `ScalarType` code; undefined for complex, quantized and other types we do not offer. */
export const dtypeFromCode = (code: number): DType | undefined => byCode.get(code);
