// Outputs encoded and written while the network works on the next images: a few images' at a time, and few bytes.

export interface WriteBehindOptions {
  /** Images whose outputs are being written. Default 3. */
  readonly images?: number;
  /** Bytes of their pixels. Default 128 MiB. */
  readonly bytes?: number;
}

export class WriteBehind {
  readonly #limits: Required<WriteBehindOptions>;
  readonly #pending = new Map<Promise<void>, number>();
  #failure: unknown;
  #failed = false;

  constructor({ images = 3, bytes = 2 ** 27 }: WriteBehindOptions = {}) {
    this.#limits = { images, bytes };
  }

  /**
   * Begins a piece of work, and returns when there is room for another.
   * @throws whatever an earlier piece has thrown
   */
  async add(bytes: number, work: () => Promise<void>): Promise<void> {
    const done: Promise<void> = work()
      .catch((error: unknown) => {
        if (!this.#failed) this.#failure = error;
        this.#failed = true;
      })
      .finally(() => this.#pending.delete(done));
    this.#pending.set(done, bytes);
    while (this.#isFull()) await Promise.race(this.#pending.keys());
    this.#rethrow();
  }

  /** Waits for all that was begun. */
  async flush(): Promise<void> {
    await Promise.all(this.#pending.keys());
    this.#rethrow();
  }

  #isFull(): boolean {
    const { images, bytes } = this.#limits;
    const held = [...this.#pending.values()].reduce((sum, value) => sum + value, 0);
    return this.#pending.size > 0 && (this.#pending.size >= images || held >= bytes);
  }

  #rethrow(): void {
    if (this.#failed) throw this.#failure;
  }
}
