// Reads numbers and text one after the other through a small window, so that headers, directories and pickles of
// any length cost constant memory. It never passes the end it was given. Numbers are little-endian unless said.

import type { TensorFileError } from "./errors.js";
import type { Bytes, Input } from "./input.js";

const WINDOW = 2 ** 16;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export interface CursorRange {
  bytes?: Bytes;
  start?: number;
  end?: number;
}

export class Cursor {
  readonly input: Input;
  readonly end: number;
  position: number;
  readonly #name: string;
  readonly #bytes: Bytes;
  #window = new Uint8Array(0);
  #view = new DataView(this.#window.buffer);
  #windowStart = 0;
  #windowEnd = 0;

  constructor(input: Input, name: string, { bytes = input, start = 0, end = bytes.size }: CursorRange = {}) {
    this.input = input;
    this.#name = name;
    this.#bytes = bytes;
    this.position = start;
    this.end = end;
  }

  get where(): string {
    return `${this.#name}, byte ${this.position}`;
  }

  get remaining(): number {
    return Math.max(0, this.end - this.position);
  }

  /** The next bytes, as a view that is valid until the next call. */
  take(count: number): Uint8Array {
    const at = this.#advance(count);
    return this.#window.subarray(at, at + count);
  }

  uint8(): number {
    const at = this.#advance(1);
    return this.#view.getUint8(at);
  }

  uint16(): number {
    const at = this.#advance(2);
    return this.#view.getUint16(at, true);
  }

  uint32(): number {
    const at = this.#advance(4);
    return this.#view.getUint32(at, true);
  }

  int32(): number {
    const at = this.#advance(4);
    return this.#view.getInt32(at, true);
  }

  /** A 64-bit size or offset; anything beyond 2^53 is an error. */
  uint64(): number {
    const at = this.#advance(8);
    const value = this.#view.getBigUint64(at, true);
    if (value > Number.MAX_SAFE_INTEGER) throw this.fail(`the size or offset ${value} is impossible`);
    return Number(value);
  }

  float64BigEndian(): number {
    const at = this.#advance(8);
    return this.#view.getFloat64(at, false);
  }

  /** `count` bytes of UTF-8; throws where they are not. */
  text(count: number): string {
    const text = decodeUtf8(this.take(count));
    if (text === undefined) throw this.fail("holds text that is not UTF-8");
    this.chargeText(text, count);
    return text;
  }

  chargeText(text: string, encodedLength: number): void {
    const charSize = text.length === encodedLength ? 1 : 2;
    this.charge(32 + charSize * text.length);
  }

  charge(bytes: number): void {
    this.input.budget.charge(bytes, this.#name);
  }

  /** Gives the window's memory back. The cursor can still be used. */
  release(): void {
    this.input.budget.release(this.#window.length);
    this.#setWindow(new Uint8Array(0));
  }

  fail(problem: string, remedy?: string): TensorFileError {
    return this.input.fail(this.where, problem, remedy);
  }

  /** Moves over `count` bytes and returns where in the window they begin. */
  #advance(count: number): number {
    if (!(count <= this.remaining)) {
      throw this.fail(`needs ${count} more bytes where ${this.remaining} are left`);
    }
    const start = this.position;
    if (start < this.#windowStart || start + count > this.#windowEnd) this.#fill(count);
    this.position = start + count;
    return start - this.#windowStart;
  }

  #fill(count: number): void {
    const size = Math.max(count, Math.min(WINDOW, this.remaining));
    if (size > this.#window.length) {
      this.release();
      this.#setWindow(this.input.budget.allocate(size, this.#name));
    }
    this.#windowStart = this.position;
    this.#windowEnd = this.position + Math.min(this.#window.length, this.remaining);
    const target = this.#window.subarray(0, this.#windowEnd - this.#windowStart);
    this.#bytes.readInto(target, this.position);
  }

  #setWindow(window: Uint8Array<ArrayBuffer>): void {
    this.#window = window;
    this.#view = new DataView(window.buffer);
    this.#windowStart = 0;
    this.#windowEnd = 0;
  }
}

export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
