// The processes that work on one thing together, as training and evaluation see them: ranks, who of them takes which share, and sums
// over all. A process alone is a world of one, in which nothing is exchanged.
//
// N ranks are by definition one process that does the same work in the same order, so the sums here are all there is to it.

import {
  cat,
  dispose,
  type distributed,
  fromTypedArray,
  keep,
  noGrad,
  scope,
  type Tensor,
} from "@pinmem/torch";
import { type GradientCompression, sumInBfloat16 } from "./gradient-compression.js";
import { type Piecework, type PieceworkOptions, workAlone, workApart } from "./piecework.js";

/** Facts that must be alike everywhere. */
export type Facts = Readonly<Record<string, string | number | null>>;

export interface World {
  /** Of this process, 0 to `size` - 1. Rank 0 writes the files and tells of progress. */
  readonly rank: number;
  readonly size: number;
  /** Among the processes of this machine: which of its devices this one uses. */
  readonly localRank: number;
  /** How many processes share this machine. */
  readonly localSize: number;
  /**
   * Adds up each tensor over all ranks, in place; all get the same bits.
   * @param options.compression how the numbers travel. Default "none": as they are
   */
  sum(tensors: readonly Tensor[], options?: { readonly compression?: GradientCompression }): Promise<void>;
  /** Gives all ranks the values that the tensors have on rank 0, in place. */
  copyFirst(tensors: readonly Tensor[]): Promise<void>;
  /** For each flag, whether it is set on any rank. */
  any<Flags extends readonly boolean[]>(...flags: Flags): Promise<{ [K in keyof Flags]: boolean }>;
  /** Rank 0's text on all ranks; the others' does not count. */
  share(what: string, text: string): Promise<string>;
  /** The texts of all ranks, by rank. */
  exchange(what: string, text: string): Promise<readonly string[]>;
  /**
   * Works apart from the others for as long as it takes, and brings together what came of it: the texts of all ranks, by rank.
   * A rank that is late is waited for as long as it shows life.
   * @throws Error where another rank fails
   */
  apart(
    what: string,
    work: (piecework: Piecework) => Promise<string>,
    options?: PieceworkOptions,
  ): Promise<readonly string[]>;
  /** @throws Error with the values of all ranks where facts differ */
  agree(what: string, facts: Facts): Promise<void>;
  /** Tells the others why this rank cannot go on. */
  fail(reason: string): Promise<void>;
  /** Waits for the others, and leaves. */
  close(): Promise<void>;
}

/** A process that is alone. */
export const alone: World = {
  rank: 0,
  size: 1,
  localRank: 0,
  localSize: 1,
  sum: async () => {},
  copyFirst: async () => {},
  any: async (...flags) => flags as never,
  share: async (_, text) => text,
  exchange: async (_, text) => [text],
  apart: async (_, work, options) => [await workAlone(work, options)],
  agree: async () => {},
  fail: async () => {},
  close: async () => {},
};

export interface Share {
  readonly from: number;
  readonly to: number;
}

/** Which of `parts` pieces of work in a row are a rank's; they differ by one at most between ranks. */
export const shareOf = ({ rank, size }: Pick<World, "rank" | "size">, parts: number): Share => ({
  from: Math.floor((rank * parts) / size),
  to: Math.floor(((rank + 1) * parts) / size),
});

/** Every so many-th sample, beginning with its own number, is a rank's. Rank 0 has the first. */
export const ownSamples = <T>(
  { rank, size }: Pick<World, "rank" | "size">,
  samples: readonly T[],
): readonly T[] => (size === 1 ? samples : samples.filter((_, at) => at % size === rank));

/** Numbers that go over the wire at once: enough for its speed, and little beside a network's own memory. */
export const BUCKET = 2 ** 23;

/** The world of a process group. */
export class GroupWorld implements World {
  readonly #group: distributed.ProcessGroup;
  /** How often the ranks have worked apart. */
  #apart = 0;

  readonly localRank: number;
  readonly localSize: number;

  constructor(
    group: distributed.ProcessGroup,
    { localRank = 0, localSize = 1 }: { localRank?: number; localSize?: number } = {},
  ) {
    this.#group = group;
    this.localRank = localRank;
    this.localSize = localSize;
  }

  get rank(): number {
    return this.#group.rank;
  }

  get size(): number {
    return this.#group.worldSize;
  }

  sum(
    tensors: readonly Tensor[],
    { compression = "none" }: { readonly compression?: GradientCompression } = {},
  ): Promise<void> {
    return inBuckets(tensors, (bucket) =>
      compression === "none" ? this.#group.allReduce(bucket) : sumInBfloat16(this.#group, bucket),
    );
  }

  copyFirst(tensors: readonly Tensor[]): Promise<void> {
    return inBuckets(tensors, (bucket) => this.#group.broadcast(bucket));
  }

  async any<Flags extends readonly boolean[]>(...flags: Flags): Promise<{ [K in keyof Flags]: boolean }> {
    const numbers = keep(fromTypedArray(Uint8Array.from(flags, Number), [flags.length]));
    try {
      await this.#group.allReduce(numbers, { operation: "max" });
      return Array.from(numbers.toTypedArray(), Boolean) as never;
    } finally {
      dispose(numbers);
    }
  }

  share(what: string, text: string): Promise<string> {
    return this.#group.share(what, text);
  }

  exchange(what: string, text: string): Promise<readonly string[]> {
    return this.#group.exchange(what, text);
  }

  apart(
    what: string,
    work: (piecework: Piecework) => Promise<string>,
    options?: PieceworkOptions,
  ): Promise<readonly string[]> {
    return workApart(this.#group, `${what}, ${++this.#apart}`, work, options);
  }

  agree(what: string, facts: Facts): Promise<void> {
    return this.#group.agree(what, facts);
  }

  fail(reason: string): Promise<void> {
    return this.#group.fail(reason);
  }

  close(): Promise<void> {
    return this.#group.destroy();
  }
}

/** Does something in place to many tensors, a bucket of one kind at a time. */
async function inBuckets(
  tensors: readonly Tensor[],
  exchange: (bucket: Tensor) => Promise<void>,
): Promise<void> {
  for (const bucket of bucketsOf(tensors)) {
    const flat = keep(scope(() => noGrad(() => cat(bucket.map((tensor) => tensor.detach().reshape([-1]))))));
    try {
      await exchange(flat);
      scope(() =>
        noGrad(() => {
          let at = 0;
          for (const tensor of bucket) {
            tensor.detach().copy_(flat.narrow(0, at, tensor.numel).view(tensor.shape));
            at += tensor.numel;
          }
        }),
      );
    } finally {
      dispose(flat);
    }
  }
}

function bucketsOf(tensors: readonly Tensor[]): Tensor[][] {
  const buckets: Tensor[][] = [];
  const open = new Map<string, { bucket: Tensor[]; size: number }>();
  for (const tensor of tensors) {
    const kind = `${tensor.dtype} ${tensor.device}`;
    let entry = open.get(kind);
    if (!entry || entry.size + tensor.numel > BUCKET) {
      entry = { bucket: [], size: 0 };
      open.set(kind, entry);
      buckets.push(entry.bucket);
    }
    entry.bucket.push(tensor);
    entry.size += tensor.numel;
  }
  return buckets;
}
