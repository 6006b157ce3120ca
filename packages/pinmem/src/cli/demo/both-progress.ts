// How far both trainings of the demo are, in one line.

import { duration } from "@pinmem/core";
import type { TrainingEvent } from "@pinmem/core/formats";
import { StatusLine, type StatusLineOptions } from "../../files/status-line.js";
import { bar, describeLosses } from "../../training/events/progress.js";
import type { ComparedMethod } from "./summary.js";

interface State {
  readonly steps: number;
  readonly startedAt: number;
  readonly step: number;
  readonly losses: string;
  readonly isOver: boolean;
}

/** Tells of two trainings on a terminal, or line by line where there is none: steps, losses, time left. */
export class BothProgress {
  readonly #line: StatusLine;
  readonly #now: () => number;
  readonly #states = new Map<ComparedMethod, State>();

  constructor(options: StatusLineOptions = {}) {
    this.#line = new StatusLine(options);
    this.#now = options.now ?? (() => performance.now());
  }

  /** A line that stays. */
  say(text: string): void {
    this.#line.say(text);
  }

  /** Scores on the way and notes are not told: the demo tells of them in its own way. */
  write(method: ComparedMethod, event: TrainingEvent): void {
    const state = this.#states.get(method);
    if (event.event === "start") {
      const { steps } = event;
      this.#states.set(method, { steps, startedAt: this.#now(), step: 0, losses: "", isOver: false });
    } else if (event.event === "step" && state) {
      const { step } = event;
      this.#states.set(method, { ...state, step, losses: describeLosses(event.losses) });
      this.#show(step === 1);
    } else if (event.event === "end" && state) {
      this.#states.set(method, { ...state, isOver: true });
      this.#line.say(`${method}: ${event.reason} at step ${event.step} of ${state.steps}`);
      if ([...this.#states.values()].every(({ isOver }) => isOver)) this.close();
    }
  }

  /** Removes what stands on a terminal. */
  close(): void {
    this.#line.clear();
  }

  #show(force: boolean): void {
    const now = this.#now();
    const inWork = [...this.#states].filter(([, { isOver, step }]) => !isOver && step > 0);
    const all = [...this.#states.values()];
    const share = Math.min(...all.map(({ step, steps }) => step / steps));
    const left = Math.max(
      ...inWork.map(([, { step, steps, startedAt }]) => ((now - startedAt) / step) * (steps - step)),
    );
    const facts = [
      ...inWork.map(([method, { step, steps, losses }]) => `${method} ${step}/${steps} loss ${losses}`),
      `${duration(left / 1000)} left`,
    ];
    this.#line.show(`${bar(share)} ${facts.join("  ")}`, { plain: facts.join(", "), force });
  }
}
