// What a report knows about a run, whether it comes from the folder of a run or from a file with scores alone. Everything
// here was read from files and checked; nothing here is markup, and nothing may become it (page/html.ts).

import type { Color } from "@pinmem/core";
import type { Protocol, TestNormalization } from "@pinmem/core/formats";
import type { Recipe } from "../recipes/recipe.js";

export type Role = "source" | "target";

/** How a network did on one domain; shares from 0 to 1, null where nothing was labeled. */
export interface DomainScores {
  /** What it is called in a table. */
  readonly name: string;
  /** Data set, subset and split: the same for the same images. */
  readonly dataset: string;
  /** Whether the network was trained on its kind (source) or never saw it (target). */
  readonly role: Role;
  readonly images: number;
  readonly meanIoU: number | null;
  /** By class name; null for classes that neither occur nor were predicted. */
  readonly classIoU: Readonly<Record<string, number | null>>;
  readonly pixelAccuracy: number | null;
  readonly meanAccuracy: number | null;
  readonly boundaryIoU: number | null;
  readonly cohesionLoss: number | null;
}

/** One network, scored by one protocol. */
export interface Evaluation {
  /** How images were shown to the network; null: scored while training, not evaluated after it. */
  readonly protocol: Protocol | null;
  /** Whose statistics batch norm took while training, as `protocol.normalize` says of an evaluation. Default: the trained ones. */
  readonly normalize?: TestNormalization;
  /** Which weights of the run: "best", "last", or the name of a file. */
  readonly weights: string;
  /** Optimizer steps behind them. */
  readonly step: number;
  readonly domains: readonly DomainScores[];
}

/** A line of a chart: positions and values, null where there is none. */
export type Curve = readonly (readonly [step: number, value: number | null])[];

/** What a run said while it trained. */
export interface TrainingLog {
  /** Last step that was logged. */
  readonly lastStep: number;
  /** By pass ("train", or "meta-train" and "meta-test"), then by term ("total", "segmentation", …). */
  readonly losses: Readonly<Record<string, Readonly<Record<string, Curve>>>>;
  readonly learningRate: Curve;
  /** Scores of the evaluations on the way, in order. */
  readonly evaluations: readonly { readonly step: number; readonly domains: readonly DomainScores[] }[];
  /** The newest comparison of the memory's rows. */
  readonly memory: MemorySimilarity | null;
  /** Duration of all steps, in seconds; evaluations and checkpoints not counted. */
  readonly seconds: number;
  /** Median over the steps. */
  readonly imagesPerSecond: number | null;
  /** Largest resident size, in bytes. */
  readonly peakMemory: number | null;
  /** Lines that could not be read. */
  readonly damaged: number;
}

export interface MemorySimilarity {
  readonly step: number;
  readonly classes: readonly string[];
  readonly cosine: readonly (readonly number[])[];
}

/** A picture to be shown, encoded so that a page can hold it. */
export interface Picture {
  /** What it shows: "activation", "grid", …. */
  readonly kind: string;
  readonly title: string;
  readonly caption: string;
  /** On the page, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly dataUri: string;
}

export interface RunRecord {
  readonly path: string;
  /** Of its folder or file. */
  readonly name: string;
  readonly recipe: Recipe;
  /** The place that it was adapted to, and how, in words; null where it was not. Other places are other experiments. */
  readonly adaptedTo: string | null;
  /** Colors of the classes, where they are known. */
  readonly colors: ReadonlyMap<string, Color>;
  /** Whether it was trained to its end. */
  readonly finished: boolean;
  readonly log: TrainingLog | null;
  /** Versions and machine at each start, newest last. */
  readonly starts: readonly Readonly<Record<string, string>>[];
  readonly evaluations: readonly Evaluation[];
  readonly pictures: readonly Picture[];
  /** What a reader should know: what was left out, and why. */
  readonly notes: readonly string[];
}
