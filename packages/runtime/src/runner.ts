// What runs a model's graphs, here or in a worker. It keeps what the first graph made of the last picture; the memory and the
// weight of a picture's own statistics come with every call, since they belong to the model (model.ts).

import type { LabelMap, RgbImage } from "@pinmem/core";
import type { Look } from "./looks.js";

/** What a picture shows. */
export interface Segmentation {
  readonly width: number;
  readonly height: number;
  /** The class of each pixel, row by row: its position in `model.classes`. */
  readonly labels: Uint8Array;
  /** Where it was asked for: the probability of that class, 0 to 255. */
  readonly confidence?: Uint8Array;
  /** Where the picture decided (`normalize` is "auto"): the looks that it is the mean of, the clearest first. */
  readonly looks?: readonly Look[];
}

/** What the second graph reads. */
export interface MemoryState {
  readonly rows: Float32Array;
  readonly temperature: number;
  readonly voteWeight: number;
}

/** What the graphs are told beside the picture. */
export interface RunInputs {
  /** Null for a model without one. */
  readonly memory: MemoryState | null;
  /**
   * Weight of a picture's own statistics in batch norm, 0 to 1; 0 as well where the model mixes none. "auto": each picture decides, where
   * the model has a rule to decide by.
   */
  readonly ownWeight: number | "auto";
}

/** How far a picture is. */
export interface SegmentProgress {
  /** Pieces that are done. */
  readonly done: number;
  /** Pieces that the picture goes through the network in. */
  readonly total: number;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SegmentProgress) => void) | undefined;
  /** Whether to tell how sure each pixel is. */
  readonly confidence?: boolean | undefined;
  /** Where pictures decide: how this one is seen, decided before. */
  readonly looks?: readonly Look[] | undefined;
}

/** What a pixel has to do with each of K rows. */
export interface PixelReading {
  /** What it takes of them; they sum to one. */
  readonly weights: Float32Array;
  /** Of the feature there and each row, -1 to 1: what votes are made of. 0 where a row was never written. */
  readonly cosines: Float32Array;
}

/** What the row of one class has to do with a picture, cell by cell of a grid over it, row by row. */
export interface RowMap {
  /** In cells. */
  readonly width: number;
  readonly height: number;
  readonly weights: Float32Array;
  readonly cosines: Float32Array;
}

/** What computes. */
export interface Engine {
  /** `node`: onnxruntime-node on the processor; `wasm` and `webgpu`: onnxruntime-web; `server`: whoever answers at `compute`. */
  readonly kind: "node" | "wasm" | "webgpu" | "server";
  /** On the processor; 0: not known. */
  readonly threads: number;
  /** Version of onnxruntime; of a server, its address. */
  readonly version: string;
  /** Why not WebGPU, where that was asked for or looked for; null where it was not, or is in use. */
  readonly reason: string | null;
}

/** What is labeled of the kept picture, and how cells of the feature take it. */
export interface Labeled {
  readonly labels: LabelMap;
  /**
   * `area`: by what part of a cell is labeled. As adaptation takes labels: `sampled`, of pictures that are labeled all over, as in training;
   * `strokes`, of others, by area where they meet no cell's center.
   */
  readonly shares: "area" | "sampled" | "strokes";
}

/** Sums of the directions of a feature by class. */
export interface DirectionSums {
  /** (K, C): directions, each weighted with the share of the class in its cell. */
  readonly sums: Float64Array;
  /** (K): sums of the shares. */
  readonly counts: Float64Array;
}

/** Calls come one after the other. */
export interface Runner {
  readonly engine: Engine;
  segment(image: RgbImage, inputs: RunInputs, options: RunOptions): Promise<Segmentation>;
  /** The kept picture once more; the second graph alone, unless the weight of its own statistics has changed. */
  decode(inputs: RunInputs, options: RunOptions): Promise<Segmentation>;
  /** What a pixel of the kept picture reads, and votes for. */
  readPixel(x: number, y: number, inputs: RunInputs): Promise<PixelReading>;
  /** The same of the row of one class, over the kept picture. */
  mapRow(trainId: number, inputs: RunInputs): Promise<RowMap>;
  sum(labeled: Labeled, inputs: RunInputs): Promise<DirectionSums>;
  dispose(): Promise<void>;
}
