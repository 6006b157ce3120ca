// Events as a text file, one JSON object a line: to be read by programs, compared between runs, and followed with `tail`.
//
// A run that is taken up again continues the file where its checkpoint was written: what an interrupted run wrote after that
// is cut off, since those steps are done again.

import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import type { EventSink, TrainingEvent } from "./event.js";

export class JsonLines implements EventSink {
  readonly #descriptor: number;
  #length: number;

  /** @param keep bytes of an existing file to continue after; all of it by default */
  constructor(path: string, { keep }: { keep?: number } = {}) {
    this.#descriptor = openSync(path, "a");
    const { size } = fstatSync(this.#descriptor);
    this.#length = Math.min(keep ?? size, size);
    if (this.#length < size) ftruncateSync(this.#descriptor, this.#length);
  }

  /** Bytes written so far, to be kept with a checkpoint. */
  get length(): number {
    return this.#length;
  }

  write(event: TrainingEvent): void {
    if (event.event === "picture") return;
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    for (let done = 0; done < line.length; ) done += writeSync(this.#descriptor, line, done);
    this.#length += line.length;
  }

  flush(): void {
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
