// How far something is, in one line: on a terminal a line that is redrawn, with everything else above it; elsewhere (a log file,
// a pipe) a plain line now and then, without control characters.

import type { WriteStream } from "node:tty";
import { visible } from "./visible.js";

/** A stream that may be a terminal. */
export type Output = Pick<WriteStream, "write"> & { isTTY?: boolean; columns?: number };

const REDRAW_MS = 100;
/** Takes the line on a terminal away. */
export const CLEAR = "\r\u001b[2K";

export interface StatusLineOptions {
  /** Default: standard error. */
  readonly output?: Output;
  /** Seconds between two lines where the output is no terminal. Default 10. */
  readonly interval?: number;
  /** Milliseconds, for tests. */
  readonly now?: () => number;
}

/** The one that stands on standard error; an error that ends everything clears it first. */
let standing: StatusLine | null = null;

export class StatusLine {
  readonly #output: Output;
  readonly #due: number;
  readonly #now: () => number;
  #shownAt: number;
  #line = "";

  constructor({
    output = process.stderr,
    interval = 10,
    now = () => performance.now(),
  }: StatusLineOptions = {}) {
    this.#output = output;
    this.#now = now;
    this.#due = output.isTTY ? REDRAW_MS : 1000 * interval;
    this.#shownAt = output.isTTY ? Number.NEGATIVE_INFINITY : now();
  }

  /**
   * Shows a state, unless another has just been shown.
   * @param plain the same for a log. Default: the text
   * @param force show it in any case
   */
  show(text: string, { plain = text, force = false }: { plain?: string; force?: boolean } = {}): void {
    const now = this.#now();
    if (!force && now - this.#shownAt < this.#due) return;
    this.#shownAt = now;
    if (this.#output.isTTY) this.#redraw(visible(text));
    else this.#output.write(`${visible(plain)}\n`);
  }

  /** A line that stays; the state is drawn again below it. */
  say(text: string): void {
    const line = this.#line;
    this.clear();
    this.#output.write(`${text}\n`);
    if (line) this.#redraw(line);
  }

  /** Removes the state from a terminal. */
  clear(): void {
    if (this.#line) this.#output.write(CLEAR);
    this.#line = "";
    if (standing === this) standing = null;
  }

  #redraw(line: string): void {
    this.#line = line;
    standing = this;
    this.#output.write(`${CLEAR}${line.slice(0, Math.max((this.#output.columns || 80) - 1, 1))}`);
  }
}

/** Removes the line that stands on a terminal, if one does. */
export const clearStatusLine = (): void => standing?.clear();
