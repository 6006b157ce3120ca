// Resizing as Pillow does it, to the last bit: bicubic with antialiasing for images, nearest for labels. Only the
// window that a crop will show is computed, and only the part of the source that this window needs is asked for.
//
// Derives from Pillow's Resample.c (filter a = -0.5, 22-bit weights, horizontal pass first, 8 bits in between) and
// Geometry.c (nearest). The passes themselves are WebAssembly: kernels/resize.ts.

import { KernelInstance } from "./kernels.js";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of whole pixels. */
export interface Window extends Size {
  readonly left: number;
  readonly top: number;
}

/** Rows of red, green, blue bytes. */
export interface RgbImage extends Size {
  readonly pixels: Uint8Array;
}

/** What part of a resized image is wanted. */
export interface ResizeRequest {
  /** Of the whole source image. */
  readonly from: Size;
  /** Of the whole resized image, most of which may never be computed. */
  readonly to: Size;
  /** The part of the resized image that is wanted. */
  readonly window: Window;
  /** Columns in reverse order. */
  readonly mirrored?: boolean;
}

/** The part of the source that a request needs. */
export function sourceWindow({ from, to, window }: ResizeRequest): Window {
  const columns = bicubicWeights(from.width, to.width, window.left, window.width);
  const rows = bicubicWeights(from.height, to.height, window.top, window.height);
  const [left, right] = extent(columns);
  const [top, bottom] = extent(rows);
  return { left, top, width: right - left, height: bottom - top };
}

/** Resizes images; keeps its working memory from one image to the next. Not to be shared between threads. */
export class BicubicResizer {
  readonly #instance = new KernelInstance();
  #used = 0;

  /**
   * The wanted window, as RGB bytes of `window.width` x `window.height`; valid until the next call.
   *
   * @param part the source, or a part of it that holds at least `sourceWindow(request)`
   * @param at where that part begins in the source
   */
  resize(part: RgbImage, at: { left: number; top: number }, request: ResizeRequest): Uint8Array {
    const { from, to, window, mirrored = false } = request;
    const columns = bicubicWeights(from.width, to.width, window.left, window.width);
    const rows = bicubicWeights(from.height, to.height, window.top, window.height);
    if (mirrored) reverse(columns);
    const [left, right] = extent(columns);
    const [top, bottom] = extent(rows);
    checkCovers(part, at, { left, top, width: right - left, height: bottom - top });
    shift(columns, left);
    shift(rows, top);

    const sourceStride = (right - left) * 3;
    const sourceRows = bottom - top;
    const stride = window.width * 3;
    this.#reserve((sourceStride + stride) * sourceRows + stride * window.height + 16 * 1024, columns, rows);
    const source = this.#copyPart(part, left - at.left, top - at.top, sourceStride, sourceRows);
    const between = this.#take(stride * sourceRows);
    const target = this.#take(stride * window.height);
    const { resizeRows, resizeColumns } = this.#instance.kernels;
    resizeRows(source, sourceStride, sourceRows, between, window.width, ...this.#putWeights(columns));
    resizeColumns(between, stride, target, window.height, ...this.#putWeights(rows));
    return new Uint8Array(this.#instance.buffer, target, stride * window.height);
  }

  #reserve(pixelBytes: number, ...weights: Weights[]): void {
    const tables = weights.reduce(
      (sum, { values, starts }) => sum + 4 * values.length + 8 * starts.length,
      0,
    );
    this.#instance.reserve(pixelBytes + tables);
    this.#used = 0;
  }

  /** Room for so many bytes, and a vector's width behind them. */
  #take(bytes: number): number {
    const address = this.#used;
    this.#used += Math.ceil((bytes + 16) / 16) * 16;
    return address;
  }

  #copyPart(part: RgbImage, left: number, top: number, stride: number, rows: number): number {
    const address = this.#take(stride * rows);
    const memory = new Uint8Array(this.#instance.buffer);
    for (let row = 0; row < rows; row++) {
      const begin = ((top + row) * part.width + left) * 3;
      memory.set(part.pixels.subarray(begin, begin + stride), address + row * stride);
    }
    return address;
  }

  #putWeights({ starts, counts, values, taps }: Weights): [number, number, number, number] {
    const put = (table: Int32Array) => {
      const address = this.#take(table.byteLength);
      new Int32Array(this.#instance.buffer, address, table.length).set(table);
      return address;
    };
    return [put(starts), put(counts), put(values), taps];
  }
}

/** For each pixel of a stretch of the resized axis: the source pixel that nearest resizing takes. */
export function nearestIndices(from: number, to: number, first: number, count: number): Int32Array {
  // Pillow adds up the positions one by one, and the rounding errors with them; so do we.
  const step = from / to;
  const indices = new Int32Array(count);
  let position = step * 0.5;
  for (let at = 0; at < first + count; at++) {
    if (at >= first) indices[at - first] = Math.min(Math.trunc(position), from - 1);
    position += step;
  }
  return indices;
}

/** For each pixel of a stretch of the resized axis: its first source pixel, how many there are, their weights. */
interface Weights {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `taps` for each pixel, of which the first `counts[i]` are used. */
  readonly values: Int32Array;
  readonly taps: number;
}

const FRACTION_BITS = 22;

function bicubicWeights(from: number, to: number, first: number, count: number): Weights {
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = 2 * filterScale;
  const taps = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const values = new Int32Array(count * taps);
  const exact = new Float64Array(taps);
  for (let at = 0; at < count; at++) {
    const center = (first + at + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    const length = Math.min(Math.trunc(center + support + 0.5), from) - start;
    let sum = 0;
    for (let tap = 0; tap < length; tap++) {
      const weight = bicubic((tap + start - center + 0.5) * (1 / filterScale));
      exact[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < length; tap++) {
      const scaled = ((exact[tap] ?? 0) / sum) * 2 ** FRACTION_BITS;
      values[at * taps + tap] = Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    starts[at] = start;
    counts[at] = length;
  }
  return { starts, counts, values, taps };
}

function bicubic(offset: number): number {
  const x = Math.abs(offset);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * -0.5;
  return 0;
}

function extent({ starts, counts }: Weights): [first: number, end: number] {
  let first = Number.POSITIVE_INFINITY;
  let end = 0;
  for (let at = 0; at < starts.length; at++) {
    const start = starts[at] as number;
    first = Math.min(first, start);
    end = Math.max(end, start + (counts[at] as number));
  }
  return [first, end];
}

function shift(weights: Weights, by: number): void {
  for (let at = 0; at < weights.starts.length; at++) weights.starts[at] = (weights.starts[at] as number) - by;
}

function reverse({ starts, counts, values, taps }: Weights): void {
  starts.reverse();
  counts.reverse();
  const copy = values.slice();
  for (let at = 0, from = starts.length - 1; from >= 0; at++, from--) {
    values.set(copy.subarray(from * taps, (from + 1) * taps), at * taps);
  }
}

function checkCovers(part: RgbImage, at: { left: number; top: number }, needed: Window): void {
  const inside =
    needed.left >= at.left &&
    needed.top >= at.top &&
    needed.left + needed.width <= at.left + part.width &&
    needed.top + needed.height <= at.top + part.height;
  if (inside && part.pixels.length >= part.width * part.height * 3) return;
  const has = `${part.width}x${part.height} pixels from (${at.left}, ${at.top})`;
  const needs = `${needed.width}x${needed.height} from (${needed.left}, ${needed.top})`;
  throw new RangeError(`internal: BicubicResizer.resize was given ${has}, but needs ${needs}`);
}
