// Events for people: on a terminal one line with a bar, losses, speed, time left and memory, and everything else above it;
// elsewhere a line now and then (files/status-line.ts).

import { duration } from "@pinmem/core";
import type { EventSink, LossesOfPasses, StepEvent, TrainingEvent } from "@pinmem/core/formats";
import { StatusLine, type StatusLineOptions } from "../../files/status-line.js";

const BAR = 20;

export type ProgressOptions = StatusLineOptions;

/** Tells of a training on a terminal, or line by line where there is none: steps, losses, speed, time left, scores. */
export class Progress implements EventSink {
  readonly #line: StatusLine;
  readonly #now: () => number;
  #steps = 0;
  #started = 0;
  #firstStep = 0;

  constructor(options: ProgressOptions = {}) {
    this.#line = new StatusLine(options);
    this.#now = options.now ?? (() => performance.now());
  }

  write(event: TrainingEvent): void {
    switch (event.event) {
      case "start":
        this.#steps = event.steps;
        this.#firstStep = event.step;
        this.#started = this.#now();
        this.#line.say(
          `${event.name}: ${event.step === 0 ? "training" : `continuing after step ${event.step}`}, ${event.steps} steps`,
        );
        break;
      case "step":
        this.#step(event);
        break;
      case "evaluation":
        this.#line.say(
          `step ${event.step}: mIoU ${percent(event.meanIoU)} on ${event.domain}` +
            `${event.weights ? " (weights averaged)" : ""}` +
            `${event.role === "target" ? " (target: not used)" : ""}` +
            `${event.skipped ? ` (pictures left out: ${event.skipped})` : ""}`,
        );
        break;
      case "note":
        this.#line.say(`step ${event.step}: ${event.text}`);
        break;
      case "end":
        this.#line.clear();
        this.#line.say(`${event.reason} at step ${event.step} of ${this.#steps}`);
    }
  }

  flush(): void {}

  close(): void {
    this.#line.clear();
  }

  #step(event: StepEvent): void {
    const now = this.#now();
    const done = event.step - this.#firstStep;
    const left = done > 0 ? ((now - this.#started) / done) * (this.#steps - event.step) : Number.NaN;
    const facts = [
      `step ${event.step}/${this.#steps}`,
      `loss ${describeLosses(event.losses)}`,
      `${event.timing.imagesPerSecond.toFixed(1)} images/s`,
      `${duration(left / 1000)} left`,
      `${(event.timing.peakMemory / 2 ** 30).toFixed(1)} GiB`,
    ];
    this.#line.show(`${bar(event.step / this.#steps)} ${facts.join("  ")}`, {
      plain: facts.join(", "),
      force: done <= 1 || event.step === this.#steps,
    });
  }
}

/** The totals of the passes: "2.31" or "2.31 / 2.54". */
export const describeLosses = (losses: LossesOfPasses): string =>
  Object.values(losses)
    .map(({ total }) => total.toFixed(3))
    .join(" / ");

const percent = (share: number | null): string => (share === null ? "none" : `${(100 * share).toFixed(1)} %`);

export function bar(share: number): string {
  const filled = Math.round(BAR * Math.min(Math.max(share, 0), 1));
  return `[${"#".repeat(filled)}${".".repeat(BAR - filled)}]`;
}
