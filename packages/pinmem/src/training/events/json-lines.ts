// Events as a text file, one JSON object a line: to be read by programs, compared between runs, and followed with `tail`.
//
// A run that is taken up again continues the file where its checkpoint was written: what an interrupted run wrote after that
// is cut off, since those steps are done again. Starts and ends of processes are left out, so that the file is the same
// whether or not a run was interrupted.

import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import type { EventSink, TrainingEvent } from "@pinmem/core/formats";
import { writing } from "../../files/write-error.js";

/** To append; not to what a link leads to, which in a stranger's run may be any file, and would be cut. */
const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW = 0 } = constants;

const left: ReadonlySet<string> = new Set<TrainingEvent["event"]>(["picture", "start", "end"]);

/** Appends events to a file as JSON, one a line; all but pictures, starts and ends. */
export class JsonLines implements EventSink {
  readonly #path: string;
  readonly #descriptor: number;
  #length: number;

  constructor(path: string) {
    this.#path = path;
    this.#descriptor = writing(path, () => openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW));
    this.#length = fstatSync(this.#descriptor).size;
  }

  /** Bytes written so far, to be kept with a checkpoint. */
  get length(): number {
    return this.#length;
  }

  /** Cuts off everything behind so many bytes. */
  truncate(length: number): void {
    if (length > this.#length)
      throw new RangeError(`JsonLines: there are no ${length} bytes in the event log`);
    ftruncateSync(this.#descriptor, length);
    this.#length = length;
  }

  write(event: TrainingEvent): void {
    if (left.has(event.event)) return;
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    writing(this.#path, () => {
      for (let done = 0; done < line.length; ) done += writeSync(this.#descriptor, line, done);
    });
    this.#length += line.length;
  }

  flush(): void {
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
