// PyTorch's storages: flat arrays in a file, of which tensors are strided views. A view is checked against its
// storage, and its dense size announced to the memory budget, when the tensor is made; bytes are read when asked.

import { type DType, dtypes } from "../dtype.js";
import { type Bytes, type Input, part } from "./input.js";
import { Inert } from "./pickle-values.js";
import { byteCount, invalidElement, StoredTensor } from "./raw-tensor.js";
import { gather, isRowMajor, lastIndex, type View, viewProblem } from "./strided.js";

/** Bytes that V8 takes for each object, measured. */
const STORAGE_COST = 400;
const TENSOR_COST = 300;
const DIMENSION_COST = 40;

/** `torch.FloatStorage` and its like: the class, which names the element type. */
export class StorageType extends Inert {
  readonly name: string;
  readonly dtype: DType;

  constructor(name: string, dtype: DType) {
    super();
    this.name = name;
    this.dtype = dtype;
  }
}

export interface StorageOptions {
  readonly dtype: DType;
  /** Elements. */
  readonly length: number;
  /** Its name in messages. */
  readonly where: string;
  /** Where its bytes are; asked for when they are read, because the old format says so only at its end. */
  readonly locate: () => Bytes;
}

export class Storage extends Inert {
  readonly name = "a storage without a tensor";
  readonly dtype: DType;
  readonly length: number;
  readonly where: string;
  readonly #input: Input;
  readonly #locate: () => Bytes;
  readonly #views = new Map<string, StoredTensor>();
  #slices: Map<string, Storage> | undefined;

  constructor(input: Input, { dtype, length, where, locate }: StorageOptions) {
    super();
    input.budget.charge(STORAGE_COST, where);
    this.#input = input;
    this.dtype = dtype;
    this.length = length;
    this.where = where;
    this.#locate = locate;
  }

  get itemSize(): number {
    return dtypes[this.dtype].itemSize;
  }

  /** A tensor on this storage; the same object for the same view. */
  view({ offset, shape, strides }: View): StoredTensor {
    const view: View = { offset, shape: [...shape], strides: [...strides] };
    const problem = viewProblem(view, this.length);
    if (problem) throw this.#input.fail(this.where, `a tensor ${problem}`);
    const key = `${offset};${shape};${strides}`;
    const known = this.#views.get(key);
    if (known) return known;
    this.#input.budget.charge(TENSOR_COST + DIMENSION_COST * shape.length, this.where);
    this.#input.budget.reserve(byteCount(this.dtype, shape) ?? Number.NaN, this.where);
    const tensor = new StoredTensor(this.dtype, view.shape, () => this.#read(view));
    this.#views.set(key, tensor);
    return tensor;
  }

  /** A part of this storage as a storage of its own; the same object for the same part. */
  slice(offset: number, length: number): Storage {
    const key = `${offset};${length}`;
    this.#slices ??= new Map();
    const known = this.#slices.get(key);
    if (known) return known;
    const { dtype, where, itemSize } = this;
    const locate = () => part(this.#locate(), offset * itemSize, length * itemSize);
    const slice = new Storage(this.#input, { dtype, length, where, locate });
    this.#slices.set(key, slice);
    return slice;
  }

  #read(view: View): Uint8Array {
    const { budget } = this.#input;
    const data = budget.take(byteCount(this.dtype, view.shape) ?? 0, this.where);
    if (data.length === 0) return data;
    if (isRowMajor(view)) {
      this.#readRange(data, view.offset);
    } else {
      const span = (lastIndex(view) - view.offset + 1) * this.itemSize;
      const scratch = budget.allocate(span, this.where);
      try {
        this.#readRange(scratch, view.offset);
        gather(scratch, this.itemSize, view, data);
      } finally {
        budget.release(span);
      }
    }
    const invalid = invalidElement(this.dtype, data);
    if (invalid !== undefined) throw this.#input.fail(this.where, `holds the byte ${invalid} as a bool`);
    return data;
  }

  #readRange(target: Uint8Array, offset: number): void {
    const bytes = this.#locate();
    bytes.readInto(target, offset * this.itemSize);
    if (target.length === bytes.size) bytes.verify?.(target);
  }
}
