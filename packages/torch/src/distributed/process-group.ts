// Processes that compute together: collectives on tensors, and a store of short texts by which they compare notes.
//
// Every process calls the same collectives in the same order. Gloo ends the process where two call different ones, or the same with
// different shapes, so before each one the processes exchange a number that stands for it. Everything is a promise, carried out in
// the order of the calls on a thread of the group; the event loop goes on.
//
// Gloo adds in a ring, each part of a tensor on one process, which hands it round: all get the same bits.

import { createHash } from "node:crypto";
import { noGrad } from "../autograd.js";
import { fromTypedArray } from "../creation.js";
import type { DType } from "../dtype.js";
import { emptyLike } from "../generated/operators.js";
import type { NativeGroups } from "../native.js";
import { dispose, keep, OwnedTensor, scope } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import { DistributedError, inWords } from "./errors.js";
import { findDifferences } from "./facts.js";

export type Reduction = "sum" | "min" | "max";

/** What Gloo adds up; any type can be moved. */
const summable: ReadonlySet<DType> = new Set([
  "float32",
  "float64",
  "float16",
  "int32",
  "int64",
  "int8",
  "uint8",
]);

/** What is asked of a process that hosts the store may take this long before it counts as gone. */
const LAST_WORDS_MS = 2000;
/** Who hosts the store waits so long at most, with its last words in it, for the others to read them. */
const LINGER_MS = 1000;
/** Pauses between looks at the store. */
const LOOK_MS = { first: 2, most: 100 } as const;

export interface ConnectedGroup {
  readonly groups: NativeGroups;
  readonly handle: unknown;
  readonly rank: number;
  readonly worldSize: number;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Who is waited for, and what shows that it lives. */
interface Awaited {
  readonly missing?: number;
  readonly life?: () => Promise<number>;
}

/** A process among others; made by `initProcessGroup`. */
export class ProcessGroup {
  readonly #connected: ConnectedGroup;
  #last: Promise<unknown> = Promise.resolve();
  #compared = 0;
  #failure: Error | null = null;
  #destroyed = false;
  /** It did not answer, so nothing more is asked of it. */
  #storeIsLost = false;
  #telling: Promise<void> | null = null;

  /** @internal */
  constructor(connected: ConnectedGroup) {
    this.#connected = connected;
  }

  /** Of this process, 0 to `worldSize` - 1. */
  get rank(): number {
    return this.#connected.rank;
  }

  /** How many processes there are. */
  get worldSize(): number {
    return this.#connected.worldSize;
  }

  /** Milliseconds after which processes that do not answer are an error. */
  get timeout(): number {
    return this.#connected.timeout;
  }

  /**
   * Adds up a tensor over all processes (or takes the smallest or largest values), in place. All get the same bits.
   * @throws DistributedError where the processes ask for different things, one does not answer in time, or is gone
   */
  allReduce(tensor: Tensor, { operation = "sum" }: { operation?: Reduction } = {}): Promise<void> {
    requireSummable(tensor);
    const { groups, handle } = this.#connected;
    return this.#collective("allReduce", [operation, ...signature(tensor)], () =>
      onCpu(tensor, (local) => groups.allReduce(handle, local, operation)),
    );
  }

  /** Gives all processes the values that the tensor has on one of them, `root` (default 0), in place. @throws as `allReduce` */
  broadcast(tensor: Tensor, { root = 0 }: { root?: number } = {}): Promise<void> {
    const { groups, handle } = this.#connected;
    return this.#collective("broadcast", [root, ...signature(tensor)], () =>
      onCpu(tensor, (local) => groups.broadcast(handle, local, root)),
    );
  }

  /** The tensors of all processes, by rank; they have one shape. The caller frees them. @throws as `allReduce` */
  async allGather(tensor: Tensor): Promise<Tensor[]> {
    const { groups, handle, worldSize } = this.#connected;
    const local = ownCopy(tensor);
    const gathered = keep(Array.from({ length: worldSize }, () => emptyLike(local)));
    try {
      await this.#collective("allGather", signature(tensor), () =>
        groups.allGather(handle, handleOf(local), gathered.map(handleOf)),
      );
      return gathered;
    } catch (error) {
      dispose(gathered);
      throw error;
    } finally {
      dispose(local);
    }
  }

  /**
   * Gives each process its part of the tensor, of as many equal ones along the first dimension as there are processes, and returns the
   * parts that this one is given, in a tensor of the same shape on the CPU: row block r is from rank r. The caller frees it.
   * @throws RangeError where the first dimension does not divide; else as `allReduce`
   */
  async allToAll(tensor: Tensor): Promise<Tensor> {
    const { groups, handle, worldSize } = this.#connected;
    const [rows] = tensor.shape;
    if (rows === undefined || rows % worldSize !== 0) {
      throw new RangeError(
        `allToAll: the first dimension of [${tensor.shape.join(", ")}] does not divide into ${worldSize} equal parts, one for each rank`,
      );
    }
    const local = ownCopy(tensor);
    const received = keep(emptyLike(local));
    try {
      await this.#collective("allToAll", signature(tensor), () =>
        groups.allToAll(handle, handleOf(local), handleOf(received)),
      );
      return received;
    } catch (error) {
      dispose(received);
      throw error;
    } finally {
      dispose(local);
    }
  }

  /** Waits until all processes are here. @throws as `allReduce` */
  barrier(): Promise<void> {
    return this.#collective("barrier", [], async () => {});
  }

  /**
   * Compares facts between the processes, which must all ask for it.
   * @throws DisagreementError naming what differs, with the values of all ranks; on all of them
   */
  async agree(what: string, facts: Readonly<Record<string, string | number | null>>): Promise<void> {
    const all = await this.exchange(`agree on ${what}`, JSON.stringify(facts));
    const difference = findDifferences(
      what,
      all.map((text) => JSON.parse(text) as Record<string, string | number | null>),
    );
    if (difference) throw difference;
  }

  /**
   * The texts of all processes, by rank.
   * @param life prefix of a count for each rank (`count`): who is late is waited for as long as its count goes on
   * @throws DistributedError where one is missing, or says that it failed
   */
  async exchange(what: string, text: string, { life }: { life?: string } = {}): Promise<string[]> {
    const round = this.#compared++;
    return this.#within(what, async () => {
      await this.#set(`exchange/${round}/${this.rank}`, text);
      return this.#collect(`exchange/${round}/`, what, life);
    });
  }

  /** Adds to a number that all processes share, and returns what it is then. @throws DistributedError where the store is gone */
  count(name: string, more: number): Promise<number> {
    const { groups, handle } = this.#connected;
    return this.#within("count", () => groups.storeAdd(handle, `count/${name}`, more));
  }

  /**
   * Adds 1 to such a number whenever this process has asked the others for nothing for `every` milliseconds, also while it computes and
   * hears nothing; `times` times at most, then it must be asked again. 0 times: no longer.
   */
  keepCounting(name: string, { every, times }: { every: number; times: number }): void {
    const { groups, handle } = this.#connected;
    if (!this.#destroyed) groups.storeKeepAdding(handle, `count/${name}`, every, times);
  }

  /** Why another process failed, in its words; null where none said so. @throws as `count` */
  lastWords(): Promise<string | null> {
    return this.#within("lastWords", () => this.#readLastWords());
  }

  /** Rank 0's text on all processes. @throws as `exchange` */
  async share(what: string, text: string | null): Promise<string> {
    const all = await this.exchange(what, this.rank === 0 ? (text ?? "") : "");
    return all[0] as string;
  }

  /** Tells the other processes why this one cannot go on: their next error says so. Never fails. */
  async fail(reason: string): Promise<void> {
    const { rank, worldSize } = this.#connected;
    this.#failure ??= new DistributedError(reason, { operation: "fail", rank, worldSize });
    this.#telling ??= this.#storeIsLost ? Promise.resolve() : this.#tell(reason);
    await this.#telling;
  }

  async #tell(reason: string): Promise<void> {
    const { groups, handle, rank, worldSize } = this.#connected;
    const told = (async () => {
      if ((await groups.storeAdd(handle, "failures", 1)) === 1)
        await groups.storeSet(handle, "failed", `rank ${rank}: ${reason}`);
      // Who waits for this rank in a collective waits no longer.
      await groups.groupDisconnect(handle);
      const end = performance.now() + (rank === 0 ? LINGER_MS : 0);
      while (performance.now() < end && (await groups.storeAdd(handle, "heard", 0)) < worldSize - 1)
        await pause(LOOK_MS.most);
    })();
    // Whoever hosts the store may be gone: the others see it themselves.
    await Promise.race([told, atMost(LAST_WORDS_MS)]).catch(() => {});
  }

  /** Ends the connections, after all processes have come here where nothing failed. The group is of no use afterwards. */
  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    const { groups, handle } = this.#connected;
    try {
      if (!this.#failure) await this.#leave();
    } catch {
      // The others have left already, or are gone.
    } finally {
      this.#destroyed = true;
      if (this.#failure) groups.groupAbandon(handle);
      else await groups.groupDestroy(handle);
    }
  }

  /** The process that hosts the store goes last. */
  async #leave(): Promise<void> {
    await this.barrier();
    const { groups, handle, worldSize, rank } = this.#connected;
    if (rank !== 0) await groups.storeAdd(handle, "left", 1);
    else
      await this.#until("destroy", async () => (await groups.storeAdd(handle, "left", 0)) === worldSize - 1);
  }

  #collective(
    operation: string,
    parts: readonly (string | number)[],
    body: () => Promise<void>,
  ): Promise<void> {
    const run = () => this.#within(operation, () => this.#compare(operation, parts).then(body));
    const done = this.#last.then(run, run);
    this.#last = done.catch(() => {});
    return done;
  }

  /** @throws DistributedError where not all processes are about to do the same */
  async #compare(operation: string, parts: readonly (string | number)[]): Promise<void> {
    const { groups, handle, worldSize } = this.#connected;
    const text = [operation, ...parts].join(" ");
    const code = createHash("sha256").update(text).digest().readBigInt64LE();
    const own = keep(fromTypedArray(BigInt64Array.of(code), [1]));
    const all = keep(Array.from({ length: worldSize }, () => emptyLike(own)));
    try {
      await groups.allGather(handle, handleOf(own), all.map(handleOf));
      if (all.every((one) => one.item() === own.item())) return;
    } finally {
      dispose([own, all]);
    }
    const round = this.#compared++;
    await this.#set(`different/${round}/${this.rank}`, text);
    const told = await this.#collect(`different/${round}/`, operation);
    throw new Error(
      `the ranks ask for different things: ${told.map((one, rank) => `rank ${rank}: ${one}`).join("; ")}`,
    );
  }

  /** Long texts in parts; what lies at `key` itself comes last, and says how many there are. */
  async #set(key: string, text: string): Promise<void> {
    const { groups, handle } = this.#connected;
    const parts = partsOf(text);
    for (const [at, part] of parts.entries()) await groups.storeSet(handle, `${key}/${at}`, part);
    await groups.storeSet(handle, key, String(parts.length));
  }

  async #get(key: string): Promise<string> {
    const { groups, handle } = this.#connected;
    const parts: string[] = [];
    const count = Number(await groups.storeGet(handle, key));
    for (let at = 0; at < count; at++) parts.push(await groups.storeGet(handle, `${key}/${at}`));
    return parts.join("");
  }

  /** The texts of all ranks under a prefix. */
  async #collect(prefix: string, what: string, life?: string): Promise<string[]> {
    const { groups, handle, worldSize } = this.#connected;
    const texts: string[] = [];
    for (let rank = 0; rank < worldSize; rank++) {
      const hasCome = async () => (await groups.storeHas(handle, prefix + rank)) === 1;
      await this.#until(what, hasCome, {
        missing: rank,
        ...(life !== undefined && { life: () => groups.storeAdd(handle, `count/${life}${rank}`, 0) }),
      });
      texts.push(await this.#get(prefix + rank));
    }
    return texts;
  }

  /** Looks again and again, until it is so, somebody has failed, or nobody has shown life for too long. */
  async #until(what: string, isSo: () => Promise<boolean>, { missing, life }: Awaited = {}): Promise<void> {
    const { timeout } = this.#connected;
    let [end, shown] = [performance.now() + timeout, 0];
    for (let wait: number = LOOK_MS.first; ; wait = Math.min(LOOK_MS.most, 1.5 * wait)) {
      if (await isSo()) return;
      const told = await this.#readLastWords();
      if (told !== null) throw new Error(`another rank failed. ${told}`);
      const now = (await life?.()) ?? 0;
      if (now !== shown) [end, shown] = [performance.now() + timeout, now];
      if (performance.now() > end) {
        const who = missing === undefined ? "another rank" : `rank ${missing}`;
        const problem = life ? "showed no life for" : `did not come to "${what}" within`;
        throw new Error(`${who} ${problem} ${timeout / 1000} s`);
      }
      await pause(wait);
    }
  }

  async #readLastWords(): Promise<string | null> {
    const { groups, handle } = this.#connected;
    return (await groups.storeHas(handle, "failed")) === 1 ? groups.storeGet(handle, "failed") : null;
  }

  async #within<T>(operation: string, body: () => Promise<T>): Promise<T> {
    const { rank, worldSize } = this.#connected;
    const context = { operation, rank, worldSize };
    if (this.#destroyed) throw new DistributedError("the group was destroyed", context);
    if (this.#failure)
      throw new DistributedError(`the group failed before: ${this.#failure.message}`, context);
    try {
      return await body();
    } catch (cause) {
      const problem = inWords((cause as Error).message);
      const told = await this.#heardLastWords();
      const whole = told && !problem.includes(told) ? `${problem}. ${told}` : problem;
      this.#failure = new DistributedError(whole, { ...context, cause });
      throw this.#failure;
    }
  }

  /** What another process said of why it failed, as far as that can be heard. */
  async #heardLastWords(): Promise<string | null> {
    if (this.#storeIsLost) return null;
    const { groups, handle } = this.#connected;
    const look = async () => {
      const told = await this.#readLastWords();
      if (told !== null) await groups.storeAdd(handle, "heard", 1);
      return { told };
    };
    const heard = await Promise.race([look().catch(() => null), atMost(LAST_WORDS_MS)]);
    this.#storeIsLost = heard === null;
    return heard?.told ?? null;
  }
}

const handleOf = (tensor: Tensor): number => OwnedTensor.handleOf(tensor, "ProcessGroup");

const signature = ({ dtype, shape }: Tensor): (string | number)[] => [dtype, `[${shape.join(", ")}]`];

function requireSummable({ dtype }: Tensor): void {
  if (summable.has(dtype)) return;
  throw new TypeError(
    `ProcessGroup: tensors of ${dtype} cannot be reduced; convert to one of ${[...summable].join(", ")}`,
  );
}

/** On the CPU, contiguous, and nobody else's while the others read it. */
const ownCopy = (tensor: Tensor): Tensor =>
  keep(scope(() => noGrad(() => tensor.detach().to("cpu").contiguous().clone())));

/** Runs `body` on the tensor where it lies contiguous on the CPU, or on such a copy, which comes back. */
async function onCpu(tensor: Tensor, body: (handle: number) => Promise<void>): Promise<void> {
  if (tensor.device === "cpu" && tensor.isContiguous()) return body(handleOf(tensor));
  const copy = keep(scope(() => noGrad(() => tensor.detach().to("cpu").contiguous())));
  try {
    await body(handleOf(copy));
    noGrad(() => tensor.copy_(copy));
  } finally {
    dispose(copy);
  }
}

/** Characters of a part: libtorch 2 ends a connection to the store that sends 8 MiB at once. */
const LONGEST_PART = 2 ** 20;

/** A text cut where no character is cut in two; none of an empty one. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length; ) {
    const end = from + LONGEST_PART;
    const isWithin = end < text.length && (text.codePointAt(end - 1) ?? 0) > 0xffff;
    const to = isWithin ? end - 1 : end;
    parts.push(text.slice(from, to));
    from = to;
  }
  return parts;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

const SLICE_MS = 100;

/**
 * As long as there is something else to wait for. In slices: a process that was halted for seconds, as a busy or suspended machine
 * does it, has used up one of them, and what has come meanwhile is looked at first.
 */
async function atMost(milliseconds: number): Promise<null> {
  for (let left = milliseconds; left > 0; left -= SLICE_MS)
    await new Promise<void>((resolve) => void setTimeout(resolve, Math.min(left, SLICE_MS)).unref());
  return null;
}
