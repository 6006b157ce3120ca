// Work that ranks do apart, each as many pieces as it gets to, and whose results they bring together at the end: pictures of an
// evaluation, runs of an ablation. Nothing is exchanged on the way but short notes in the store: a sign of life, how much is done,
// whether somebody was asked to end or has failed.

import type { distributed } from "@pinmem/torch";

/** What a rank has of the others while it works apart. */
export interface Piecework {
  /** An end was asked for on any rank, or another rank has failed. */
  readonly signal: AbortSignal;
  /** Says how much this rank has done so far. */
  tell(done: number): void;
  /** The number of the next piece that nobody has taken yet, from 0 on. */
  claim(): Promise<number>;
}

export interface PieceworkOptions {
  /** Asks for an end, on all ranks. */
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how much all ranks have done. */
  readonly onTotal?: ((done: number) => void) | undefined;
}

type Work = (piecework: Piecework) => Promise<string>;

/** Milliseconds between two signs of life, at most; short timeouts ask for more. */
const BEAT_MS = 500;
/** Timeouts for which a rank that computes without a pause, as one large picture, is not taken for one that hangs. */
const PATIENCE = 20;

/** All of the work by one process. */
export function workAlone(
  work: Work,
  { signal, onTotal = () => {} }: PieceworkOptions = {},
): Promise<string> {
  let next = 0;
  return work({
    signal: signal ?? new AbortController().signal,
    tell: onTotal,
    claim: async () => next++,
  });
}

/**
 * @param what says it in errors; another one each time
 * @throws DistributedError where another rank fails or shows no life; what `work` throws
 */
export async function workApart(
  group: distributed.ProcessGroup,
  what: string,
  work: Work,
  { signal, onTotal }: PieceworkOptions = {},
): Promise<string[]> {
  const notes = new Notes(group, what, { signal, onTotal });
  try {
    const text = await work(notes);
    await notes.beat();
    const texts = await group.exchange(what, text, { life: notes.life });
    await notes.beat(); // All have done everything.
    return texts;
  } catch (error) {
    throw notes.failure ?? error;
  } finally {
    notes.end();
  }
}

/** The notes of one rank in the store. */
class Notes implements Piecework {
  readonly #group: distributed.ProcessGroup;
  readonly #name: string;
  readonly #options: PieceworkOptions;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #every: number;
  #done = 0;
  #told = 0;
  #toldStop = false;
  #beating: Promise<void> | null = null;
  #failure: unknown = null;

  readonly signal: AbortSignal;

  constructor(group: distributed.ProcessGroup, what: string, options: PieceworkOptions) {
    this.#group = group;
    this.#name = what;
    this.#options = options;
    this.signal = options.signal ? AbortSignal.any([options.signal, this.#stop.signal]) : this.#stop.signal;
    this.#every = Math.min(BEAT_MS, group.timeout / 5);
    this.#timer = setInterval(() => void this.beat(), this.#every).unref();
    this.#keepLife((PATIENCE * group.timeout) / this.#every);
  }

  /** Prefix of the ranks' signs of life. */
  get life(): string {
    return `${this.#name}/life/`;
  }

  /** Why the others can no longer be worked with; null while they can. */
  get failure(): unknown {
    return this.#failure;
  }

  tell(done: number): void {
    this.#done = done;
  }

  async claim(): Promise<number> {
    return (await this.#group.count(`${this.#name}/claimed`, 1)) - 1;
  }

  end(): void {
    clearInterval(this.#timer);
    this.#keepLife(0);
  }

  /** By another thread, while this one computes. */
  #keepLife(times: number): void {
    const every = Math.ceil(this.#every);
    this.#group.keepCounting(this.life + this.#group.rank, { every, times: Math.ceil(times) });
  }

  /** Shows life, and looks at what the others do. Never fails: what is wrong ends the work by its signal. */
  beat(): Promise<void> {
    this.#beating ??= this.#exchangeNotes()
      .catch((error: unknown) => {
        this.end();
        this.#failure = error;
        this.#stop.abort();
      })
      .finally(() => {
        this.#beating = null;
      });
    return this.#beating;
  }

  async #exchangeNotes(): Promise<void> {
    const [group, done] = [this.#group, this.#done];
    this.#keepLife((PATIENCE * group.timeout) / this.#every);
    await group.count(this.life + group.rank, 1);
    const total = await group.count(`${this.#name}/done`, done - this.#told);
    this.#told = done;
    this.#options.onTotal?.(total);
    const asks = Boolean(this.#options.signal?.aborted) && !this.#toldStop;
    this.#toldStop ||= asks;
    if ((await group.count(`${this.#name}/stop`, Number(asks))) > 0) this.#stop.abort();
    const failure = await group.lastWords();
    if (failure !== null) throw new Error(`another rank failed. ${failure}`);
  }
}
