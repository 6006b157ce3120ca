// Decoded images kept in memory that all worker threads share, up to a budget. What came first stays: epochs visit every
// image about once, and then dropping old ones for new ones would only cost time.

import { BroadcastChannel } from "node:worker_threads";
import type { Dataset } from "../datasets/dataset.js";
import type { DecodedSample } from "./open-sample.js";

/** What the threads of one loader have in common; plain data. */
export interface CacheShare {
  readonly channel: string;
  readonly budgetKiB: number;
  /** One counter: KiB in use. */
  readonly used: SharedArrayBuffer;
  /** One byte per image: whether a thread has taken it upon itself to keep it. */
  readonly claims: SharedArrayBuffer;
}

export function shareCache(datasets: readonly Dataset[], budgetBytes: number): CacheShare {
  return {
    channel: `pinmem-decoded-${crypto.randomUUID()}`,
    budgetKiB: Math.floor(budgetBytes / 1024),
    used: new SharedArrayBuffer(4),
    claims: new SharedArrayBuffer(Math.max(imageKeys(datasets).count, 1)),
  };
}

export class DecodedCache {
  readonly #share: CacheShare;
  readonly #keys: readonly Uint32Array[];
  readonly #kept = new Map<number, DecodedSample>();
  readonly #channel: BroadcastChannel;

  constructor(datasets: readonly Dataset[], share: CacheShare) {
    this.#share = share;
    this.#keys = imageKeys(datasets).keys;
    this.#channel = new BroadcastChannel(share.channel);
    this.#channel.onmessage = ({ data }: { data: { key: number; sample: DecodedSample } }) =>
      this.#kept.set(data.key, data.sample);
    this.#channel.unref();
  }

  get(dataset: number, sample: number): DecodedSample | undefined {
    return this.#kept.get(this.#keyOf(dataset, sample));
  }

  /**
   * Reserves room for an image of so many pixels. Whoever is told true decodes the image whole and calls `keep`;
   * whoever is told false needs to decode only what it shows.
   */
  claim(dataset: number, sample: number, pixels: number): boolean {
    const { used, claims, budgetKiB } = this.#share;
    const key = this.#keyOf(dataset, sample);
    const kiB = Math.ceil((pixels * 4) / 1024);
    const counter = new Int32Array(used);
    if (Atomics.load(counter, 0) + kiB > budgetKiB) return false;
    if (Atomics.compareExchange(new Uint8Array(claims), key, 0, 1) !== 0) return false;
    if (Atomics.add(counter, 0, kiB) + kiB <= budgetKiB) return true;
    Atomics.sub(counter, 0, kiB);
    return false;
  }

  /** Keeps a claimed image and tells the other threads. */
  keep(dataset: number, sample: number, { image, trainIds }: DecodedSample): void {
    const shared = {
      image: { ...image, pixels: inSharedMemory(image.pixels) },
      trainIds: inSharedMemory(trainIds),
    };
    const key = this.#keyOf(dataset, sample);
    this.#kept.set(key, shared);
    this.#channel.postMessage({ key, sample: shared });
  }

  close(): void {
    this.#channel.close();
  }

  #keyOf(dataset: number, sample: number): number {
    return this.#keys[dataset]?.[sample] as number;
  }
}

function inSharedMemory(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** A number for each different image and label, so that a data set used as two domains is kept once. */
function imageKeys(datasets: readonly Dataset[]): { keys: Uint32Array[]; count: number } {
  const numbers = new Map<string, number>();
  const decodings = new Map<string, number>();
  const numberOf = (map: Map<string, number>, name: string): number => {
    const known = map.get(name) ?? map.size;
    map.set(name, known);
    return known;
  };
  const keys = datasets.map(({ samples, decoding }) => {
    const decodingNumber = numberOf(decodings, JSON.stringify(decoding));
    return Uint32Array.from(samples, (sample) => numberOf(numbers, JSON.stringify([sample, decodingNumber])));
  });
  return { keys, count: numbers.size };
}
