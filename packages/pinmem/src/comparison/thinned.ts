// What grows without an end known, as the points of a log do, in bounded memory: once there are too many every second one goes, and of
// those that follow as many. A chart has room for fewer anyway.

/** So many are kept at most, a multiple of what a chart shows. */
const MOST = 2 ** 15;

export class Thinned<T> {
  readonly #most: number;
  #items: T[] = [];
  #every = 1;
  #seen = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  push(item: T): void {
    if (this.#seen++ % this.#every !== 0) return;
    this.#items.push(item);
    if (this.#items.length < this.#most) return;
    this.#items = this.#items.filter((_, at) => at % 2 === 0);
    this.#every *= 2;
  }

  /** Evenly spread over all that came, in order, the first among them. */
  get items(): readonly T[] {
    return this.#items;
  }
}
