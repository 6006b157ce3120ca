// Random numbers that are a function of where they are used: (seed, epoch, index, stream), never of what was drawn
// before. Whoever asks for sample 17 of epoch 3 gets the same numbers, whichever worker asks, in whatever order.
//
// The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
// a counter-based block cipher without state, so different positions cannot collide by construction. Not for secrets.

export interface RandomPosition {
  /** Of the whole run: an integer from 0 to 2^53 - 1. */
  readonly seed: number;
  readonly epoch?: number;
  /** Of the sample, the image or the scene: an integer from 0 to 2^32 - 1. */
  readonly index?: number;
  /** Keeps purposes apart: numbers drawn for "crop" never depend on how many were drawn for "color". */
  readonly stream?: number | string;
}

const TWO_32 = 2 ** 32;

/** A sequence of random numbers, given whole by its position. */
export class Random {
  readonly #key0: number;
  readonly #key1: number;
  readonly #counter: readonly [index: number, epoch: number, stream: number];
  readonly #block = new Uint32Array(4);
  #blocks = 0;
  #used = 4;
  #spareNormal: number | undefined;

  constructor({ seed, epoch = 0, index = 0, stream = 0 }: RandomPosition) {
    checkInteger("seed", seed, Number.MAX_SAFE_INTEGER);
    checkInteger("epoch", epoch, TWO_32 - 1);
    checkInteger("index", index, TWO_32 - 1);
    const streamNumber = typeof stream === "string" ? hashName(stream) : stream;
    checkInteger("stream", streamNumber, TWO_32 - 1);
    this.#key0 = seed >>> 0;
    this.#key1 = Math.floor(seed / TWO_32) >>> 0;
    this.#counter = [index, epoch, streamNumber];
  }

  /** A uniform integer from 0 to 2^32 - 1. */
  uint32(): number {
    if (this.#used === 4) {
      const [index, epoch, stream] = this.#counter;
      philox(this.#block, this.#blocks++, index, epoch, stream, this.#key0, this.#key1);
      this.#used = 0;
    }
    return this.#block[this.#used++] as number;
  }

  /** A uniform number in [low, high), in steps of (high - low) / 2^32. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.uint32() / TWO_32);
  }

  /** A uniform integer in [low, high): `high` itself is never drawn. Exactly uniform, by rejection. */
  randint(low: number, high: number): number {
    const range = high - low;
    if (!Number.isInteger(low) || !Number.isInteger(high) || range < 1 || range > TWO_32) {
      throw new RangeError(`Random.randint: [${low}, ${high}) is not a range of 1 to 2^32 integers`);
    }
    const limit = TWO_32 - (TWO_32 % range);
    let value = this.uint32();
    while (value >= limit) value = this.uint32();
    return low + (value % range);
  }

  /** True with the given probability. */
  bernoulli(probability = 0.5): boolean {
    return this.uint32() / TWO_32 < probability;
  }

  /** A normally distributed number (Box and Muller's transform). */
  normal(mean = 0, standardDeviation = 1): number {
    let unit = this.#spareNormal;
    this.#spareNormal = undefined;
    if (unit === undefined) {
      const radius = Math.sqrt(-2 * Math.log((this.uint32() + 1) / TWO_32));
      const angle = 2 * Math.PI * (this.uint32() / TWO_32);
      unit = radius * Math.cos(angle);
      this.#spareNormal = radius * Math.sin(angle);
    }
    return mean + standardDeviation * unit;
  }

  /** One of the items, each as likely as the others. */
  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError("Random.choice: there is nothing to choose from");
    return items[this.randint(0, items.length)] as T;
  }

  /** The integers 0 … length - 1 in random order (Fisher and Yates). */
  randperm(length: number): Uint32Array {
    const order = Uint32Array.from({ length }, (_, position) => position);
    for (let last = length - 1; last > 0; last--) {
      const other = this.randint(0, last + 1);
      const swapped = order[last] as number;
      order[last] = order[other] as number;
      order[other] = swapped;
    }
    return order;
  }
}

/**
 * Four random words for a 128-bit counter and a 64-bit key, written into `block`.
 * Exported for those who need one number for each pixel without a sequence, and for the known answers.
 */
export function philox(
  block: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let c0 = counter0;
  let c1 = counter1;
  let c2 = counter2;
  let c3 = counter3;
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  block[0] = c0;
  block[1] = c1;
  block[2] = c2;
  block[3] = c3;
}

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) | 0;
}

/** 32-bit FNV-1a of the UTF-16 code units: enough to keep the handful of streams of this project apart. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function checkInteger(name: string, value: number, largest: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= largest) return;
  throw new RangeError(`Random: ${name} is ${value}, but must be an integer from 0 to ${largest}`);
}
