// A training as it is told by its events: curves, how the memory's rows were alike, how it stands. Events come from the server as they are
// written; where the run ends or the server goes, what came stays.

import { writtenPairs, writtenRows } from "@pinmem/core";
import type { TrainingEvent } from "@pinmem/core/formats";
import { batch, signal } from "@preact/signals";
import type { TrainingState } from "../../src/site.js";

export type Points = readonly (readonly [step: number, value: number])[];

/** The memory's rows at a step. */
export interface RowsAt {
  readonly step: number;
  readonly names: readonly string[];
  readonly cells: readonly (readonly number[])[];
}

/** Curves by chart and name. */
export const curves = signal<ReadonlyMap<string, ReadonlyMap<string, Points>>>(new Map());
export const rowsOverTime = signal<readonly RowsAt[]>([]);
/** The newest step; null: none was heard of. */
export const newest = signal<number | null>(null);
/** Validations so far: their pictures have to be asked for anew. */
export const validations = signal(0);
export const training = signal<TrainingState | null>(null);
export const isConnected = signal(true);

/** Whose events are shown, or were shown last. */
let followed: string | null = null;

export const isFollowed = (address: string): boolean => address === followed;

/** Listens to a run; what was heard of it before is shown until the server sends it anew. @returns ends it */
export function follow(address: string): () => void {
  let heard = new Heard();
  let isChanged = false;
  let isWhole = false;
  const forget = () => {
    heard = new Heard();
    isChanged = true;
  };
  const source = new EventSource(address);
  source.onmessage = ({ data }: MessageEvent<string>) => {
    isChanged = true;
    try {
      heard.take(JSON.parse(data) as TrainingEvent);
    } catch {
      // A line that is no event.
    }
  };
  source.addEventListener("restart", forget);
  source.addEventListener("caught-up", () => {
    isWhole = true;
  });
  source.addEventListener("state", ({ data }: MessageEvent<string>) => {
    training.value = JSON.parse(data) as TrainingState | null;
  });
  source.onopen = () => {
    isConnected.value = true;
    isWhole = false;
    forget(); // The server sends all of it, after a break too.
  };
  source.onerror = () => {
    isConnected.value = false;
  };
  const show = () => {
    // What came before stays until there is something newer.
    if (!isChanged || (heard.isEmpty && !isWhole)) return;
    isChanged = false;
    batch(() => heard.show());
  };
  isConnected.value = true;
  if (!isFollowed(address)) {
    followed = address;
    training.value = null;
    batch(() => heard.show());
  }
  const timer = setInterval(show, 300);
  return () => {
    clearInterval(timer);
    source.close();
  };
}

/** In this order. */
const charts = ["Loss", "Mean IoU", "Likeness of rows", "Learning rate"] as const;

class Heard {
  readonly #curves = new Map<string, Map<string, [number, number][]>>();
  #rows: RowsAt[] = [];
  #newest: number | null = null;
  #validations = 0;

  get isEmpty(): boolean {
    return this.#curves.size === 0 && this.#rows.length === 0;
  }

  take(event: TrainingEvent): void {
    if (event.event === "step") {
      for (const [pass, { total }] of Object.entries(event.losses))
        this.#add("Loss", pass, event.step, total);
      this.#add("Learning rate", "rate", event.step, event.learningRate);
      this.#newest = event.step;
    } else if (event.event === "evaluation") {
      this.#validations++;
      if (event.weights) return;
      const name = `${event.domain}${event.role === "target" ? " (unseen)" : ""}`;
      this.#add("Mean IoU", name, event.step, event.meanIoU);
    } else if (event.event === "memory") this.#takeRows(event);
  }

  show(): void {
    curves.value = new Map(
      charts.flatMap((title) => {
        const lines = this.#curves.get(title);
        return lines ? [[title, new Map(lines)] as const] : [];
      }),
    );
    rowsOverTime.value = [...this.#rows];
    newest.value = this.#newest;
    validations.value = this.#validations;
  }

  #add(chart: (typeof charts)[number], name: string, step: number, value: number | null): void {
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    const lines = this.#curves.get(chart) ?? new Map<string, [number, number][]>();
    this.#curves.set(chart, lines);
    const points = lines.get(name) ?? [];
    lines.set(name, points);
    points.push([step, value]);
  }

  #takeRows({ step, classes, cosine }: TrainingEvent & { event: "memory" }): void {
    const there = writtenRows(cosine);
    if (there.length < 2) return;
    const cells = there.map((i) => there.map((j) => cosine[i]?.[j] ?? 0));
    this.#rows = [
      ...this.#rows.filter((one) => one.step !== step),
      { step, names: there.map((at) => classes[at] as string), cells },
    ];
    const pairs = writtenPairs(cosine);
    const mean = pairs.reduce((sum, one) => sum + one, 0) / pairs.length;
    this.#add("Likeness of rows", "mean cosine", step, mean);
    this.#add("Likeness of rows", "of the most alike", step, Math.max(...pairs));
  }
}
