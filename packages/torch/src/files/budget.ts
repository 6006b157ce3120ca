// How much memory a file may make its reader take: twice the file's own size. Every buffer and every object made
// on behalf of a file is announced here before it exists, so a few bytes that claim to be terabytes (a stride of
// zero, a compression bomb, a nest of small lists) end in an error and not in an exhausted machine.
//
// Buffers are counted exactly and never exceed twice the size, and what deflated entries of an archive inflate to (by no more than four times
// their compressed size). Small JavaScript objects (strings, maps, the
// unpickler's stack) are counted by what V8 roughly takes for them; a tiny file of many tiny tensors needs more
// of those than it has bytes, so buffers and objects together may exceed twice the size by four MiB, and by sixteen bytes for
// each byte of a safetensors header, whose grammar bounds what it can make its reader build.

import { TensorFileError } from "./errors.js";

/** Times its compressed size, of what deflated data may take beside the rest: weights deflate to nine tenths of their size. */
const MOST_INFLATED = 4;
const OBJECT_ALLOWANCE = 4 * 2 ** 20;

export class Budget {
  readonly #file: string;
  #limit: number;
  #allowance = OBJECT_ALLOWANCE;
  #buffers = 0;
  #objects = 0;
  #peak = 0;

  constructor(file: string, fileSize: number) {
    this.#file = file;
    this.#limit = 2 * fileSize;
  }

  /** Bytes of buffers announced and not released, now. */
  get buffers(): number {
    return this.#buffers;
  }

  /** The most that `buffers` has been. */
  get peakBuffers(): number {
    return this.#peak;
  }

  /** Bytes of small objects, estimated; never falls. */
  get objects(): number {
    return this.#objects;
  }

  /** Announces a buffer that is going to be taken with `take`. */
  reserve(bytes: number, where: string): void {
    const buffers = this.#buffers + bytes;
    // Written so that NaN is refused too.
    const fits = buffers <= this.#limit && buffers + this.#objects <= this.#limit + this.#allowance;
    if (!fits) throw this.#refusal(where, bytes);
    this.#buffers = buffers;
    this.#peak = Math.max(this.#peak, buffers);
  }

  /** A zeroed buffer of its own, announced before. */
  take(bytes: number, where: string): Uint8Array<ArrayBuffer> {
    try {
      return new Uint8Array(bytes);
    } catch (cause) {
      throw new TensorFileError({
        file: this.#file,
        where,
        problem: `no memory for ${bytes} bytes`,
        remedy: "Free memory, or split the tensor: one buffer cannot be that large here.",
        cause,
      });
    }
  }

  allocate(bytes: number, where: string): Uint8Array<ArrayBuffer> {
    this.reserve(bytes, where);
    return this.take(bytes, where);
  }

  release(bytes: number): void {
    this.#buffers -= bytes;
  }

  /** Lets small objects take more, where the format itself bounds them by what it has to hold. */
  allowObjects(bytes: number): void {
    this.#allowance += bytes;
  }

  /** Lets buffers take more: what was deflated is held beside the tensors that are made of it, and beside that while it is inflated. */
  allowInflated(bytes: number, compressed: number): void {
    this.#limit += compressed + Math.min(bytes, MOST_INFLATED * compressed);
  }

  /** Announces small objects of about this size. */
  charge(bytes: number, where: string): void {
    this.#objects += bytes;
    if (!(this.#buffers + this.#objects <= this.#limit + this.#allowance)) throw this.#refusal(where, bytes);
  }

  #refusal(where: string, bytes: number): TensorFileError {
    const taken = this.#buffers + this.#objects;
    return new TensorFileError({
      file: this.#file,
      where,
      problem: `needs ${bytes} bytes on top of ${taken}, and a file of this size may take ${this.#limit}`,
      remedy:
        "If you trust the file, load it in Python and save again only the tensors that you need, each as .clone().",
    });
  }
}
