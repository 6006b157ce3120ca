// Events for people. On a terminal: one line that is redrawn, with a bar, losses, speed, time left and memory; everything
// else above it. Elsewhere (a log file, a pipe): a line now and then, without control characters.

import type { WriteStream } from "node:tty";
import type { EventSink, LossesOfPasses, StepEvent, TrainingEvent } from "@pinmem/core/formats";

/** A stream that may be a terminal. */
export type Output = Pick<WriteStream, "write"> & { isTTY?: boolean; columns?: number };

const REDRAW_MS = 100;
const BAR = 20;

export interface ProgressOptions {
  readonly output?: Output;
  /** Seconds between lines where the output is no terminal. */
  readonly interval?: number;
  /** For tests. */
  readonly now?: () => number;
}

/** Shows training to people: on a terminal a line that changes, elsewhere a line now and then. */
export class Progress implements EventSink {
  readonly #output: Output;
  readonly #interval: number;
  readonly #now: () => number;
  #steps = 0;
  #started = 0;
  #firstStep = 0;
  #shownAt = Number.NEGATIVE_INFINITY;
  #line = "";

  constructor({
    output = process.stderr,
    interval = 10,
    now = () => performance.now(),
  }: ProgressOptions = {}) {
    this.#output = output;
    this.#interval = interval;
    this.#now = now;
  }

  write(event: TrainingEvent): void {
    switch (event.event) {
      case "start":
        this.#steps = event.steps;
        this.#firstStep = event.step;
        this.#started = this.#now();
        this.#say(
          `${event.name}: ${event.step === 0 ? "training" : `continuing after step ${event.step}`}, ${event.steps} steps`,
        );
        break;
      case "step":
        this.#step(event);
        break;
      case "evaluation":
        this.#say(
          `step ${event.step}: mIoU ${percent(event.meanIoU)} on ${event.domain}` +
            `${event.role === "target" ? " (target: not used)" : ""}`,
        );
        break;
      case "note":
        this.#say(`step ${event.step}: ${event.text}`);
        break;
      case "end":
        this.#clear();
        this.#say(`${event.reason} at step ${event.step} of ${this.#steps}`);
    }
  }

  flush(): void {}

  close(): void {
    this.#clear();
  }

  #step(event: StepEvent): void {
    const now = this.#now();
    const due = this.#output.isTTY ? REDRAW_MS : this.#interval * 1000;
    if (now - this.#shownAt < due && event.step < this.#steps) return;
    this.#shownAt = now;
    const done = event.step - this.#firstStep;
    const left = done > 0 ? ((now - this.#started) / done) * (this.#steps - event.step) : Number.NaN;
    const facts = [
      `step ${event.step}/${this.#steps}`,
      `loss ${describeLosses(event.losses)}`,
      `${event.timing.imagesPerSecond.toFixed(1)} images/s`,
      `${duration(left / 1000)} left`,
      `${(event.timing.peakMemory / 2 ** 30).toFixed(1)} GiB`,
    ];
    if (this.#output.isTTY) this.#redraw(`${bar(event.step / this.#steps)} ${facts.join("  ")}`);
    else this.#output.write(`${facts.join(", ")}\n`);
  }

  /** A line that stays; the bar is drawn again below it. */
  #say(text: string): void {
    const line = this.#line;
    this.#clear();
    this.#output.write(`${text}\n`);
    if (line) this.#redraw(line);
  }

  #redraw(line: string): void {
    this.#line = line;
    this.#output.write(`\r\u001b[2K${line.slice(0, Math.max((this.#output.columns ?? 80) - 1, 1))}`);
  }

  #clear(): void {
    if (this.#line) this.#output.write("\r\u001b[2K");
    this.#line = "";
  }
}

/** The totals of the passes: "2.31" or "2.31 / 2.54". */
const describeLosses = (losses: LossesOfPasses): string =>
  Object.values(losses)
    .map(({ total }) => total.toFixed(3))
    .join(" / ");

const percent = (share: number | null): string => (share === null ? "none" : `${(100 * share).toFixed(1)} %`);

function bar(share: number): string {
  const filled = Math.round(BAR * Math.min(Math.max(share, 0), 1));
  return `[${"#".repeat(filled)}${".".repeat(BAR - filled)}]`;
}

/** "45 s", "3:05", "2:03:05"; "?" while unknown. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
