// The tensor: what it is (shape, dtype, device), its way in from and out to JavaScript, and its gradient. The operators are
// generated methods it inherits; who frees it is told in ownership.ts.

import { type DType, dtypeFromCode, dtypes, isDType, type TypedArray } from "./dtype.js";
import { fromNative, passedOn, TorchError, withContext } from "./errors.js";
// biome-ignore lint/suspicious/noImportCycles: the generated half of the class names the class itself, as a type only
import { TensorOperators, where } from "./generated/operators.js";
import { native } from "./native.js";
import { readOptions } from "./options.js";
import { OwnedTensor, scope } from "./ownership.js";
import { FIELD, scratch } from "./scratch.js";
import { type Device, describeValue, type Scalar } from "./values.js";
import { registerTensorClass, wrap } from "./wrap.js";

const HEADER = FIELD.sizes;
const FLAGS = { requiresGrad: 1, isLeaf: 2, contiguous: 4, channelsLast: 8 } as const;
const CPU = 0;
const CUDA = 1;

const backwardDefaults = {
  gradient: undefined as Tensor | undefined,
  retainGraph: undefined as boolean | undefined,
  createGraph: false,
};

/** Nested numbers, as `tensor()` takes and `toArray()` gives them. */
export type NestedArray = number | boolean | bigint | readonly NestedArray[];

/** Target of a conversion; `copy` copies even where nothing changes, `nonBlocking` does not wait for a CUDA device. */
export type ToOptions = NonNullable<Parameters<TensorOperators["to"]>[0]>;

/** A multi-dimensional array on some device, as PyTorch's. Made by `tensor`, `zeros`, … and by operators. */
export class Tensor extends TensorOperators {
  /** Sizes of the dimensions. */
  get shape(): number[] {
    const dimensions = this.#describe("shape", FIELD.dimensions);
    return Array.from(scratch.subarray(HEADER, HEADER + dimensions));
  }

  /** Elements to skip in memory for one step along each dimension. */
  get strides(): number[] {
    const dimensions = this.#describe("strides", FIELD.dimensions);
    return Array.from(scratch.subarray(HEADER + dimensions, HEADER + 2 * dimensions));
  }

  /** Number of dimensions. */
  get dim(): number {
    return this.#describe("dim", FIELD.dimensions);
  }

  /** Number of elements. */
  get numel(): number {
    return this.#describe("numel", FIELD.elements);
  }

  get dtype(): DType {
    const code = this.#describe("dtype", FIELD.dtype);
    const dtype = dtypeFromCode(code);
    if (!dtype) throw new TorchError(`${otherDType(code)} is not offered here`, { operator: "dtype" });
    return dtype;
  }

  get device(): Device {
    const type = this.#describe("device", FIELD.device);
    if (type === CPU) return "cpu";
    if (type === CUDA) return `cuda:${scratch[FIELD.deviceIndex] ?? 0}`;
    throw new TorchError(`device type ${type} is not offered here`, { operator: "device" });
  }

  /** Size of one dimension; negative ones count from the end. */
  size(dimension: number): number {
    const size = Number.isInteger(dimension) ? this.shape.at(dimension) : undefined;
    if (size === undefined) {
      throw new TorchError(`there is no dimension ${dimension} in ${describeValue(this)}`, {
        operator: "size",
      });
    }
    return size;
  }

  isContiguous(memoryFormat: "contiguous" | "channelsLast" = "contiguous"): boolean {
    return (this.#describe("isContiguous", FIELD.flags) & FLAGS[memoryFormat]) !== 0;
  }

  /** True where no operator of a graph made it: gradients are stored in leaves. */
  get isLeaf(): boolean {
    return (this.#describe("isLeaf", FIELD.flags) & FLAGS.isLeaf) !== 0;
  }

  get requiresGrad(): boolean {
    return (this.#describe("requiresGrad", FIELD.flags) & FLAGS.requiresGrad) !== 0;
  }

  set requiresGrad(wanted: boolean) {
    this.requiresGrad_(wanted);
  }

  /** Switches gradients on or off, in place. Only leaves can be switched off; use `detach()` on others. */
  requiresGrad_(wanted = true): this {
    this.#native("requiresGrad_", (handle) => native.setRequiresGrad(handle, wanted));
    return this;
  }

  /** The gradient that `backward` stored, or null. A new handle to it at each access. */
  get grad(): Tensor | null {
    const gradient = this.#native("grad", (handle) => native.gradient(handle));
    return gradient === null ? null : wrap<Tensor>(gradient);
  }

  set grad(value: Tensor | null) {
    withContext(
      "grad",
      () =>
        native.setGradient(
          OwnedTensor.handleOf(this, "grad"),
          value && OwnedTensor.handleOf(value, "grad", "value"),
        ),
      () => `  this: ${describeValue(this)}\n  value: ${describeValue(value)}`,
    );
  }

  /** Makes `backward` store a gradient in this tensor although it is no leaf. */
  retainGrad(): this {
    this.#native("retainGrad", (handle) => native.retainGrad(handle));
    return this;
  }

  /**
   * Calls `hook` with each gradient of this tensor before it is stored or goes on, as PyTorch's register_hook; what it returns
   * takes the gradient's place, unless that is nothing. It must be synchronous, its temporaries are freed, and what it throws ends
   * the backward pass. On the CPU only.
   *
   * @returns a handle whose `remove` ends the calls
   */
  registerHook(hook: GradientHook): HookHandle {
    if (typeof hook !== "function") {
      throw new TorchError(`argument 'hook' must be a function, got ${describeValue(hook)}`, {
        operator: "registerHook",
        argument: "hook",
      });
    }
    let active = true;
    const call = (raw: number): number | undefined =>
      scope(() => {
        const gradient = wrap<Tensor>(raw);
        return active ? changedGradient(hook, gradient) : undefined;
      });
    this.#native("registerHook", (handle) => native.registerHook(handle, call));
    return {
      remove() {
        active = false;
      },
    };
  }

  /** Adds the gradient of this scalar to the `grad` of every leaf it depends on. See `backward` for several outputs. */
  backward(options?: BackwardOptions): void;
  backward(...rest: unknown[]): void {
    const { gradient, retainGraph, createGraph } = readOptions("backward", rest, backwardDefaults);
    this.#native("backward", (handle) =>
      native.backward(
        [handle],
        gradient ? [OwnedTensor.handleOf(gradient, "backward", "gradient")] : [],
        retainGraph ?? createGraph,
        createGraph,
        [],
      ),
    );
  }

  /** Counts in-place changes; autograd refuses tensors that changed since they were saved. */
  get version(): number {
    return this.#native("version", (handle) => native.version(handle));
  }

  /** A tensor of another dtype, on another device or in another memory format; this one (a new handle) where nothing changes. */
  override to(target: DType | Device | ToOptions = {}): Tensor {
    if (typeof target !== "string") return super.to(target);
    return super.to(isDType(target) ? { dtype: target } : { device: target });
  }

  /** This tensor where the condition is true, the other elsewhere. See `where` for numbers in its place. */
  where(condition: Tensor, other: Tensor | Scalar): Tensor {
    if (!(condition instanceof OwnedTensor)) {
      throw new TorchError(
        `argument 'condition' must be a tensor, got ${describeValue(condition)}: x.where(condition, other) is x where the ` +
          "condition holds; where(condition, a, b) takes numbers too",
        { operator: "where", argument: "condition" },
      );
    }
    return where(condition, this, other as Tensor);
  }

  /** As float64. Each of these gives this tensor (a new handle) where it has the dtype already. */
  double(): Tensor {
    return this.to("float64");
  }

  /** As float32. */
  float(): Tensor {
    return this.to("float32");
  }

  /** As float16. */
  half(): Tensor {
    return this.to("float16");
  }

  bfloat16(): Tensor {
    return this.to("bfloat16");
  }

  /** As int64. */
  long(): Tensor {
    return this.to("int64");
  }

  /** As int32. */
  int(): Tensor {
    return this.to("int32");
  }

  /** As int16. */
  short(): Tensor {
    return this.to("int16");
  }

  /** As uint8. */
  byte(): Tensor {
    return this.to("uint8");
  }

  /** True where an element is not zero. */
  bool(): Tensor {
    return this.to("bool");
  }

  cpu(): Tensor {
    return this.to("cpu");
  }

  cuda(index = 0): Tensor {
    return this.to(`cuda:${index}`);
  }

  /** The only element, as a JavaScript value; waits for the device. 64-bit integers beyond 2^53 come as bigint. */
  item(): number | boolean | bigint {
    return this.#native("item", (handle) => native.item(handle));
  }

  /** The only element as a number. */
  toNumber(): number {
    return Number(this.item());
  }

  /**
   * The elements in row-major order, copied from any device. float16 and bfloat16 come as bit patterns in a Uint16Array
   * (convert with `to("float32")` first), int64 as a BigInt64Array, bool as bytes.
   */
  toTypedArray(): TypedArray {
    const { numel, dtype } = this;
    const target = new dtypes[dtype].array(numel);
    this.#native("toTypedArray", (handle) => native.copyTo(handle, target));
    return target;
  }

  /** Copies the elements in row-major order into `target`, which must have as many bytes. */
  copyInto(target: ArrayBufferView): void {
    this.#native("copyInto", (handle) => native.copyTo(handle, target));
  }

  /**
   * The tensor's own memory without a copy, for contiguous tensors on the CPU. It stays valid after the tensor is disposed
   * and sees every later in-place change.
   */
  dataView(): TypedArray {
    const { dtype } = this;
    return new dtypes[dtype].array(this.#native("dataView", (handle) => native.view(handle)));
  }

  /** Nested arrays of numbers (booleans for bool, bigints for int64 are converted to numbers). */
  toArray(): NestedArray {
    const { shape, dtype } = this;
    const isHalf = dtype === "float16" || dtype === "bfloat16";
    const flat = isHalf ? halfToNumbers(this) : this.toTypedArray();
    const element = (index: number): number | boolean => {
      const value = Number(flat[index]);
      return dtype === "bool" ? value !== 0 : value;
    };
    const nest = (dimension: number, offset: number, stride: number): NestedArray => {
      const size = shape[dimension];
      if (size === undefined) return element(offset);
      const inner = size === 0 ? 0 : stride / size;
      return Array.from({ length: size }, (_, index) => nest(dimension + 1, offset + index * inner, inner));
    };
    return nest(0, 0, flat.length);
  }

  /** True where both are the same tensor in libtorch, whatever handles hold it. */
  isSame(other: Tensor): boolean {
    return native.isSame(
      OwnedTensor.handleOf(this, "isSame"),
      OwnedTensor.handleOf(other, "isSame", "other"),
    );
  }

  /** `float32[2, 3] on cpu` */
  override toString(): string {
    if (this.isDisposed) return "disposed tensor";
    const code = this.#describe("toString", FIELD.dtype);
    return `${dtypeFromCode(code) ?? otherDType(code)}[${this.shape.join(", ")}] on ${this.device}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Tensor(${this.toString()})`;
  }

  #describe(property: string, field: number): number {
    const handle = OwnedTensor.handleOf(this, property);
    try {
      native.describe(handle);
    } catch (error) {
      throw fromNative(error, property);
    }
    return scratch[field] as number;
  }

  #native<T>(operator: string, body: (handle: number) => T): T {
    const handle = OwnedTensor.handleOf(this, operator);
    return withContext(
      operator,
      () => body(handle),
      () => `  this: ${describeValue(this)}`,
    );
  }
}

export interface BackwardOptions {
  /** Gradient of the objective with respect to this tensor; needed unless it is a scalar. */
  gradient?: Tensor;
  /** Keep the graph for another backward. Default: as `createGraph`. */
  retainGraph?: boolean;
  /** Record the gradients' own graph, for gradients of gradients. */
  createGraph?: boolean;
}

/** Sees a gradient; a tensor that it returns takes the gradient's place. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing
export type GradientHook = (gradient: Tensor) => Tensor | undefined | void;

/** Ends what `registerHook` began. */
export interface HookHandle {
  remove(): void;
}

/** A handle of what the hook makes of a gradient; undefined where it leaves it. */
function changedGradient(hook: GradientHook, gradient: Tensor): number | undefined {
  let result: unknown;
  try {
    result = hook(gradient);
  } catch (error) {
    throw passedOn(error);
  }
  if (result === undefined || result === null) return undefined;
  if (!(result instanceof Tensor) || result.shape.join() !== gradient.shape.join()) {
    throw new TorchError(
      `a hook must return nothing or a gradient like ${gradient}, got ${describeValue(result)}`,
      {
        operator: "registerHook",
        argument: "hook",
      },
    );
  }
  return native.share(OwnedTensor.handleOf(result, "registerHook"));
}

const otherDType = (code: number): string =>
  ({ 9: "complex64", 10: "complex128" })[code] ?? `ATen's scalar type ${code}`;

function halfToNumbers(tensor: Tensor): TypedArray {
  using wide = tensor.to("float32");
  return wide.toTypedArray();
}

registerTensorClass(Tensor);
