// How far a prediction is, on one line of a terminal that is redrawn: images done, images a second, time left.

import { duration, type Output } from "../training/events/progress.js";

const REDRAW_MS = 100;
/** The speed shown is that of the last so many seconds. */
const RECENT_MS = 20_000;

export class PredictProgress {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #total: number;
  readonly #finished: number[];
  #done = 0;
  #shownAt = Number.NEGATIVE_INFINITY;
  #shown = false;

  constructor(total: number, { output = process.stderr as Output, now = () => performance.now() } = {}) {
    this.#output = output;
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
    this.#draw(`${this.#done} of ${this.#total}  ${speed.toPrecision(3)} images/s  ${left} left`);
  }

  frame(done: number, total: number | null): void {
    this.#draw(`${this.#done} of ${this.#total}  frame ${done}${total === null ? "" : ` of ${total}`}`);
  }

  /** Removes the line. */
  clear(): void {
    if (this.#shown) this.#output.write("\r\u001b[2K");
    this.#shown = false;
  }

  #draw(line: string): void {
    const now = this.#now();
    if (!this.#output.isTTY || now - this.#shownAt < REDRAW_MS) return;
    this.#shownAt = now;
    this.#shown = true;
    this.#output.write(`\r\u001b[2K${line.slice(0, Math.max((this.#output.columns || 80) - 1, 1))}`);
  }
}
