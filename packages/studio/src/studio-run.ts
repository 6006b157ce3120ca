// What the server is handed of each run, by whoever knows runs: the `pinmem studio` command. The server itself knows files alone.

import type { PackedValue } from "@pinmem/core/formats";
import type { SiteEvaluation, TrainingState } from "./site.js";

/** A run to show. */
export interface StudioRun {
  readonly name: string;
  /** Where it lies, for people. */
  readonly path: string;
  readonly method: string;
  /** Looked up for each page: why there are no weights yet; null: there are. */
  unfinished(): string | null;
  /** Folder of its exported model, made on first use; told how far that is. */
  model(onProgress: (text: string) => void): Promise<string>;
  /** The same where it lies there already; null otherwise. */
  exported(): string | null;
  /** File of its events, JSON lines that may still grow; null where there is none. */
  readonly events: string | null;
  /** How its training stands; null where it was not trained here. */
  training(): TrainingState | null;
  /** Pictures of its validations so far, in the order of their steps. */
  validation(): Promise<readonly ValidationFile[]>;
  /** Of its evaluations, what the page shows; no path of this machine is in it. */
  evaluations(): readonly SiteEvaluation[];
  /** Computes a graph of its exported model; null: the page does that itself. */
  readonly compute: ComputeGraph | null;
  /** What an inspection of it found, as a JSON value; null where there was none. */
  inspection(): unknown;
  /** Whether its rows were written for a place before, so that adapting moves them by the memory's momentum instead of replacing them. */
  readonly goesOn: boolean;
  /** Makes an adapted run from labeled pictures; null where that cannot be. */
  readonly adapt: ((task: AdaptTask) => Promise<Saved>) | null;
}

/** An adapted run that was made. */
export interface Saved {
  /** Its folder. */
  readonly out: string;
  /** What was chosen, for people. */
  readonly lines: readonly string[];
  /** To be shown beside the others from then on. */
  readonly run: StudioRun;
}

/** Tensors by name. */
export type GraphValues = Readonly<Record<string, PackedValue>>;

/** @returns of a graph's outputs those that are wanted */
export type ComputeGraph = (
  graph: "encode" | "decode",
  values: GraphValues,
  wanted: readonly string[],
) => Promise<GraphValues>;

/** A picture of a validation. */
export interface ValidationFile {
  readonly step: number;
  /** Which picture it is, the same at every step. */
  readonly name: string;
  readonly png: Uint8Array;
}

/** Labeled pictures, in files. */
export interface AdaptTask {
  readonly name: string;
  readonly vote: number;
  /** Weight of each picture's own statistics; "auto": each picture decides, on the page. */
  readonly own: number | "auto";
  /** Names of files and what they hold; a label is train ids as gray PNG. */
  readonly pictures: readonly {
    readonly file: string;
    readonly image: Uint8Array;
    readonly label: Uint8Array;
  }[];
}

/** A picture that is offered to the page. */
export interface StudioPicture {
  readonly name: string;
  readonly group: string;
  /** Bytes of a file that browsers decode. @throws where it cannot be read */
  image(): Promise<Uint8Array>;
  /** Train ids as gray PNG; null where it is not labeled. */
  readonly label: (() => Promise<Uint8Array>) | null;
}
