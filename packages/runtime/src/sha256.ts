// SHA-256 in JavaScript, for pages from plain http, which browsers give no `crypto.subtle`.
// Source: FIPS 180-4.

import { nextTurn } from "./turn.js";

/** The first 32 bits behind the point of the roots of the first primes: cube roots (64 of them) and square roots (8). */
const primes = Array.from({ length: 312 }, (_, at) => at).filter(
  (value) => value > 1 && ![2, 3, 5, 7, 11, 13, 17].some((prime) => value > prime && value % prime === 0),
);
const fraction = (value: number): number => Math.floor((value - Math.floor(value)) * 2 ** 32);
const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const beginning = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

const BLOCK = 64;
/** Bytes between two turns of the event loop, so that a page goes on meanwhile. */
const STRETCH = 2 ** 20;

/** In hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const state = beginning.slice();
  const words = new Int32Array(64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % BLOCK);
  for (let at = 0; at < whole; at += BLOCK) {
    addBlock(state, words, view, at);
    if (at % STRETCH === 0) await nextTurn();
  }
  const last = ending(bytes.subarray(whole), bytes.length);
  for (let at = 0; at < last.byteLength; at += BLOCK) addBlock(state, words, last, at);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** What is left of the bytes, a one, zeros, and how many bits there were. */
function ending(rest: Uint8Array, length: number): DataView {
  const bytes = new Uint8Array(rest.length + 9 > BLOCK ? 2 * BLOCK : BLOCK);
  bytes.set(rest);
  bytes[rest.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(bytes.length - 8, BigInt(length) * 8n);
  return view;
}

const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

function addBlock(state: Int32Array, words: Int32Array, view: DataView, begin: number): void {
  for (let t = 0; t < 16; t++) words[t] = view.getInt32(begin + 4 * t);
  for (let t = 16; t < 64; t++) {
    const [near, far] = [words[t - 2] as number, words[t - 15] as number];
    const one = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
    const zero = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
    words[t] = one + (words[t - 7] as number) + zero + (words[t - 16] as number);
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let t = 0; t < 64; t++) {
    const mixed = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = (h + mixed + ((e & f) ^ (~e & g)) + (constants[t] as number) + (words[t] as number)) | 0;
    const second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) state[at] = (state[at] as number) + word;
}
