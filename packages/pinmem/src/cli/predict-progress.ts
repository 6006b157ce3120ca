// How far a prediction is, in one line: images done, images a second, time left.

import { duration } from "@pinmem/core";
import { StatusLine, type StatusLineOptions } from "../files/status-line.js";

/** The speed shown is that of the last so many seconds. */
const RECENT_MS = 20_000;

export class PredictProgress {
  readonly #line: StatusLine;
  readonly #now: () => number;
  readonly #total: number;
  readonly #finished: number[];
  #done = 0;

  constructor(total: number, options: StatusLineOptions = {}) {
    const { now = () => performance.now() } = options;
    this.#line = new StatusLine(options);
    this.#now = now;
    this.#total = total;
    this.#finished = [now()];
  }

  /** One more input is done with; one that was skipped tells nothing of the speed. */
  input({ skipped }: { skipped: boolean }): void {
    this.#done++;
    const now = this.#now();
    if (skipped) this.#finished.splice(0, this.#finished.length, now);
    else this.#finished.push(now);
    while (this.#finished.length > 2 && (this.#finished[0] as number) < now - RECENT_MS)
      this.#finished.shift();
    const seconds = (now - (this.#finished[0] as number)) / 1000;
    const speed = seconds > 0 ? (this.#finished.length - 1) / seconds : 0;
    const left = speed > 0 ? duration((this.#total - this.#done) / speed) : "?";
    this.#line.show(`${this.#done} of ${this.#total}  ${speed.toPrecision(3)} images/s  ${left} left`);
  }

  /** So many inputs are done with by now. */
  reach(done: number): void {
    while (this.#done < done) this.input({ skipped: false });
  }

  frame(done: number, total: number | null): void {
    this.#line.show(`${this.#done} of ${this.#total}  frame ${done}${total === null ? "" : ` of ${total}`}`);
  }

  /** Removes the line. */
  clear(): void {
    this.#line.clear();
  }
}
