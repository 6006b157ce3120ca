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

// TypeScript knows WebAssembly from the browser's library alone, which this package does not load.
const { WebAssembly: webAssembly } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (options: {
      initial: number;
    }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object, imports: object) => { readonly exports: Kernels };
  };
};

const PAGE = 65536;
let compiled: object | undefined;

export class KernelInstance {
  readonly #memory = new webAssembly.Memory({ initial: 1 });
  readonly kernels: Kernels;

  constructor() {
    compiled ??= new webAssembly.Module(Buffer.from(kernelWasm, "base64"));
    this.kernels = new webAssembly.Instance(compiled, { env: { memory: this.#memory } }).exports;
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
const kept = new KernelInstance();

/** An instance with so much memory for work that is done at once: nothing in it outlives the next call of this. */
export function kernelsFor(bytes: number): { readonly kernels: Kernels; readonly buffer: ArrayBuffer } {
  const instance = bytes > KEPT_BYTES ? new KernelInstance() : kept;
  return { kernels: instance.kernels, buffer: instance.reserve(bytes) };
}
