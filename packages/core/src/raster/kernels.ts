// An instance of the WebAssembly kernels (kernels/*.ts) and its memory. Not to be shared between threads.

import { kernelWasm } from "./generated/kernels.js";

/** Addresses of tables: first source pixel of each pixel, how many there are, their weights; and weights per pixel. */
type WeightTables = [starts: number, counts: number, values: number, taps: number];

export interface Kernels {
  resizeRows(
    source: number,
    sourceStride: number,
    rows: number,
    target: number,
    width: number,
    ...weights: WeightTables
  ): void;
  resizeColumns(
    source: number,
    stride: number,
    target: number,
    height: number,
    ...weights: WeightTables
  ): void;
  unfilter(source: number, target: number, rowBytes: number, rows: number, pixel: number): number;
  pickThrough(
    source: number,
    stride: number,
    rows: number,
    rowCount: number,
    columns: number,
    width: number,
    table: number,
    target: number,
  ): number;
}

const PAGE = 65536;
let compiled: WebAssembly.Module | undefined;

/** @throws RangeError with the cure where the address space is limited: V8 reserves some 10 GiB of it for each memory */
function newMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1 });
  } catch (cause) {
    throw new RangeError(
      "there is no address space for WebAssembly, which resizes images and unpacks labels: it is limited on this system (ulimit -v). " +
        "Node needs less of it when it is started with --disable-wasm-trap-handler, such as by NODE_OPTIONS=--disable-wasm-trap-handler",
      { cause },
    );
  }
}

export class KernelInstance {
  readonly #memory = newMemory();
  readonly kernels: Kernels;

  constructor() {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelWasm), (char) => char.charCodeAt(0)));
    this.kernels = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } })
      .exports as unknown as Kernels;
  }

  /** The memory, at least so large. Views of it end when it grows. */
  reserve(bytes: number): ArrayBuffer {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return this.#memory.buffer;
  }

  get buffer(): ArrayBuffer {
    return this.#memory.buffer;
  }
}

/** Above this size memory is given back after use rather than kept for the next file. */
const KEPT_BYTES = 2 ** 25;
let kept: KernelInstance | undefined;

/** An instance with so much memory for work that is done at once: nothing in it outlives the next call of this. */
export function kernelsFor(bytes: number): { readonly kernels: Kernels; readonly buffer: ArrayBuffer } {
  if (bytes <= KEPT_BYTES) kept ??= new KernelInstance();
  const instance = bytes <= KEPT_BYTES && kept ? kept : new KernelInstance();
  return { kernels: instance.kernels, buffer: instance.reserve(bytes) };
}
